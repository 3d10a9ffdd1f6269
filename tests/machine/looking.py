"""What a person would find on both sides at one moment, and what syncd has put down about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from syncd.store.tables import Link
from tests.machine.vocabulary import UNITS, from_visma, meaning
from tests.scenarios.observing import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.ports.records import ConflictInfo
    from tests.machine.model import Side
    from tests.machine.vocabulary import Value
    from tests.world import World

Pair = tuple[int, str]
"""A customer of the register and one of accounting, by their ids."""


DOCUMENTS = ("orders", "customerinvoicedrafts")
OPEN_ORDERS = {1, 2}


@dataclass(frozen=True)
class Paper:
    """A document in accounting, as far as our reference goes."""

    id: str
    customer: str
    reference: str | None
    is_open: bool


@dataclass(frozen=True)
class Look:
    """Both sides by id, the pairs that are held together, those that no longer are, and what waits for a person."""

    here: Mapping[int, Mapping[str, Value]]
    there: Mapping[str, Mapping[str, Value]]
    links: Mapping[int, str]
    ended: frozenset[Pair]
    questions: tuple[ConflictInfo, ...]
    texts: Snapshot
    papers: Mapping[str, Paper]
    technicians: Mapping[int, tuple[str, ...]]

    def pairs(self) -> Iterator[Pair]:
        """Those that are linked."""
        yield from self.links.items()

    def free_here(self) -> list[int]:
        """Customers of the register that were never paired."""
        taken = {here for here, _ in (*self.ended, *self.links.items())}
        return [id_ for id_ in self.here if id_ not in taken]

    def free_there(self) -> list[str]:
        """Customers of accounting that were never paired."""
        taken = {there for _, there in (*self.ended, *self.links.items())}
        return [id_ for id_ in self.there if id_ not in taken]

    def side_here(self, id_: int, unit: str) -> Side:
        """What the register says in a unit."""
        return tuple(meaning(self.here[id_][name]) for name in UNITS[unit])

    def side_there(self, id_: str, unit: str) -> Side:
        """What accounting says in a unit."""
        return tuple(meaning(self.there[id_][name]) for name in UNITS[unit])

    def numbered_here(self, number: object) -> list[int]:
        """Who holds a number in the register."""
        return [id_ for id_, fields in self.here.items() if fields["number"] == number]

    def numbered_there(self, number: object) -> list[str]:
        """Who holds a number in accounting."""
        return [id_ for id_, fields in self.there.items() if fields["number"] == number]

    def doubled(self) -> set[Value]:
        """The numbers that more than one customer of accounting has."""
        count = Counter(fields["number"] for fields in self.there.values())
        return {number for number, often in count.items() if often > 1}

    def is_doubled(self, pair: Pair) -> bool:
        """Whether more than one customer of accounting has the number of this one (S-14)."""
        number = self.number_there(pair[1]) or self.number_here(pair[0])
        return len(self.numbered_there(number)) > 1

    def asked(self, pair: Pair) -> list[ConflictInfo]:
        """The open questions about a customer."""
        return [one for one in self.questions if one.status == "open" and _about(one, pair)]

    def answers(self, pair: Pair) -> list[ConflictInfo]:
        """The answers about a customer that no run has carried out yet."""
        return [one for one in self.questions if one.status == "resolved" and _about(one, pair)]

    def lasting(self) -> tuple[object, ...]:
        """All of it but how often and when a question was seen."""
        questions = {(one.id, one.kind, one.subject, one.field, one.status) for one in self.questions}
        return (self.here, self.there, self.links, self.ended, questions, self.texts, self.papers)

    def number_here(self, id_: int) -> Value:
        """The number of a customer of the register."""
        return self.here.get(id_, {}).get("number")

    def number_there(self, id_: str) -> Value:
        """The number of a customer of accounting."""
        return self.there.get(id_, {}).get("number")

    def name(self, pair: Pair) -> str:
        """How people call a customer."""
        return f"customer {self.number_here(pair[0]) or self.number_there(pair[1]) or '(gone)'}"


def _about(one: ConflictInfo, pair: Pair) -> bool:
    return one.customer_id == pair[0] or (one.remote_id is not None and one.remote_id == pair[1])


def look(world: World) -> Look:
    """Look at everything."""
    numbers = world.numbers()
    with world.database.reader() as session:
        rows = session.scalars(select(Link).order_by(Link.id)).all()
        links = {row.customer_id: row.remote_id for row in rows if row.state == "linked"}
        ended = frozenset((row.customer_id, row.remote_id) for row in rows if row.state != "linked")
    with world.store.reading() as work:
        found = list(work.customers.find_many(world.group.id, numbers).values())
        questions = work.conflicts.pending(world.connection_id)
        assigned = work.customers.assigned([one.id for one in found])
    return Look(
        {one.id: dict(one.fields) for one in found},
        {row["Id"]: from_visma(row) for row in world.company.customers()},
        links,
        ended,
        questions,
        Snapshot.of(world.sandbox),
        {paper.id: paper for paper in _papers(world)},
        {id_: tuple(user.name for user in users) for id_, users in assigned.items()},
    )


def _papers(world: World) -> Iterator[Paper]:
    for kind in DOCUMENTS:
        for row in world.company.documents(kind):
            is_open = kind != "orders" or row["Status"] in OPEN_ORDERS
            yield Paper(row["Id"], row["CustomerId"], row["OurReference"] or None, is_open)
