"""Conflicts from first seen to carried out: one open one per connection, subject, kind and field (S-80 to S-83)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, update

from syncd.ports.clock import stamp
from syncd.ports.records import ConflictInfo, WaitingConflict
from syncd.store.dialect import CHUNK
from syncd.store.tables import Conflict, Connection, Touched

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from sqlalchemy.orm import Session

    from syncd.engine.questions import Question
    from syncd.ports.clock import Clock


_SELECTED = select(Conflict, Connection.name).join(Connection, Connection.id == Conflict.connection_id)
_COLUMNS = {
    "kind": Conflict.kind,
    "customer": Conflict.customer_number,
    "field": Conflict.field_key,
    "status": Conflict.status,
}
_SORTED: Mapping[str, Any] = {
    "seen": Conflict.first_seen,
    "number": Conflict.customer_number,
    "name": func.lower(Conflict.customer_name),
    "kind": Conflict.kind,
    "field": Conflict.field_key,
}


def _narrowed(statement: Any, connection_ids: Iterable[int], filters: Mapping[str, str]) -> Any:
    """Of these connections, by ``kind``, ``customer``, ``field``, ``status``, and by ``text`` in number or name."""
    statement = statement.where(Conflict.connection_id.in_(list(connection_ids)))
    for name, value in filters.items():
        if name == "text":
            statement = statement.where(or_(*_holding(value)))
        else:
            statement = statement.where(_COLUMNS[name] == value)
    return statement


def _holding(text: str) -> Iterator[Any]:
    """Where a text stands in a number or name. SQLite knows small and large letters of English alone."""
    for spelt in sorted({text, text.lower(), text.upper(), text.title()}):
        yield Conflict.customer_number.icontains(spelt, autoescape=True)
        yield Conflict.customer_name.icontains(spelt, autoescape=True)


class Conflicts:
    """Reads and writes the conflicts of any connection."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def ask(
        self,
        connection_id: int,
        question: Question,
        customer_id: int | None,
        *,
        again: bool = False,
        heard: Container[int] | None = None,
    ) -> bool:
        """Open a conflict, or see it again in place; returns whether it is new (or open again).

        ``again``: asked once more by the same run, which does not count as seen another time. ``heard``: the conflicts
        whose answers the run knew when it decided (None: any); an answer given since stands, for the next run.
        """
        key = question.key
        row = self._pending(connection_id, key)
        if row is None:
            self._session.add(self._fresh(connection_id, question, customer_id, key))
            self._session.flush()
            return True
        reopened = row.status == "resolved"
        if reopened and heard is not None and row.id not in heard:
            return False
        row.status, row.resolution, row.resolved_by = "open", None, None
        row.times_seen += 0 if again else 1
        row.last_seen = stamp(self._clock())
        for name, value in _shown(question).items():
            setattr(row, name, value)
        self._session.flush()
        return reopened

    def _pending(self, connection_id: int, key: tuple[str, str, str]) -> Conflict | None:
        statement = select(Conflict).where(
            Conflict.connection_id == connection_id,
            Conflict.subject == key[0],
            Conflict.kind == key[1],
            Conflict.field_key == key[2],
            Conflict.pending,
        )
        return self._session.scalar(statement.execution_options(populate_existing=True))

    def _fresh(
        self, connection_id: int, question: Question, customer_id: int | None, key: tuple[str, str, str]
    ) -> Conflict:
        now = stamp(self._clock())
        return Conflict(
            connection_id=connection_id,
            subject=key[0],
            kind=key[1],
            field_key=key[2],
            customer_id=customer_id,
            first_seen=now,
            last_seen=now,
            **_shown(question),
        )

    def pending(self, connection_id: int) -> tuple[ConflictInfo, ...]:
        """Conflicts that are open, or answered but not carried out yet."""
        return self.list(connection_ids=[connection_id], pending=True)

    def list(
        self,
        *,
        connection_ids: Iterable[int],
        pending: bool | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> tuple[ConflictInfo, ...]:
        """Conflicts by connection, by ``kind``, ``customer``, ``field``, ``status`` and ``text``; oldest first."""
        return tuple(self.each(connection_ids=connection_ids, pending=pending, filters=filters))

    def each(
        self,
        *,
        connection_ids: Iterable[int],
        pending: bool | None = None,
        filters: Mapping[str, str] | None = None,
        after: int = 0,
    ) -> Iterator[ConflictInfo]:
        """Stream what ``list`` returns, beginning after this id."""
        statement = _narrowed(_SELECTED, connection_ids, filters or {}).where(Conflict.id > after).order_by(Conflict.id)
        if pending is not None:
            statement = statement.where(Conflict.pending.is_(pending))
        rows = self._session.execute(statement.execution_options(populate_existing=True, yield_per=CHUNK))
        return (_info(row, connection) for row, connection in rows)

    def page(
        self, *, connection_ids: Iterable[int], filters: Mapping[str, str], sort: str, limit: int | None, offset: int
    ) -> tuple[ConflictInfo, ...]:
        """A page of conflicts, ordered by one of ``CONFLICT_SORTS``; a leading dash turns it round."""
        column = _SORTED[sort.removeprefix("-")]
        statement = _narrowed(_SELECTED, connection_ids, filters)
        ordered = statement.order_by(column.desc() if sort.startswith("-") else column.asc(), Conflict.id)
        rows = self._session.execute(ordered.limit(limit).offset(offset).execution_options(populate_existing=True))
        return tuple(_info(row, connection) for row, connection in rows)

    def tally(self, *, connection_ids: Iterable[int], filters: Mapping[str, str]) -> dict[str, int]:
        """How many conflicts there are of each kind."""
        counted = select(Conflict.kind, func.count().label("number")).group_by(Conflict.kind)
        counted = _narrowed(counted, connection_ids, filters)
        return {row.kind: row.number for row in self._session.execute(counted)}

    def beside(self, conflict: ConflictInfo, connection_ids: Iterable[int]) -> tuple[int | None, int | None]:
        """The open conflicts before and after this one, by id."""
        others = and_(Conflict.connection_id.in_(list(connection_ids)), Conflict.status == "open")
        before = select(func.max(Conflict.id)).where(others, Conflict.id < conflict.id)
        after = select(func.min(Conflict.id)).where(others, Conflict.id > conflict.id)
        return self._session.scalar(before), self._session.scalar(after)

    def get(self, conflict_id: int) -> ConflictInfo | None:
        """Read one conflict."""
        found = self._session.execute(_SELECTED.where(Conflict.id == conflict_id)).one_or_none()
        return _info(*found) if found is not None else None

    def waiting(self, connection_id: int) -> tuple[WaitingConflict, ...]:
        """The open conflicts, oldest first."""
        columns = (Conflict.id, Conflict.kind, Conflict.customer_number, Conflict.resolved_at)
        statement = select(*columns).where(Conflict.connection_id == connection_id)
        rows = self._session.execute(statement.where(Conflict.pending, Conflict.status == "open").order_by(Conflict.id))
        return tuple(WaitingConflict(*row) for row in rows)

    def count_open(self, connection_id: int) -> int:
        """How many open conflicts there are."""
        statement = select(func.count()).select_from(Conflict)
        where = and_(Conflict.connection_id == connection_id, Conflict.status == "open")
        return self._session.scalar(statement.where(where)) or 0

    def resolve(self, conflict_id: int, who: str, resolution: Mapping[str, Any]) -> None:
        """Record a person's answer; the next run carries it out."""
        now = stamp(self._clock())
        values = {"status": "resolved", "resolved_by": who, "resolved_at": now, "resolution": dict(resolution)}
        self._session.execute(update(Conflict).where(Conflict.id == conflict_id).values(**values))

    def show_anew(self, conflict_id: int, register: Any, accounting: Any) -> None:
        """Show the values as they are now (a refused answer, S-82)."""
        values = {"register": register, "accounting": accounting, "last_seen": stamp(self._clock())}
        self._session.execute(update(Conflict).where(Conflict.id == conflict_id).values(**values))

    def carried(self, ids: Iterable[int]) -> None:
        """The answers were carried out."""
        self._session.execute(update(Conflict).where(Conflict.id.in_(list(ids))).values(pending=False))

    def close(self, ids: Iterable[int]) -> None:
        """The cause has gone: closed by itself (S-83). An answer given meanwhile counts as carried out."""
        chosen = Conflict.id.in_(list(ids))
        self._session.execute(update(Conflict).where(chosen, Conflict.status == "open").values(status="closed"))
        self._session.execute(update(Conflict).where(chosen).values(pending=False))

    def rename(self, connection_id: int, old: str, new: str, customer_id: int | None) -> None:
        """A record got its partner: its conflicts follow it. One that the partner has too closes (S-80)."""
        mine = [self._pending_of(connection_id, subject) for subject in (old, new)]
        self.close([mine[0][key] for key in mine[0].keys() & mine[1].keys()])
        statement = update(Conflict).where(
            Conflict.connection_id == connection_id, Conflict.subject == old, Conflict.pending
        )
        self._session.execute(statement.values(subject=new, customer_id=customer_id))

    def _pending_of(self, connection_id: int, subject: str) -> dict[tuple[str, str], int]:
        statement = select(Conflict.kind, Conflict.field_key, Conflict.id).where(
            Conflict.connection_id == connection_id, Conflict.subject == subject, Conflict.pending
        )
        return {(kind, field): conflict for kind, field, conflict in self._session.execute(statement)}

    def touch(self, conflict: ConflictInfo) -> None:
        """Put the conflict's customer on the work list, so that the next run carries its answer out."""
        for kind, ref in (("customer", conflict.customer_id), ("remote", conflict.remote_id)):
            if ref is not None:
                self._session.add(Touched(connection_id=conflict.connection_id, kind=kind, ref=str(ref)))


def _shown(question: Question) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value if value is None or isinstance(value, str | bool) else dict(value)

    return {
        "remote_id": question.remote_id,
        "customer_number": question.number,
        "customer_name": question.name,
        "base": plain(question.base),
        "register": plain(question.register),
        "accounting": plain(question.accounting),
        "choices": list(question.offered),
        "message": question.message,
        "digest": question.digest,
    }


def _info(row: Conflict, connection: str) -> ConflictInfo:
    return ConflictInfo(
        id=row.id,
        connection_id=row.connection_id,
        connection=connection,
        kind=row.kind,
        subject=row.subject,
        field=row.field_key or None,
        customer_id=row.customer_id,
        remote_id=row.remote_id,
        customer_number=row.customer_number,
        customer_name=row.customer_name,
        base=row.base,
        register=row.register,
        accounting=row.accounting,
        choices=tuple(row.choices),
        message=row.message,
        status=row.status,
        pending=row.pending,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        times_seen=row.times_seen,
        resolved_by=row.resolved_by,
        resolution=row.resolution,
        digest=row.digest,
        resolved_at=row.resolved_at,
    )
