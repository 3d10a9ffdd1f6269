"""Where records live: as the exact text a GET answers, with a few columns to search by.

The text is the record: it is written once, kept, and handed out unchanged, so two GETs
give the same bytes and a page of a thousand is a join. An index on the change stamp makes
the question "what changed since" cheap however large the company is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from syncd.sandbox import jsontext
from syncd.sandbox.visma_eaccounting.dates import stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from syncd.sandbox.visma_eaccounting.fields import Fields

REMEMBERED = 8  # prepared listings


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its text and the columns that filters may name."""

    id: str
    text: str
    values: tuple[Any, ...]
    serial: int

    def fields(self) -> Fields:
        """The record as a new dictionary; numbers are Decimal."""
        return cast("Fields", jsontext.loads(self.text))


class Records:
    """All records of one resource, in the order they were created."""

    def __init__(self, columns: tuple[str, ...], stamp: str | None, key: str) -> None:
        self.columns = columns
        self.places = {name: place for place, name in enumerate(columns)}
        self.stamp = stamp
        self.key = key
        self.generation = 0
        self._serials = count()
        self._records: dict[str, Record] = {}
        self._by_stamp: list[tuple[str, str]] = []
        self._by_key: dict[Any, list[str]] = {}
        self._hidden: dict[str, float] = {}
        self._prepared: OrderedDict[Hashable, list[Record]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records.values()))

    def get(self, id_: str) -> Record | None:
        """The record with this id."""
        return self._records.get(id_)

    def find(self, key: object) -> list[Record]:
        """The records with this key (a number); people can make two of them."""
        return [self._records[id_] for id_ in self._by_key.get(key, ())]

    def put(self, fields: Fields, *, hidden_until: float | None = None) -> Record:
        """Store a record, new or changed."""
        old = self._forget(fields["Id"])
        serial = old.serial if old else next(self._serials)
        record = Record(fields["Id"], jsontext.dumps(fields), self._values(fields), serial)
        self._records[record.id] = record
        self._by_key.setdefault(self._key(record), []).append(record.id)
        if self.stamp:
            insort(self._by_stamp, (record.values[0] or "", record.id))
        if old is None and hidden_until is not None:
            self._hidden[record.id] = hidden_until
        self.generation += 1
        return record

    def drop(self, id_: str) -> None:
        """Remove a record without a trace (facts §3.4: there are no tombstones)."""
        self._forget(id_)
        self._records.pop(id_, None)
        self._hidden.pop(id_, None)
        self.generation += 1

    def clear(self) -> None:
        """Remove everything."""
        self._records.clear()
        self._by_stamp.clear()
        self._by_key.clear()
        self._hidden.clear()
        self.generation += 1

    def since(self, stamp: str) -> list[Record]:
        """Records changed at or after `stamp`, oldest change first."""
        start = bisect_left(self._by_stamp, (stamp, ""))
        return [self._records[id_] for _, id_ in self._by_stamp[start:]]

    def prepared(self, question: Hashable, make: Callable[[], list[Record]]) -> list[Record]:
        """The listing for `question`, made once per state of the records."""
        key = (self.generation, question)
        if key not in self._prepared:
            self._prepared[key] = make()
        self._prepared.move_to_end(key)
        while len(self._prepared) > REMEMBERED:
            self._prepared.popitem(last=False)
        return self._prepared[key]

    def visible(self, records: list[Record], now: float) -> list[Record]:
        """Without the new ones that lists do not show yet."""
        self._hidden = {id_: until for id_, until in self._hidden.items() if until > now}
        if not self._hidden:
            return records
        return [record for record in records if record.id not in self._hidden]

    def _values(self, fields: Fields) -> tuple[Any, ...]:
        return tuple(self._column(name, fields.get(name)) for name in self.columns)

    def _column(self, name: str, value: Any) -> Any:  # noqa: ANN401  a JSON value
        return stamp_of(value) if name.endswith("Utc") and isinstance(value, str) else value

    def _key(self, record: Record) -> object:
        return record.values[self.places[self.key]]

    def _forget(self, id_: str) -> Record | None:
        record = self._records.get(id_)
        if record is None:
            return None
        holders = self._by_key[self._key(record)]
        holders.remove(id_)
        if not holders:
            del self._by_key[self._key(record)]
        if self.stamp:
            entry = (record.values[0] or "", id_)
            place = bisect_right(self._by_stamp, entry) - 1
            del self._by_stamp[place]
        return record


def texts(records: Iterable[Record]) -> str:
    """The records as the inside of a JSON list."""
    return ",".join(record.text for record in records)
