"""What is said over the control socket: one JSON object a line, in both directions.

Somebody connects, asks one thing, reads answers until the last one, and goes. Going early ends only the listening.

    asks (one line, 64 KiB at most)
        {"syncd": 1, "ask": "sync", "group": null, "as": null, "connection": "visma",
         "order": {"kind": null, "customer": null, "dry_run": false, "approve": false}, "wait": 600, "personal": false}
        {"syncd": 1, "ask": "follow", "group": null, "as": null, "connection": null, "tickets": [17], "personal": false}
        {"syncd": 1, "ask": "status", "group": null, "as": null}

    answers
        {"tell": "queued", "connection": "visma", "ticket": 17}                    stands in line, or joined it
        {"tell": "progress", "connection": "visma", "stage": "read", "done": 100, "total": null}
        {"tell": "alive"}                                                          every five seconds
        {"tell": "actions", "connection": "visma", "actions": [...], "names": [...]}   at most 200 at a time
        {"tell": "ended", "connection": "visma", "document": {...}, "code": 0, "open_conflicts": 2}
        {"tell": "status", "document": {...}}
        {"tell": "refused", "code": "...", "message": "...", "remedy": null, "exit_code": 77}   the last answer
        {"tell": "done"}                                                           the last answer

``group`` and ``connection`` may be null: the only group, every connection. ``as`` is a login; null is whoever the
system says is at the other end (SO_PEERCRED). ``tickets`` are those of earlier answers; without them, what runs now is
followed. The ``document`` of *ended* is the ``sync`` document of cli.md, without the actions that went before it.
``personal`` asks for whole identity numbers, which is written down. Keys that are not known are refused: a newer
program must not believe that an older daemon understood it.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from syncd.errors import SyncdError, UsageError

LONGEST_ASK = 65_536
BATCH = 200


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    syncd: Literal[1] = 1
    group: str | None = None
    login: str | None = Field(default=None, alias="as")


class AskedOrder(BaseModel):
    """What to run."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["full"] | None = None
    customer: str | None = None
    dry_run: bool = False
    approve: bool = False

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        if (self.kind and self.customer is not None) or (self.dry_run and self.approve):
            raise ValueError("contradicts itself")
        return self


class AskSync(_Asked):
    """Run a connection, or every one, and tell how it went."""

    ask: Literal["sync"] = "sync"
    connection: str | None = None
    order: AskedOrder = AskedOrder()
    wait: float = Field(default=600, ge=0, le=86_400)
    personal: bool = False


class AskFollow(_Asked):
    """Tell how far runs have come, and how they ended."""

    ask: Literal["follow"] = "follow"
    connection: str | None = None
    tickets: tuple[int, ...] = ()
    personal: bool = False


class AskStatus(_Asked):
    """Tell where everything stands."""

    ask: Literal["status"] = "status"


Ask = AskSync | AskFollow | AskStatus
Tell = dict[str, Any]

_ASK: TypeAdapter[Ask] = TypeAdapter(Annotated[Ask, Field(discriminator="ask")])


class ProtocolError(UsageError):
    """What was asked is not understood."""

    code = "protocol"


def read_ask(line: bytes) -> Ask:
    """Read what somebody asks. Raises ``ProtocolError``, without the words that were not understood."""
    try:
        return _ASK.validate_json(line)
    except ValidationError as error:
        places = {".".join(map(str, one["loc"])) or "the line" for one in error.errors(include_input=False)}
        raise ProtocolError(
            f"the daemon does not understand this: {', '.join(sorted(places))}",
            remedy="Program and daemon are of different versions: restart the daemon.",
        ) from None


def line_of(message: BaseModel | Tell) -> bytes:
    """A message as it is sent."""
    if isinstance(message, BaseModel):
        return message.model_dump_json(by_alias=True).encode() + b"\n"
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def refusal(error: SyncdError) -> Tell:
    """How a failure is told."""
    told = {"code": error.code, "message": error.message, "remedy": error.remedy, "exit_code": error.exit_code}
    return {"tell": "refused", **told}
