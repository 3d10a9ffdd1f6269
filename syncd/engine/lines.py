"""Actions as report lines: one per field written, in the words of the command line's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, SetReference, TakeBack, Update
from syncd.values.equality import is_empty
from syncd.values.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.engine.actions import LeftAlone, PairAction, Write
    from syncd.engine.state import Pair, Shown
    from syncd.register.fields import Value

Side = Literal["accounting", "register"]
Target = Literal["accounting", "register", "document"]
Outcome = Literal["planned", "done", "skipped", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What an undo must know of a write beyond what its line says (S-56).

    ``remote_id`` is the record in accounting, or the document of ``feed``. ``written`` is the text that syncd had
    written on the document before. ``beside`` holds the other members of the group as the written side held them.
    ``mark`` is the fingerprint of a created record as the run left it. ``became`` says what an ending link made of the
    record. ``erased``: personal data law took the values, so there is nothing to be taken back.
    """

    remote_id: str | None = None
    feed: str | None = None
    written: str | None = None
    beside: Mapping[str, Value] | None = None
    mark: str | None = None
    became: Literal["deactivated", "deleted"] | None = None
    erased: Literal[True] | None = None


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
    trace: Trace | None = None


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
        case TakeBack():
            yield from _taken_back(action)
        case SetReference():
            yield _reference(action)
        case _:
            assert_never(action)


def _update(action: Update) -> Iterator[Line]:
    yield from _writes(action.pair, action.take, "register")
    yield from _writes(action.pair, action.push, "accounting")
    for name in action.kept:
        yield _kept(action.pair, name)


def _writes(pair: Pair, writes: tuple[Write, ...], target: Side) -> Iterator[Line]:
    touched = {write.field for write in writes}
    for write in writes:
        trace = Trace(_remote_id(pair), beside=_beside(pair, write, touched, target))
        shown = (write_kind(write, target), pair.key, pair.number, target, write.field, write.before, write.after)
        yield Line(*shown, message=write.note, trace=trace)


def _beside(pair: Pair, write: Write, touched: set[str], side: Side) -> dict[str, Value] | None:
    """The members of a group that are not written with the others, as the side holds them."""
    record = pair.local if side == "register" else pair.remote
    unit = unit_of(write.field)
    if not unit.is_group or record is None:
        return None
    return {name: record.fields[name] for name in unit.members if name not in touched and name in record.fields}


def _remote_id(pair: Pair) -> str | None:
    if pair.remote is not None:
        return pair.remote.remote_id
    return pair.link.remote_id if pair.link is not None else None


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


_BECAME: dict[str, Literal["deactivated", "deleted"]] = {"deactivate": "deactivated", "delete": "deleted"}


def _ending(action: EndLink) -> Iterator[Line]:
    pair = action.pair
    yield from _writes(pair, action.take, "register")
    active = pair.local.fields.get("active") if pair.local is not None else None
    if action.here == "delete" or (action.here is not None and active is not False):
        yield _gone(pair, "register", active, action.here, "removed from the register")
    if action.there is not None:
        yield _gone(pair, "accounting", True, action.there, "deleted in accounting")  # noqa: FBT003 - what was there
    for item in action.left:
        yield _left(pair, item)


def _gone(pair: Pair, side: Side, before: Value, what: str, message: str) -> Line:
    trace = Trace(_remote_id(pair), became=_BECAME[what])
    shown = ("deactivate", pair.key, pair.number, side, "active", before, False)
    return Line(*shown, message=message if what == "delete" else None, trace=trace)


def _taken_back(action: TakeBack) -> Iterator[Line]:
    yield from _writes(action.pair, action.take, "register")
    yield from _writes(action.pair, action.push, "accounting")
    for item in action.left:
        yield _left(action.pair, item)


def _left(pair: Pair, item: LeftAlone) -> Line:
    if item.write is None:
        kind = f"create_in_{item.target}"
        return Line(kind, pair.key, pair.number, item.target, outcome="skipped", message=item.why)
    write = item.write
    shown = (pair.key, pair.number, item.target, write.field, write.before, write.after)
    return Line(write_kind(write, item.target), *shown, "skipped", item.why)


def _reference(action: SetReference) -> Line:
    document = action.document
    what = document.feed.removesuffix("s").replace("_", " ")
    outcome: Outcome = "skipped" if action.skipped else "planned"
    shown = ("our_reference", action.subject, action.number, "document", "our_reference", document.reference)
    trace = Trace(document.remote_id, document.feed, action.noted.written)
    return Line(*shown, action.after, outcome, action.skipped or what, trace)  # type: ignore[arg-type]
