"""Actions as report lines: one per field written, in the words of the command line's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, SetReference, Update
from syncd.values.equality import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.engine.actions import PairAction, Write
    from syncd.engine.state import Pair, Shown

Target = Literal["accounting", "register", "document"]
Outcome = Literal["planned", "done", "skipped", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing done, or to be done, to one customer. ``subject`` identifies the customer across lines."""

    kind: str
    subject: str
    customer_number: str | None
    target: Target
    field: str | None = None
    before: Shown = None
    after: Shown = None
    outcome: Outcome = "planned"
    message: str | None = None


def lines(action: PairAction | SetReference) -> tuple[Line, ...]:
    """Return the report lines of an action, in the order in which it is carried out."""
    return tuple(_lines(action))


def _lines(action: PairAction | SetReference) -> Iterator[Line]:
    match action:
        case CreateInAccounting(pair=pair, note=note):
            yield Line("create_in_accounting", pair.key, pair.number, "accounting", message=note)
        case CreateInRegister(pair=pair, note=note):
            yield Line("create_in_register", pair.key, pair.number, "register", message=note)
        case Update():
            yield from _update(action)
        case EndLink():
            yield from _ending(action)
        case SetReference():
            yield _reference(action)
        case _:
            assert_never(action)


def _update(action: Update) -> Iterator[Line]:
    for write in action.take:
        yield _written(action, write, "register")
    for write in action.push:
        yield _written(action, write, "accounting")
    for name in action.kept:
        yield _kept(action.pair, name)


def _written(action: Update, write: Write, target: Target) -> Line:
    kind = write_kind(write, target)
    number = action.pair.number
    return Line(kind, action.pair.key, number, target, write.field, write.before, write.after, message=write.note)


def _kept(pair: Pair, name: str) -> Line:
    """The side that holds the value keeps it."""
    ours = pair.local.fields.get(name) if pair.local is not None else None
    theirs = pair.remote.fields.get(name) if pair.remote is not None else None
    target: Target = "register" if is_empty(theirs) else "accounting"
    value = ours if target == "register" else theirs
    shown = (pair.key, pair.number, target, name, value, value)
    return Line(f"update_in_{target}", *shown, "skipped", "kept: an empty value is not written over a filled one")


def write_kind(write: Write, target: Target) -> str:
    """The action kind of one field's write."""
    if write.field == "number":
        return "renumber"
    if write.field == "active":
        return "deactivate" if write.after is False else "reactivate"
    return f"update_in_{target}"


def _ending(action: EndLink) -> Iterator[Line]:
    key, number = action.pair.key, action.pair.number
    if action.deactivate_local:
        active = action.pair.local.fields.get("active") if action.pair.local is not None else None
        if active is not False:
            yield Line("deactivate", key, number, "register", "active", active, after=False)
    if action.remove is not None:
        message = "deleted in accounting" if action.remove == "delete" else None
        yield Line("deactivate", key, number, "accounting", "active", before=True, after=False, message=message)


def _reference(action: SetReference) -> Line:
    return Line(
        "our_reference",
        f"customer:{action.customer_id}",
        action.number,
        "document",
        "our_reference",
        action.document.reference,
        action.after,
        "skipped" if action.skipped else "planned",
        action.skipped or f"{action.document.feed.removesuffix('s').replace('_', ' ')}",
    )
