"""Lists, page by page: every row once, whatever moves meanwhile and whatever the vendor claims (FACTS §3).

There is no cursor and no snapshot: a row can slip from one page to the next while we read. So the rows are counted
against the vendor's own total, and a listing of several pages whose count disagrees is read again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from syncd.connectors.visma_eaccounting.api import QueryRefusedError, Target
from syncd.mapping.overlay import MalformedJsonError, split_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from syncd.connectors.http import Reply
    from syncd.connectors.visma_eaccounting.api import Api
    from syncd.mapping.overlay import JsonObject, JsonValue

PAGE_SIZE = 1000
"""The largest allowed (FACTS §3.1). ``$top`` and ``$skip`` are silently ignored: never use them."""
READINGS = 4
"""How often a listing whose rows do not add up is read in all."""

_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z")

Row = tuple[str, "JsonValue"]
"""One element: its exact text and what it says."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as it came. ``server_time`` is the vendor's clock, empty where the page does not tell it."""

    rows: tuple[Row, ...]
    server_time: str
    total: int
    pages: int
    size: int


@dataclass(slots=True)
class _Listing:
    """One listing, read once or again. Rows are remembered by hash, so that a million of them fit."""

    seen: set[int] = field(default_factory=set)
    """Rows already handed out."""
    current: set[int] = field(default_factory=set)
    """Rows of the current reading; in the first one that is the same."""
    totals: set[int] = field(default_factory=set)
    pages: int = 0
    server_time: str = ""

    def begin(self) -> None:
        """Read from the first page (again)."""
        self.current = set() if self.seen else self.seen
        self.totals, self.pages = set(), 0

    def take(self, page: RawPage) -> tuple[RawPage, bool]:
        """Keep what was not handed out yet; also, whether the page brought this reading any further.

        All pages bear the time of the very first one: no later change can be older than a cursor set to it.
        """
        self.server_time = self.server_time or page.server_time
        self.totals.add(page.total)
        self.pages += 1
        before = len(self.current)
        new = tuple(row for row in page.rows if self._is_new(hash(_identity(row))))
        return replace(page, rows=new, server_time=self.server_time), len(self.current) > before

    def adds_up(self) -> bool:
        """Whether nothing can have slipped between pages: one page, or one total that equals the rows read."""
        return self.pages <= 1 or self.totals == {len(self.current)}

    def _is_new(self, mark: int) -> bool:
        is_new = mark not in self.seen
        self.seen.add(mark)
        self.current.add(mark)
        return is_new


def listing(api: Api, resource: str, *, where: str | None = None, order: str | None = None) -> Iterator[RawPage]:
    """Stream a list; at least one page comes, empty or not.

    When the rows do not add up to the vendor's total even after reading again, what was seen is all there is:
    the caller notices by ``total``. An order that the vendor refuses is done without.
    """
    return _listed(api, resource, _page, where, order)


def feed(api: Api, resource: str, *, where: str | None = None, order: str | None = None) -> Iterator[RawPage]:
    """Stream a list that a cursor follows: a page that does not say the vendor's time is malformed (S-58)."""
    return _listed(api, resource, _timed_page, where, order)


def _listed(
    api: Api, resource: str, read: Callable[[Reply], RawPage], where: str | None, order: str | None
) -> Iterator[RawPage]:
    state = _Listing()
    for _ in range(READINGS):
        state.begin()
        try:
            yield from _pages(api, resource, read, state, _query(where, order))
        except QueryRefusedError:
            if order is None:
                raise
            order = None
            state.begin()
            yield from _pages(api, resource, read, state, _query(where, None))
        if state.adds_up():
            return


def since(stamp_key: str, moment: str) -> str:
    """The filter for what changed at or after a stamp, floored to the precision of the vendor's example (§3.2)."""
    utc = moment if _STAMP.fullmatch(moment) else _utc(moment)
    seconds, _, fraction = utc.removesuffix("Z").partition(".")
    return f"{stamp_key} ge {seconds}.{fraction[:2]:0<2}Z"


def equals(key: str, text: str) -> str:
    """The filter for one text; a quote is doubled (FACTS §3.2)."""
    quoted = text.replace("'", "''")
    return f"{key} eq '{quoted}'"


def _pages(
    api: Api, resource: str, read: Callable[[Reply], RawPage], state: _Listing, query: Mapping[str, str]
) -> Iterator[RawPage]:
    number = 1
    while True:
        try:
            page = api.read(Target(resource), read, {"$page": str(number), **query})
        except QueryRefusedError:
            if number == 1:
                raise
            return  # beyond the last page (what the vendor answers there is unknown, FACTS §3.1)
        new, moved = state.take(page)
        if number == 1 or new.rows:
            yield new
        if not moved or _is_last(page, number, len(state.current)):
            return
        number += 1


def _is_last(page: RawPage, number: int, seen: int) -> bool:
    """All pages read; and the page is not full, or every row that the vendor counts was seen."""
    return number >= page.pages and (len(page.rows) < page.size or seen >= page.total)


def _query(where: str | None, order: str | None) -> dict[str, str]:
    query = {"$pagesize": str(PAGE_SIZE), "$filter": where, "$orderby": order}
    return {name: value for name, value in query.items() if value is not None}


def _page(reply: Reply) -> RawPage:
    """Take a page apart. Counts that Meta leaves out are taken from the rows."""
    meta, rows = split_page(reply.text)
    return RawPage(
        rows=tuple(rows),
        server_time=_server_time(meta),
        total=_count(meta, "TotalNumberOfResults", len(rows)),
        pages=_count(meta, "TotalNumberOfPages", 1),
        size=_count(meta, "PageSize", PAGE_SIZE),
    )


def _timed_page(reply: Reply) -> RawPage:
    page = _page(reply)
    if not page.server_time:
        raise MalformedJsonError("a page does not say the server's time, ServerTimeUtc")
    return page


def _count(meta: JsonObject, key: str, default: int) -> int:
    value = meta.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _server_time(meta: JsonObject) -> str:
    """The vendor's clock, in whole or broken seconds, UTC, or nothing. The answer's own date may be a proxy's."""
    value = str(meta.get("ServerTimeUtc"))
    if _STAMP.fullmatch(value):
        return value
    try:
        return _utc(value)
    except ValueError:
        return ""


def _utc(text: str) -> str:
    """An ISO time, with any offset or none, as UTC."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _identity(row: Row) -> object:
    """What makes two rows the same record: the id, else the text."""
    raw, value = row
    found = value.get("Id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else raw
