"""What a run left behind, customer by customer, read from the lines of its report (S-55, S-56)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

from syncd.engine.lines import Trace
from syncd.values.units import is_field, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.lines import Line, Side
    from syncd.register.fields import Value
    from syncd.values.units import Unit

_CREATED: Mapping[str, Side] = {"create_in_accounting": "accounting", "create_in_register": "register"}
_CUSTOMER = "customer:"
_REMOTE = "remote:"


@dataclass(frozen=True, slots=True)
class Written:
    """One unit as a run wrote it on one side: what stood there before, and what it left.

    ``beside`` holds the members of a group that were not written, as that side held them (None: not recorded).
    """

    unit: Unit
    side: Side
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    beside: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a run did to one customer.

    ``created`` is the side on which it created the record, ``mark`` the fingerprint it left there (None: unknown).
    ``became`` says on which side a record went away with its link, and how.
    """

    subject: str
    number: str | None
    customer_id: int | None = None
    remote_id: str | None = None
    created: Side | None = None
    mark: str | None = None
    became: tuple[Side, Literal["deactivated", "deleted"]] | None = None
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Inscription:
    """A reference that a run wrote on a document; ``written`` is the text that syncd had written there before."""

    subject: str
    number: str | None
    feed: str
    remote_id: str
    before: str | None
    after: str | None
    written: str | None


def footprints(lines: Iterable[Line]) -> tuple[Footprint, ...]:
    """What the lines of a report say was written to customers, in the order of the report."""
    by_subject: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.target in {"accounting", "register"} and line.outcome == "done" and _writes(line):
            by_subject[line.subject].append(line)
    return tuple(_footprint(subject, found) for subject, found in by_subject.items())


def _writes(line: Line) -> bool:
    return (line.field is not None and not line.kind.endswith("_conflict")) or line.kind in _CREATED


def _footprint(subject: str, lines: list[Line]) -> Footprint:
    create = next((line for line in lines if line.kind in _CREATED), None)
    gone = next((line for line in lines if _trace(line).became is not None), None)
    created = _CREATED[create.kind] if create is not None else None
    written = tuple(_written(lines))
    return Footprint(
        subject=subject,
        number=lines[0].customer_number,
        customer_id=int(subject.removeprefix(_CUSTOMER)) if subject.startswith(_CUSTOMER) else None,
        remote_id=_remote_id(subject, lines),
        created=created,
        mark=_mark(create, written),
        became=_became(gone),
        written=written,
    )


def _trace(line: Line) -> Trace:
    return line.trace or Trace()


def _remote_id(subject: str, lines: list[Line]) -> str | None:
    if subject.startswith(_REMOTE):
        return subject.removeprefix(_REMOTE)
    return next((trace.remote_id for trace in map(_trace, reversed(lines)) if trace.remote_id), None)


def _mark(create: Line | None, written: Iterable[Written]) -> str | None:
    """A record that the same run wrote to once more has moved on from its mark."""
    if create is None or any(one.side == "accounting" for one in written):
        return None
    return _trace(create).mark


def _became(line: Line | None) -> tuple[Side, Literal["deactivated", "deleted"]] | None:
    became = _trace(line).became if line is not None else None
    return (cast("Side", line.target), became) if line is not None and became is not None else None


def _written(lines: Iterable[Line]) -> Iterable[Written]:
    """Per unit and side: a field written twice was changed from what stood there first to what was left last."""
    found: dict[tuple[str, Side], list[Line]] = defaultdict(list)
    for line in lines:
        if line.field is not None and is_field(line.field):
            found[(unit_of(line.field).name, cast("Side", line.target))].append(line)
    for (_, side), mine in found.items():
        before: dict[str, Value] = {}
        after: dict[str, Value] = {}
        for line in mine:
            before.setdefault(str(line.field), cast("Value", line.before))
            after[str(line.field)] = cast("Value", line.after)
        beside = _trace(mine[-1]).beside
        yield Written(unit_of(str(mine[0].field)), side, before, after, _unwritten(beside, after))


def _unwritten(beside: Mapping[str, Value] | None, after: Mapping[str, Value]) -> dict[str, Value] | None:
    return None if beside is None else {name: value for name, value in beside.items() if name not in after}


def inscriptions(lines: Iterable[Line]) -> tuple[Inscription, ...]:
    """The references that the lines of a report say were written, each document once."""
    found: dict[tuple[str, str], Inscription] = {}
    for line in lines:
        trace = _trace(line)
        if line.target == "document" and line.outcome == "done" and trace.feed and trace.remote_id:
            before, after = cast("str | None", line.before), cast("str | None", line.after)
            head = (line.subject, line.customer_number, trace.feed, trace.remote_id)
            first = found.setdefault(head[2:], Inscription(*head, before, after, trace.written))
            found[head[2:]] = replace(first, after=after)
    return tuple(found.values())
