# ruff: noqa: ANN401 - a builder hands on whatever a test names
"""Customers, pairs, rules and plans for tests: a test names what it is about, the rest stands here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncd.engine.actions import CreateInAccounting, CreateInRegister, Decision, EndLink, SetReference, Update, Write
from syncd.engine.decide import decide
from syncd.engine.footprint import footprints
from syncd.engine.judge import Sides, Verdict, judge
from syncd.engine.lines import lines
from syncd.engine.numbers import Numbers
from syncd.engine.plan import Plan
from syncd.engine.reference import Referenced, Technician
from syncd.engine.rules import Rules
from syncd.engine.state import Agreed, Answer, Link, Local, Noted, Pair
from syncd.register.fields import ADDRESS_PARTS, CONTACT_FIELDS, FIELDS
from syncd.values.capabilities import Capabilities, Direction, FieldRule
from syncd.values.records import Company, RemoteDocument, RemoteRecord
from syncd.values.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.actions import PairAction, TakeBack
    from syncd.engine.footprint import Footprint
    from syncd.engine.state import Shown
    from syncd.register.fields import Value

ADDRESS = tuple(f"invoice_{part}" for part in ADDRESS_PARTS)
REQUIRED = ("number", "name", "type", "active")
FREE = ("organisation_number", "vat_number", "email", "phone", "mobile", "website", "currency", "discount_percentage")
HOME = "SE"


def a_system(**more: Any) -> Capabilities:
    """An accounting system that holds most fields, both ways; ``limits`` and ``required`` are by field."""
    limits: Mapping[str, int] = more.pop("limits", {})
    required: Iterable[str] = more.pop("required", REQUIRED)
    directions: Mapping[str, Direction] = more.pop("directions", {})
    names = more.pop("names", (*REQUIRED, *FREE, *ADDRESS, *CONTACT_FIELDS))
    fields = {
        name: FieldRule(
            direction=directions.get(name, "both"), limit=limits.get(name, 50), required=name in set(required)
        )
        for name in names
    }
    return Capabilities("memory", fields, **{"reference": "documents", **more})


def some_rules(**more: Any) -> Rules:
    """A connection's rules: everything both ways, everything asked; the company's own country is Sweden."""
    capabilities = more.pop("capabilities", None) or a_system(**more.pop("system", {}))
    return Rules(capabilities, **{"country": HOME, "number_maximum": 16, **more})


def a_company(**more: Any) -> Company:
    """The accounting company behind the connection."""
    return Company(**{"identity": "c-1", "name": "Firman AB", "organisation_number": None, "country": HOME, **more})


_DEFAULTS: dict[str, Value] = {"number": "1001", "name": "Bygg AB", "type": "company", "active": True}


def a_customer(number: str = "1001", *, id: int = 1, defaulted: Iterable[str] = (), **fields: Value) -> Local:  # noqa: A002 - the record's own name
    """A customer of the register; every field not named is empty."""
    known = {**dict.fromkeys(FIELDS), **_DEFAULTS, "number": number, **fields}
    return Local(id, 1, known, frozenset(defaulted))


def a_record(number: str | None = "1001", *, remote_id: str = "r-1", **fields: Value) -> RemoteRecord:
    """A customer as accounting shows it: every field that it holds is known, those not named are empty."""
    known = {**dict.fromkeys(a_system().fields), **_DEFAULTS, "number": number, **fields}
    return RemoteRecord(remote_id, known, raw="{}", version="v1")


def without(record: RemoteRecord, *names: str) -> RemoteRecord:
    """The record with some fields absent from the vendor's answer."""
    return replace(record, fields={n: v for n, v in record.fields.items() if n not in names})


def a_link(base: Mapping[str, Value | Agreed] | None = None, *, remote_id: str = "r-1", customer_id: int = 1) -> Link:
    """A link; its base agrees on the default customer and on ``base``."""
    known = {**dict.fromkeys(a_system().fields), **_DEFAULTS, **(base or {})}
    agreed = {name: value if isinstance(value, Agreed) else Agreed(value, value) for name, value in known.items()}
    return Link(7, remote_id, customer_id, agreed)


