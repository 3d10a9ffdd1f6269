"""What a scenario file may say. A wrong word is refused with the place where it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationError,
    model_validator,
)

from tests.scenarios.words import FIELDS

HERE = Path(__file__).parent

Value = StrictStr | StrictBool | None


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(fields.keys() - FIELDS - {"numbers", "visma"})
    if unknown:
        raise ValueError(f"no field {unknown[0]} (cli.md names them)")
    return fields


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    if ("number" in row) == ("numbers" in row):
        raise ValueError("a customer needs `number`, or many need `numbers`")
    return _known(row)


class VismaFields(BaseModel):
    """Visma's own names, for what cli.md has no name for."""

    model_config = ConfigDict(extra="allow")


CustomerFields = Annotated[dict[StrictStr, Value], AfterValidator(_known)]
"""A customer's fields in cli.md's names."""

CustomerRow = Annotated[dict[StrictStr, Value | VismaFields], AfterValidator(_whole)]
"""A customer with its number; accounting's may hold Visma's own names under ``visma``."""

Numbers = list[StrictStr]
ByNumber = dict[StrictStr, CustomerFields]
VismaByNumber = dict[StrictStr, dict[str, Any]]
Sentence = StrictStr


class Strict(BaseModel):
    """Unknown words are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Technician(Strict):
    """A person who can be assigned."""

    name: str
    email: str | None = None
    phone: str | None = None
    employee_number: str | None = None


class Given(Strict):
    """How it begins. ``both`` is on both sides and already linked; the rest comes after that."""

    both: list[CustomerRow] = []
    here: list[CustomerRow] = Field([], alias="register")
    there: list[CustomerRow] = Field([], alias="accounting")
    settings: dict[str, Any] = {}
    group_settings: dict[str, Any] = {}
    technicians: dict[str, Technician] = {}
    assigned: dict[str, list[str]] = {}
    documents: dict[str, dict[str, Any]] = {}
    switches: dict[str, Any] = {}
    company: dict[str, Any] = {}


class RegisterActs(Strict):
    """What a register user does, in this order."""

    add: list[CustomerRow] = []
    change: ByNumber = Field({}, alias="set")
    renumber: dict[str, str] = {}
    deactivate: Numbers = []
    reactivate: Numbers = []
    delete: Numbers = []
    assign: dict[str, list[str]] = {}
    unassign: dict[str, list[str]] = {}


class AccountingActs(Strict):
    """What a bookkeeper does, in this order; ``edit`` takes Visma's names."""

    add: list[CustomerRow] = []
    edit: VismaByNumber = {}
    renumber: dict[str, str] = {}
    deactivate: Numbers = []
    reactivate: Numbers = []
    delete: Numbers = []
    company: dict[str, Any] = {}


class DocumentActs(Strict):
    """What happens to documents, which a scenario names as it likes."""

    add: dict[str, dict[str, Any]] = {}
    edit: dict[str, dict[str, Any]] = {}
    delete: list[str] = []


class FaultAct(Strict):
    """Something goes wrong at the other end: ``what`` at which request (``POST /v2/customers``)."""

    what: str
    at: str
    query: str = ""
    times: int | Literal["forever"] = 1
    nth: int = 1
    more: dict[str, Any] = {}


class Meanwhile(Strict):
    """Somebody acts just before accounting answers a request of the next run; ``after``: just after."""

    at: str
    nth: int = 1
    after: bool = False
    steps: list[Step] = Field(alias="do")


class Clock(Strict):
    """Accounting's clock."""

    advance: float | None = None
    jump_to: str | None = None
    stand_still: bool | None = None


class Tokens(Strict):
    """What happens to the consent."""

    are: Literal["killed", "expired", "of another company", "without sales"]


class Resolve(Strict):
    """An administrator answers an open conflict."""

    kind: str
    customer: str | None = None
    field: str | None = None
    take: Literal["register", "accounting"] | None = None
    value: str | dict[str, Value] | None = None
    answer: str | None = None


class Kill(Strict):
    """The process dies before or after its nth write of a kind."""

    moment: Literal["before", "after"]
    write: Literal["create", "update", "delete", "write_reference"]
    nth: int = 1


class SyncAct(Strict):
    """A run."""

    kind: Literal["incremental", "full"] | None = None
    customer: str | None = None
    dry_run: bool = False
    approve: bool = False
    killed: Kill | None = None


class UndoAct(Strict):
    """A run is taken back: the nth of the steps, the last one, or (``references``) every reference still standing."""

    run: int | Literal["last", "references"] = "last"
    customer: str | None = None
    dry_run: bool = False
    approve: bool = False
    killed: Kill | None = None


