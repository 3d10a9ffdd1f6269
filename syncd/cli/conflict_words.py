"""Conflicts in words and tables, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from syncd.cli.application import typed
from syncd.cli.output import print_pairs, print_table, say, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from syncd.services.conflict_trail import Trail

_SIDES = ("base", "register", "accounting")
_TAKEN = {"register": "--take register", "accounting": "--take accounting", "value": "--value TEXT"}
_WITH_VALUE = {"accounting_only": " --value TEXT"}
_DAY = 10


def print_list(documents: Sequence[Mapping[str, Any]]) -> None:
    """Print conflicts, a row each; of a group only the fields that differ."""
    headings = ("id", "customer", "name", "kind", "field", *_SIDES, "since", "status")
    print_table(headings, (_row(one) for one in documents))


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    sides = _brief([one[side] for side in _SIDES])
    number, name, kind = one["customer_number"], one["customer_name"], one["kind"]
    return one["id"], number, name, kind, one["field"], *sides, one["first_seen"][:_DAY], _status(one)


def _status(one: Mapping[str, Any]) -> str:
    return f"{one['status']}: {one['resolution']}" if one["resolution"] else str(one["status"])


def _brief(sides: Sequence[Any]) -> list[str]:
    groups = [side for side in sides if isinstance(side, Mapping)]
    if not groups:
        return [shown(side) for side in sides]
    differing = [name for name in groups[-1] if len({str(group.get(name)) for group in groups}) > 1]
    return [", ".join(_parts(side, differing)) if isinstance(side, Mapping) else shown(side) for side in sides]


def _parts(group: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield f"{name}: {shown(group.get(name)) or '(empty)'}"


def print_one(one: Mapping[str, Any], trail: Trail, explained: Mapping[str, str]) -> None:
    """Print a conflict: both sides beside what was last agreed, and what each answer does."""
    print_pairs(_facts(one, trail))
    rows = list(_values(one))
    if rows:
        print_table(("", "field", *_SIDES), rows)
    if one["status"] != "open":
        return
    if not explained:
        say("It closes by itself once its cause is mended.")
        return
    say("What you can answer:")
    value = _placeholder(one)
    print_pairs([(f"  {_command(one['id'], word)}".replace("TEXT", value), does) for word, does in explained.items()])


def _placeholder(one: Mapping[str, Any]) -> str:
    """What to type as a value: text, or for a group an object of its fields."""
    group = next((one[side] for side in ("register", "accounting") if isinstance(one[side], Mapping)), None)
    return "TEXT" if group is None else f'\'{{"{next(iter(group))}": "…", …}}\''


def _facts(one: Mapping[str, Any], trail: Trail) -> Iterator[tuple[str, object]]:
    yield "conflict", f"{one['id']}, {one['kind']}, {_status(one)}"
    yield "connection", one["connection"]
    yield "customer", " ".join(str(one[name]) for name in ("customer_number", "customer_name") if one[name])
    yield "question", one["message"]
    yield "first seen", _when(one["first_seen"])
    if one["times_seen"] > 1:
        yield "last seen", f"{_when(one['last_seen'])}, {one['times_seen']} times in all"
    if trail.register is not None:
        yield "register", f"last changed {_when(trail.register[0])} by {trail.register[1]}"
    if trail.accounting is not None:
        yield "accounting", f"customer last changed {_when(trail.accounting)}"
    if one["resolved_by"]:
        yield "resolved by", one["resolved_by"]


def _when(stamp: str) -> str:
    return f"{stamp[:16].replace('T', ' ')} UTC"


def _values(one: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """A row per field, those that differ marked and first."""
    sides = [one[side] for side in _SIDES]
    if all(side is None for side in sides):
        return
    names = next((list(side) for side in reversed(sides) if isinstance(side, Mapping)), [one["field"] or "value"])
    rows = [(name, [side.get(name) if isinstance(side, Mapping) else side for side in sides]) for name in names]
    for name, values in sorted(rows, key=lambda row: row[1][1] == row[1][2]):
        yield "" if values[1] == values[2] else "≠", name, *values


def _command(conflict: int, word: str) -> str:
    how = _TAKEN.get(word) or f"--answer {word}{_WITH_VALUE.get(word, '')}"
    return f"{typed('conflicts', 'resolve', str(conflict))} {how}"