def a_pair(
    *,
    register: Mapping[str, Value] | None = None,
    accounting: Mapping[str, Value] | None = None,
    base: Mapping[str, Value | Agreed] | None = None,
    linked: bool = True,
    answers: Iterable[Answer] = (),
    **more: Any,
) -> Pair:
    """A linked pair that agrees on everything except what is named."""
    held = {n: v.register if isinstance(v, Agreed) else v for n, v in (base or {}).items()}
    there = {n: v.accounting if isinstance(v, Agreed) else v for n, v in (base or {}).items()}
    local: dict[str, Any] = {**held, **(register or {})}
    remote: dict[str, Any] = {**there, **(accounting or {})}
    link = a_link(base) if linked else None
    return Pair(a_customer(**local), a_record(**remote), link, tuple(answers), **more)


def an_answer(kind: str, word: str, field: str | None = None, **more: Any) -> Answer:
    """What an administrator answered; ``ours`` and ``theirs`` are what he saw."""
    value: Shown = more.pop("value", None)
    return Answer(99, kind, field, word, value, more.pop("ours", None), more.pop("theirs", None))


def decided(pair: Pair, rules: Rules | None = None, numbers: Numbers | None = None) -> Decision:
    """The one decision on a pair."""
    (decision,) = decide(pair, rules or some_rules(), numbers or Numbers())
    assert (decision.pair.local, decision.pair.remote) == (pair.local, pair.remote)
    if decision.action is not None:
        assert (decision.action.pair.local, decision.action.pair.remote) == (pair.local, pair.remote)
    for question in decision.questions:
        assert question.message
        assert question.name == pair.name
        assert question.number in {pair.number, pair.remote.number if pair.remote is not None else None}
        if question.kind != "duplicate_number":
            assert question.remote_id == (pair.remote.remote_id if pair.remote is not None else None)
    return decision


def updated(pair: Pair, rules: Rules | None = None, numbers: Numbers | None = None) -> Update:
    """The update that a pair needs."""
    action = decided(pair, rules, numbers).action
    assert isinstance(action, Update)
    return action


def written(writes: Iterable[Write]) -> dict[str, Value]:
    """Writes as field and value."""
    return {write.field: write.after for write in writes}


def asked(decision: Decision) -> list[tuple[str, str | None]]:
    """The questions of a decision as kind and field."""
    return [(question.kind, question.field) for question in decision.questions]


@dataclass(frozen=True, slots=True)
class Case:
    """One unit in the three-way comparison, with what each side holds afterwards."""

    sides: Sides

    @property
    def verdict(self) -> Verdict:
        """The judgement."""
        return judge(self.sides)

    @property
    def register(self) -> dict[str, Value]:
        """The register's members after the verdict."""
        return {n: self.verdict.take.get(n, self.sides.register[n]) for n in self.sides.names}

    @property
    def accounting(self) -> dict[str, Value]:
        """Accounting's members after the verdict."""
        return {n: self.verdict.push.get(n, self.sides.accounting[n]) for n in self.sides.names}

    def after(self) -> Case:
        """The same unit once the verdict has been carried out."""
        written = {*self.verdict.take, *self.verdict.push}
        base = {n: Agreed(self.register[n], self.accounting[n]) for n in written}
        return Case(
            replace(
                self.sides,
                register={**self.sides.register, **self.register},
                accounting={**self.sides.accounting, **self.accounting},
                base={**self.sides.base, **self.verdict.agree, **base},
                untouched=self.sides.untouched - set(self.verdict.take),
            )
        )


def a_case(
    unit: str,
    register: Mapping[str, Value],
    accounting: Mapping[str, Value],
    base: Mapping[str, Agreed] | None = None,
    **more: Any,
) -> Case:
    """A unit to be judged; ``untouched`` are defaults, ``direction`` and the rest are the connection's rules."""
    untouched = frozenset(more.pop("untouched", ()))
    direction = more.pop("direction", "both")
    rules = some_rules(directions={unit: direction}, **more)
    names = tuple(n for n in UNITS[unit].members if n in register and n in accounting)
    return Case(Sides(UNITS[unit], names, register, accounting, base or {}, untouched, rules))


def a_document(reference: str | None = None, **more: Any) -> RemoteDocument:
    """An open order in accounting."""
    return RemoteDocument(
        **{
            "feed": "orders",
            "remote_id": "d-1",
            "customer_id": "r-1",
            "reference": reference,
            "is_open": True,
            "raw": "{}",
            **more,
        }
    )