class LinkAct(Strict):
    """A customer is linked to its record on purpose; ``to`` is its number there, where that is another one."""

    customer: str
    to: str | None = None
    same: bool = False


class ConflictShown(Strict):
    """An open conflict in detail; what is not said is not looked at."""

    kind: str
    customer: str | None = None
    field: str | None = None
    base: Any = "any"
    register_: Any = Field("any", alias="register")
    accounting: Any = "any"
    choices: list[str] | None = None
    times_seen: int | None = None
    message: str | None = None


class Expect(Strict):
    """What a run reports. ``actions`` are all of them, in any order; ``some_actions`` are among them."""

    status: str | None = None
    kind: str | None = None
    actions: list[Sentence] | None = None
    some_actions: list[Sentence] = []
    conflicts: list[Sentence | ConflictShown] | None = None
    counts: dict[str, int] = {}
    error: str | None = None
    message: str | None = None
    remedy: str | None = None
    exit: int | None = None
    requests_at_most: int | None = None
    customers_read_at_most: int | None = None


class Then(Strict):
    """What both sides hold in the end; only what is said is looked at."""

    here: dict[str, dict[str, Value] | Literal["absent"]] = Field({}, alias="register")
    there: dict[str, dict[str, Any] | Literal["absent"]] = Field({}, alias="accounting")
    numbers_in_register: list[str] | None = None
    numbers_in_accounting: list[str] | None = None
    conflicts: list[Sentence | ConflictShown] | None = None
    closed_conflicts: list[Sentence] | None = None
    resolved_conflicts: list[Sentence] | None = None
    links: dict[str, Literal["linked", "ended", "none"]] = {}
    history: dict[str, list[Sentence]] = {}
    documents: dict[str, dict[str, Any]] = {}
    writes_at_vendor: dict[str, int] | None = None
    connection: str | None = None


class Step(Strict):
    """One thing that happens, with what a run then reports or why it is refused."""

    register_: RegisterActs | None = Field(None, alias="register")
    accounting: AccountingActs | None = None
    documents: DocumentActs | None = None
    fault: FaultAct | None = None
    no_more_faults: Literal[True] | None = None
    meanwhile: Meanwhile | None = None
    clock: Clock | None = None
    resolve: Resolve | None = None
    settings: dict[str, Any] | None = None
    group_settings: dict[str, Any] | None = None
    switches: dict[str, Any] | None = None
    tokens: Tokens | None = None
    authorize: Literal["again", "another company"] | None = None
    server: Literal["stops", "starts"] | None = None
    database: Literal["is backed up", "is restored", "was written by a newer program"] | None = None
    restart: Literal[True] | None = None
    sync: SyncAct | None = None
    undo: UndoAct | None = None
    link: LinkAct | None = None
    unlink: str | None = None
    look: Then | None = None
    expect: Expect | None = None
    refused: str | None = None

    @model_validator(mode="after")
    def _one_verb(self) -> Step:
        verbs = sorted(self.model_fields_set - {"expect", "refused"})
        if len(verbs) != 1:
            raise ValueError(f"a step does one thing, not {len(verbs)}: {', '.join(verbs)}")
        if self.expect is not None and self.sync is None and self.undo is None:
            raise ValueError("only a run is reported on")
        return self

    @property
    def verb(self) -> str:
        """What it does."""
        return next(iter(self.model_fields_set - {"expect", "refused"}))


class Scenario(Strict):
    """One story. ``unsettled`` says why a further run may still have something to do.

    ``unswept`` says why it goes another way when a run is repeated, ``unstruck`` why it does when a request fails.
    """

    title: str
    covers: list[str] = Field(min_length=1)
    story: str | None = None
    given: Given = Given()
    steps: list[Step] = Field(min_length=1)
    then: Then = Then()
    unsettled: str | None = None
    doubled: str | None = None
    unreported: str | None = None
    unswept: str | None = None
    unstruck: str | None = None
    needs: Literal["embedded database"] | None = None

    @property
    def storms(self) -> bool:
        """Whether things go wrong in the story itself; what else happens moves them to other requests."""
        return any(step.verb in {"fault", "meanwhile", "server"} for step in self.steps)

    @property
    def undoes(self) -> bool:
        """Whether a run is taken back."""
        return any(step.verb == "undo" for step in self.steps)


class BadScenarioError(ValueError):
    """A scenario file that cannot be read as one."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}: {reason}")


@cache
def load(path: Path) -> Scenario:
    """Read one file. Raises ``BadScenarioError`` naming every wrong place."""
    try:
        return Scenario.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise BadScenarioError(path, str(error)) from error
    except ValidationError as error:
        places = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadScenarioError(path, "; ".join(places)) from error


def files() -> list[Path]:
    """Every scenario, by theme."""
    return sorted(HERE.glob("*/*.yaml"))
