"""Links with their bases, the work list, and the set-based queries that find what must be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, literal_column, or_, select, update

from syncd.engine.state import Agreed, Ended, Link
from syncd.ports.clock import stamp
from syncd.ports.records import Half, Touches
from syncd.store import tables
from syncd.store.dialect import append, chunks
from syncd.store.tables import Customer, Mirror, Touched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.links import Settled

Row = tables.Link
_TABLE: Table = Row.__table__  # type: ignore[assignment]  # declared with __tablename__
_LIVE = Row.state == literal_column("'linked'")
"""Spelled out: a database knows by it which index holds live links alone."""


class Links:
    """Reads and writes the links of any connection."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def create(
        self, connection_id: int, customer_id: int, remote_id: str, base: Mapping[str, Agreed], seen: tuple[int, str]
    ) -> Link:
        """Pair two records. ``seen`` is the customer's version and the remote fingerprint at this moment."""
        row = Row(
            connection_id=connection_id,
            customer_id=customer_id,
            remote_id=remote_id,
            base=_packed(base),
            customer_version=seen[0],
            fingerprint=seen[1],
            created_at=stamp(self._clock()),
        )
        self._session.add(row)
        self._session.flush()
        return _link(row)

    def create_many(
        self, connection_id: int, pairs: Sequence[tuple[int, str, Mapping[str, Agreed], tuple[int, str]]]
    ) -> None:
        """Pair many records at once: (customer, remote id, base, seen) as in ``create``."""
        now = stamp(self._clock())
        rows = [
            {
                "connection_id": connection_id,
                "customer_id": customer_id,
                "remote_id": remote_id,
                "state": "linked",
                "base": _packed(base),
                "customer_version": seen[0],
                "fingerprint": seen[1],
                "created_at": now,
            }
            for customer_id, remote_id, base, seen in pairs
        ]
        append(self._session, Row, rows)

    def settle(
        self,
        link_id: int,
        base: Mapping[str, Agreed],
        seen: tuple[int, str],
        undone: Mapping[str, int] | None = None,
    ) -> None:
        """Store a new base and what both sides were when it was found; ``undone`` None leaves the marks as they are."""
        self.settle_many([(link_id, base, seen, undone)])

    def settle_many(self, settled: Iterable[Settled]) -> None:
        """The same for many links: (id, base, seen, undone)."""
        rows = [_settled(*one) for one in settled]
        statement = update(_TABLE).where(_TABLE.c.id == bindparam("link"))
        for alike in ([r for r in rows if "undone" in r], [r for r in rows if "undone" not in r]):
            if alike:
                self._session.connection().execute(statement, alike)

    def postpone(self, link_id: int, *, run: int) -> None:
        """A passing failure: after the third one in a row, leave out ever more incremental runs (back-off)."""
        row = self._session.get_one(Row, link_id, populate_existing=True)
        row.failures += 1
        row.retry_at_run = run + (0 if row.failures <= 3 else min(2 ** (row.failures - 3), 32))  # noqa: PLR2004
        self._session.flush()

    def end(self, link_id: int, reason: str, who: str) -> None:
        """End a link; the row stays and keeps both records from being paired again (S-16)."""
        values = {"state": "ended", "reason": reason, "ended_by": who, "ended_at": stamp(self._clock())}
        self._session.execute(update(Row).where(Row.id == link_id).values(**values))

    def keep_apart(self, connection_id: int, customer_id: int, remote_id: str, who: str) -> None:
        """Remember that two records are two customers (answer *different*)."""
        link = self.create(connection_id, customer_id, remote_id, {}, (0, ""))
        self.end(link.id, "different", who)

    def get(self, link_id: int) -> Link | None:
        """Read one link."""
        row = self._session.get(Row, link_id, populate_existing=True)
        return _link(row) if row is not None and row.state == "linked" else None

    def ended(self, connection_id: int, *, customers: Iterable[int], remotes: Iterable[str]) -> tuple[Ended, ...]:
        """The links of these customers or remote customers that ended, oldest first."""
        found: dict[int, Ended] = {}
        for column, ids in ((Row.customer_id, sorted(customers)), (Row.remote_id, sorted(remotes))):
            for part in chunks(ids):
                statement = select(Row).where(Row.connection_id == connection_id, column.in_(part))
                rows = self._session.scalars(statement.where(Row.state == "ended"))
                found.update((row.id, _ended(row)) for row in rows)
        return tuple(found[key] for key in sorted(found))

    def of_customer(self, connection_id: int, customer_id: int) -> Link | None:
        """The live link of a customer."""
        statement = select(Row).where(Row.connection_id == connection_id, Row.customer_id == customer_id, _LIVE)
        row = self._session.scalar(statement)
        return _link(row) if row is not None else None

    def of_remotes(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, Link]:
        """The live links of these remote customers."""
        return self._links(connection_id, Row.remote_id, remote_ids, lambda link: link.remote_id)

    def of_customers(self, connection_id: int, customer_ids: Iterable[int]) -> dict[int, Link]:
        """The live links of these customers."""
        return self._links(connection_id, Row.customer_id, customer_ids, lambda link: link.customer_id)

    def _links(
        self,
        connection_id: int,
        column: Any,
        ids: Iterable[Any],
        key: Callable[[Link], Any],
    ) -> dict[Any, Link]:
        found: dict[Any, Link] = {}
        for part in chunks(ids):
            statement = select(Row).where(Row.connection_id == connection_id, column.in_(part), _LIVE)
            rows = self._session.scalars(statement.execution_options(populate_existing=True))
            found.update((key(link), link) for link in map(_link, rows))
        return found

    def count(self, connection_id: int) -> int:
        """How many live links there are."""
        statement = select(func.count()).select_from(Row)
        return self._session.scalar(statement.where(Row.connection_id == connection_id, _LIVE)) or 0

    def touch(self, connection_id: int, kind: str, *refs: str) -> None:
        """Put something on the work list."""
        append(self._session, Touched, [{"connection_id": connection_id, "kind": kind, "ref": ref} for ref in refs])

    def touches(self, connection_id: int) -> Touches:
        """Read the work list."""
        statement = select(Touched.id, Touched.kind, Touched.ref).where(Touched.connection_id == connection_id)
        rows = self._session.execute(statement.order_by(Touched.id)).all()
        return Touches(
            customers=frozenset(int(row.ref) for row in rows if row.kind == "customer"),
            remotes=frozenset(row.ref for row in rows if row.kind == "remote"),
            references=frozenset(row.ref for row in rows if row.kind == "reference"),
            entries=tuple((row.id, int(row.ref) if row.kind == "customer" else None) for row in rows),
        )

    def untouch(self, entries: Iterable[int]) -> None:
        """Strike entries that were read and judged; whatever else is on the list stays.

        Not *all entries of these records up to the newest one read*: on a server an older one may be committed later.
        """
        for part in chunks(entries):
            self._session.execute(delete(Touched).where(Touched.id.in_(part)))

    def stale(self, connection_id: int) -> tuple[Link, ...]:
        """Live links where either side moved, or is missing, since the pair was last in step."""
        return tuple(_link(row) for row in self._session.scalars(self._stale(connection_id).order_by(Row.id)))

    def all(self, connection_id: int) -> tuple[Link, ...]:
        """Every live link."""
        statement = select(Row).where(Row.connection_id == connection_id, _LIVE).order_by(Row.id)
        return tuple(_link(row) for row in self._session.scalars(statement))

    def _stale(self, connection_id: int) -> Select[Row]:
        mirror = and_(Mirror.connection_id == connection_id, Mirror.remote_id == Row.remote_id, ~Mirror.gone)
        return (
            select(Row)
            .outerjoin(Customer, Customer.id == Row.customer_id)
            .outerjoin(Mirror, mirror)
            .where(
                Row.connection_id == connection_id,
                _LIVE,
                or_(
                    Customer.id.is_(None),
                    Mirror.remote_id.is_(None),
                    Customer.version != Row.customer_version,
                    Mirror.fingerprint != Row.fingerprint,
                ),
            )
        )

    def vanished(self, connection_id: int, unseen: Iterable[str]) -> frozenset[str]:
        """The remote customers of live links that are gone, or among those that a whole listing did not show."""
        live = select(Row.remote_id).where(Row.connection_id == connection_id, _LIVE)
        mirror = and_(Mirror.connection_id == connection_id, Mirror.remote_id == Row.remote_id)
        gone = live.outerjoin(Mirror, mirror).where(or_(Mirror.remote_id.is_(None), Mirror.gone))
        found = set(self._session.scalars(gone))
        for part in chunks(unseen):
            found.update(self._session.scalars(live.where(Row.remote_id.in_(part))))
        return frozenset(found)

    def failing(self, connection_id: int, run: int, among: Iterable[int]) -> frozenset[int]:
        """Those of these customers whose back-off lasts beyond this run."""
        statement = select(Row.customer_id).where(Row.connection_id == connection_id, _LIVE, Row.retry_at_run > run)
        found: set[int] = set()
        for part in chunks(sorted(among)):
            found.update(self._session.scalars(statement.where(Row.customer_id.in_(part))))
        return frozenset(found)

    def free(self, connection_id: int, group_id: int) -> tuple[list[Half], list[Half]]:
        """Every customer and every remote customer that was never paired."""
        return self._free_customers(connection_id, group_id), self._free_remotes(connection_id)

    def _free_customers(self, connection_id: int, group_id: int, only: Callable[..., Any] | None = None) -> list[Half]:
        statement = (
            select(Customer.id, Customer.number, Customer.organisation_key)
            .outerjoin(Row, and_(Row.connection_id == connection_id, Row.customer_id == Customer.id))
            .where(Customer.group_id == group_id, Customer.erased_at.is_(None), Row.id.is_(None))
        )
        return self._halves(statement, only(Customer) if only else None, Customer.number)

    def _free_remotes(self, connection_id: int, only: Callable[..., Any] | None = None) -> list[Half]:
        statement = (
            select(Mirror.remote_id, Mirror.number, Mirror.organisation_key)
            .outerjoin(Row, and_(Row.connection_id == connection_id, Row.remote_id == Mirror.remote_id))
            .where(Mirror.connection_id == connection_id, ~Mirror.gone, Row.id.is_(None))
        )
        return self._halves(statement, only(Mirror) if only else None, Mirror.number)

    def _halves(
        self, statement: Select[*tuple[Any, ...]], condition: ColumnElement[bool] | None, order: Any
    ) -> list[Half]:
        if condition is not None:
            statement = statement.where(condition)
        return [Half(*row) for row in self._session.execute(statement.order_by(order))]

    def free_halves(
        self, connection_id: int, group_id: int, by: str, keys: Iterable[Any]
    ) -> tuple[list[Half], list[Half]]:
        """Free customers and free remotes whose ``by`` (``number`` or ``organisation_key``) is among ``keys``."""
        customers: list[Half] = []
        remotes: list[Half] = []
        for part in chunks(keys):
            customers += self._free_customers(connection_id, group_id, lambda t, p=part: getattr(t, by).in_(p))
            remotes += self._free_remotes(connection_id, lambda t, p=part: getattr(t, by).in_(p))
        return customers, remotes

    def free_by_id(
        self, connection_id: int, group_id: int, customers: Iterable[int], remotes: Iterable[str]
    ) -> tuple[list[Half], list[Half]]:
        """Those of these customers and remote customers that were never paired."""
        ours: list[Half] = []
        theirs: list[Half] = []
        for part in chunks(sorted(customers)):
            ours += self._free_customers(connection_id, group_id, lambda t, p=part: t.id.in_(p))
        for names in chunks(sorted(remotes)):
            theirs += self._free_remotes(connection_id, lambda t, p=names: t.remote_id.in_(p))
        return ours, theirs

    def free_since(self, connection_id: int, counter: int) -> tuple[str, ...]:
        """Remote customers that were never paired and that a run after ``counter`` met first."""
        return tuple(str(half.id) for half in self._free_remotes(connection_id, lambda t: t.first_seen_by > counter))

    def doubled_numbers(self, connection_id: int, among: Iterable[str] | None) -> frozenset[str]:
        """Numbers that more than one remote customer holds, among these or (None) anywhere."""
        statement = (
            select(Mirror.number)
            .where(Mirror.connection_id == connection_id, ~Mirror.gone, Mirror.number.is_not(None))
            .group_by(Mirror.number)
            .having(func.count() > 1)
        )
        if among is None:
            return frozenset(str(n) for n in self._session.scalars(statement))
        found: set[str] = set()
        for part in chunks(among):
            found.update(str(n) for n in self._session.scalars(statement.where(Mirror.number.in_(part))))
        return frozenset(found)

    def numbers_in_accounting(self, connection_id: int, among: Iterable[str]) -> frozenset[str]:
        """Those of these numbers that some remote customer holds."""
        found: set[str] = set()
        for part in chunks(among):
            statement = select(Mirror.number).where(
                Mirror.connection_id == connection_id, ~Mirror.gone, Mirror.number.in_(part)
            )
            found.update(str(n) for n in self._session.scalars(statement))
        return frozenset(found)


def _packed(base: Mapping[str, Agreed]) -> dict[str, Any]:
    """One value where both sides agree, a pair where they differ (S-25)."""
    return {n: [a.register] if a.register == a.accounting else [a.register, a.accounting] for n, a in base.items()}


def _settled(
    link_id: int, base: Mapping[str, Agreed], seen: tuple[int, str], undone: Mapping[str, int] | None
) -> dict[str, Any]:
    found = {"customer_version": seen[0], "fingerprint": seen[1], "failures": 0, "retry_at_run": 0}
    marks = {"undone": dict(undone)} if undone is not None else {}
    return {"link": link_id, "base": _packed(base), **found, **marks}


def _base(row: Row) -> dict[str, Agreed]:
    return {name: Agreed(values[0], values[-1]) for name, values in (row.base or {}).items()}


def _link(row: Row) -> Link:
    return Link(row.id, row.remote_id, row.customer_id, _base(row), dict(row.undone or {}))


def _ended(row: Row) -> Ended:
    return Ended(row.remote_id, row.customer_id, row.reason or "", _base(row))