ANNA = Technician("Anna Ek", phone="070-1", email="anna@firman.se", employee_number="17")
BERT = Technician("Bert Al")


def a_referenced(reference: str | None = None, *technicians: Technician, **more: Any) -> Referenced:
    """An open order with the technicians assigned to its customer."""
    document = more.pop("document", None) or a_document(reference)
    noted = Noted(**{name: more.pop(name) for name in ("written", "earlier", "judged") if name in more})
    return Referenced(document, "customer:1", "1001", technicians, noted, **more)


def a_reference(customer: int = 1, after: str | None = "Anna Ek", **document: Any) -> SetReference:
    """A planned write of our reference."""
    return SetReference(a_document(**document), f"customer:{customer}", str(customer), after, Noted(), Noted(after))


def an_update(
    customer: int = 1,
    *,
    take: Iterable[Write] = (),
    push: Iterable[Write] = (),
) -> Decision:
    """A linked customer to be written."""
    pair = Pair(a_customer(str(customer), id=customer), a_record(str(customer)), a_link(customer_id=customer))
    return Decision(pair, Update(pair, tuple(take), tuple(push)))


def a_change(customer: int = 1, field: str = "phone", before: Value = "08-1", after: Value = "08-2") -> Decision:
    """A linked customer with one field to be pushed."""
    return an_update(customer, push=[Write(field, before, after)])


def a_deactivation(customer: int = 1) -> Decision:
    """A linked customer to be deactivated in accounting."""
    return a_change(customer, "active", before=True, after=False)


def a_create(number: str = "1001", *, id: int = 1, **fields: Value) -> Decision:  # noqa: A002 - the record's own name
    """A customer to be created in accounting."""
    pair = Pair(a_customer(number, id=id))
    return Decision(pair, CreateInAccounting(pair, {"number": number, **fields}))


def an_import(number: str = "1001", *, remote_id: str = "r-1", **fields: Value) -> Decision:
    """A customer to be created in the register."""
    pair = Pair(remote=a_record(number, remote_id=remote_id))
    return Decision(pair, CreateInRegister(pair, {"number": number, **fields}, {}))


def an_ending(customer: int = 1, **more: Any) -> Decision:
    """A link to be ended."""
    pair = Pair(a_customer(str(customer), id=customer), a_record(str(customer)), a_link(customer_id=customer))
    return Decision(pair, EndLink(pair, "unlinked", **more))


def a_plan(*decisions: Decision, references: Iterable[SetReference] = ()) -> Plan:
    """A plan of these decisions."""
    return Plan(decisions, tuple(references))


def carried_out(pair: Pair, update: Update) -> Pair:
    """The pair after its update, as the services leave it: written, linked, base moved."""
    assert pair.local is not None
    assert pair.remote is not None
    taken, pushed = written(update.take), written(update.push)
    local = replace(pair.local, fields={**pair.local.fields, **taken}, defaulted=pair.local.defaulted - taken.keys())
    remote = replace(pair.remote, fields={**pair.remote.fields, **pushed})
    base = {n: Agreed(local.fields[n], remote.fields[n]) for n in (*taken, *pushed)}
    held = pair.link.base if pair.link is not None else {}
    return Pair(local, remote, Link(7, remote.remote_id, local.id, {**held, **update.agree, **base}))


def footprint_of(action: PairAction) -> Footprint:
    """What a run left behind that carried this action out."""
    (found,) = footprints(replace(line, outcome="done") for line in lines(action) if line.outcome == "planned")
    return found


def taken_back(pair: Pair, action: TakeBack) -> Pair:
    """The pair after its undo, as the services leave it: written on the one side, marked."""
    assert pair.local is not None
    assert pair.remote is not None
    assert pair.link is not None
    local = replace(pair.local, fields={**pair.local.fields, **written(action.take)})
    remote = replace(pair.remote, fields={**pair.remote.fields, **written(action.push)})
    link = replace(
        pair.link,
        base={**pair.link.base, **action.agree},
        undone=pair.link.undone if action.undone is None else action.undone,
    )
    return replace(pair, local=local, remote=remote, link=link)
