"""Lists: ``$page``, ``$pagesize``, ``$orderby``, ``$select`` and the Meta/Data envelope.

Pages count from 1, hold 50 rows by default and 1000 at most; ``$top`` and ``$skip`` are
silently ignored, so every such request answers page 1 (facts §3.1, measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from syncd.sandbox import jsontext
from syncd.sandbox.visma_eaccounting import filters
from syncd.sandbox.visma_eaccounting.errors import QueryError
from syncd.sandbox.visma_eaccounting.records import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox.visma_eaccounting.fields import Property
    from syncd.sandbox.visma_eaccounting.records import Record, Records
    from syncd.sandbox.visma_eaccounting.switches import Switches
    from syncd.sandbox.visma_eaccounting.world import World

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
TWO_WORDS = 2


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    number: int
    size: int

    @classmethod
    def asked(cls, query: Mapping[str, str], switches: Switches) -> Page:
        """The page a request names."""
        number = _positive(query, "$page", 1)
        size = _positive(query, "$pagesize", DEFAULT_SIZE)
        if size > LARGEST_SIZE:
            size = _oversize(switches)
        return cls(number, size)

    def cut(self, rows: list[Any], switches: Switches) -> list[Any]:
        """The rows on this page."""
        start = (self.number - 1) * self.size
        if rows and start >= len(rows):
            if switches.endless_paging:
                start = (len(rows) - 1) // self.size * self.size
            elif switches.page_past_end == "reject":
                raise QueryError(f"Page {self.number} does not exist.")
        return rows[start : start + self.size]

    def meta(self, total: int, world: World) -> str:
        """The Meta object; all five members are required by the schema."""
        total += world.switches.wrong_total
        pages = -(-total // self.size)
        if world.switches.endless_paging:
            pages = max(pages, self.number + 1)
        counts = {
            "CurrentPage": self.number,
            "PageSize": self.size,
            "TotalNumberOfPages": pages,
            "TotalNumberOfResults": total,
        }
        clock = {} if world.switches.no_server_time else {"ServerTimeUtc": world.clock.server_time()}
        return jsontext.dumps(counts | clock)


def _oversize(switches: Switches) -> int:
    if switches.oversize_page == "reject":
        raise QueryError(f"$pagesize can not be larger than {LARGEST_SIZE}.")
    return LARGEST_SIZE if switches.oversize_page == "clamp" else DEFAULT_SIZE


def _positive(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise QueryError(f"{name} must be a positive number.")
    return int(text)


def envelope(meta: str, data: str) -> str:
    """A list as it is answered."""
    return f'{{"Meta":{meta},"Data":[{data}]}}'


def plain_list(rows: list[Any], query: Mapping[str, str], world: World) -> str:
    """A short list kept outside the records: terms of payment, users."""
    if "$filter" in query or "$orderby" in query:
        raise QueryError("Filter and order are not supported here.")
    page = Page.asked(query, world.switches)
    data = ",".join(jsontext.dumps(row) for row in page.cut(rows, world.switches))
    return envelope(page.meta(len(rows), world), data)


def record_list(records: Records, query: Mapping[str, str], table: tuple[Property, ...], world: World) -> str:
    """A page of records, filtered and ordered as asked."""
    page = Page.asked(query, world.switches)
    rows = listing(records, query, world)
    found = page.cut(rows, world.switches)
    meta = page.meta(len(rows), world)
    wanted = query.get("$select")
    if wanted is None:
        return envelope(meta, texts(found))
    return envelope(meta, _selected(found, wanted, table, world.switches))


def listing(records: Records, query: Mapping[str, str], world: World) -> list[Record]:
    """All rows that pass, in order; prepared once while nothing changes."""
    text, order = query.get("$filter", ""), query.get("$orderby", "")
    switches = world.switches
    wanted = _filter(text, records, switches) if text else None
    keys = _order(order, records, switches)
    question = (text, order, switches.default_order)
    rows = records.prepared(question, lambda: _sorted(_passing(records, wanted), keys, records))
    return records.visible(rows, world.clock.now().timestamp())


def _filter(text: str, records: Records, switches: Switches) -> filters.Filter:
    refused = set(switches.refused_filters)
    if not switches.number_filter:
        refused.add("CustomerNumber")
    places = {name: place for name, place in records.places.items() if name not in refused}
    return filters.parse(text, places, stamp=records.stamp, key=records.key)


def _passing(records: Records, wanted: filters.Filter | None) -> list[Record]:
    if wanted is None:
        return list(records)
    if wanted.key is not None:
        rows = records.find(wanted.key)
    elif wanted.since is not None:
        rows = records.since(wanted.since)
    else:
        rows = list(records)
    return [row for row in rows if wanted.accepts(row.values)]


def _order(text: str, records: Records, switches: Switches) -> list[tuple[str, bool]]:
    if not text:
        return [("CustomerNumber", False)] if switches.default_order == "number" else []
    if not switches.orderby or ("," in text and not switches.orderby_many):
        raise QueryError("$orderby is not supported here.")
    return [_order_key(part.split(), records) for part in text.split(",")]


def _order_key(words: list[str], records: Records) -> tuple[str, bool]:
    direction = words[1] if len(words) == TWO_WORDS else "asc"
    if not words or len(words) > TWO_WORDS or direction not in ("asc", "desc"):
        raise QueryError("Syntax error in $orderby.")
    if words[0] not in records.places:
        raise QueryError(f"Could not order by property '{words[0]}'.")
    return words[0], direction == "desc"


def _sorted(rows: list[Record], keys: list[tuple[str, bool]], records: Records) -> list[Record]:
    rows = sorted(rows, key=attrgetter("serial"))
    for name, descending in reversed(keys):
        place = records.places[name]
        rows = sorted(
            rows,
            key=lambda row, place=place: (row.values[place] is not None, row.values[place]),  # type: ignore[misc]
            reverse=descending,
        )
    return rows


def _selected(rows: list[Record], text: str, table: tuple[Property, ...], switches: Switches) -> str:
    names = [name.strip() for name in text.split(",")]
    unknown = {*names} - {prop.name for prop in table}
    if unknown or not switches.select:
        raise QueryError(f"Could not select '{', '.join(sorted(unknown)) or text}'.")
    kept = ({name: fields[name] for name in names} for fields in (row.fields() for row in rows))
    return ",".join(jsontext.dumps(row) for row in kept)
