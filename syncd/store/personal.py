"""Everything that is held on a customer: found, shown and erased in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import aliased

from syncd.ports.clock import stamp
from syncd.ports.personal import Remote, Subject
from syncd.register.history import EventKind
from syncd.store.customer_search import SearchRow, search_row
from syncd.store.customer_trail import Happening, Trail
from syncd.store.dialect import chunks
from syncd.store.eyes import Eyes
from syncd.store.files import Files
from syncd.store.personal_places import MIRROR_BLANK, PLACES, REMOVED, intended
from syncd.store.tables import Connection, Customer, History, Intent, Link, Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.records import Author
    from syncd.store.personal_places import Place

_MADE_A_PAIR = Link.reason.is_distinct_from("different")
"""A link that only keeps two records apart made neither the other's."""


class Personal:
    """Finds, shows and erases what is held on customers."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._trail = Trail(session, clock)
        self._files = Files(session, clock, Eyes(session))

    # ----- whose it is

    def find(self, group_id: int, number: str) -> tuple[Subject, ...]:
        """The customer of this number, else every deleted one whose last number it was."""
        wanted = number.strip()
        columns = (Customer.id, Customer.active, Customer.erased_at)
        statement = select(*columns).where(Customer.group_id == group_id, Customer.number == wanted)
        row = self._session.execute(statement).one_or_none()
        if row is None:
            return tuple(one for one in self._deleted(group_id) if one.number == wanted)
        found = Subject(group_id, row.id, wanted, active=row.active, deleted_at=None, erased_at=row.erased_at)
        return (self._completed(found),)

    def deleted(self, group_id: int, before: str) -> tuple[Subject, ...]:
        """Customers that were deleted before then and are not erased yet."""
        return tuple(one for one in self._deleted(group_id, before) if one.erased_at is None)

    def _deleted(self, group_id: int, before: str | None = None) -> Iterator[Subject]:
        gone, erased = History.kind == EventKind.DELETED, History.kind == EventKind.ERASED
        mine = select(History.customer_id, History.before, History.at).where(History.group_id == group_id)
        since = dict(self._session.execute(mine.with_only_columns(History.customer_id, History.at).where(erased)).all())
        rows = mine.where(gone) if before is None else mine.where(gone, History.at < before)
        for customer_id, number, at in self._session.execute(rows.order_by(History.id)).all():
            found = Subject(group_id, customer_id, str(number), False, at, since.get(customer_id))  # noqa: FBT003
            yield self._completed(found)

    def _completed(self, subject: Subject) -> Subject:
        known = replace(subject, remotes=tuple(self._remotes(subject.customer_id)))
        waiting = select(func.count()).select_from(Intent).where(Intent.state.in_(("open", "sought")), intended(known))
        return replace(known, open_writes=self._session.scalar(waiting) or 0)

    def _remotes(self, customer_id: int) -> Iterator[Remote]:
        """The records that are the customer's: paired with it, and with nobody else after it."""
        later = aliased(Link)
        others = exists().where(
            later.connection_id == Link.connection_id,
            later.remote_id == Link.remote_id,
            later.id > Link.id,
            later.reason.is_distinct_from("different"),
        )
        shown = and_(Mirror.connection_id == Link.connection_id, Mirror.remote_id == Link.remote_id)
        columns = (Link.connection_id, Connection.name, Link.remote_id, Mirror.number, Link.state)
        statement = (
            select(*columns, Mirror.fields, Mirror.gone)
            .join(Connection, Connection.id == Link.connection_id)
            .outerjoin(Mirror, shown)
            .where(Link.customer_id == customer_id, _MADE_A_PAIR, ~others)
        )
        for row in self._session.execute(statement.order_by(Link.id)):
            active = not row.gone and (row.fields or {}).get("active") is True
            yield Remote(row[0], row[1], row.remote_id, row.number, linked=row.state == "linked", active=active)

    # ----- what it is

    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        """Every row about the customer, by the name of what it is."""
        return {place.name: self._rows(place, subject) for place in PLACES if place.shown}

    def _rows(self, place: Place, subject: Subject) -> list[dict[str, Any]]:
        table: Table = place.table.__table__  # type: ignore[assignment]  # declared with __tablename__
        columns = [column for column in table.columns if column.name not in {"group_id", *place.derived}]
        statement = select(*columns).where(place.about(subject)).order_by(*table.primary_key.columns)
        return [dict(row._mapping) for row in self._session.execute(statement)]  # noqa: SLF001 - SQLAlchemy's own name

    # ----- taking it

    def note(self, subject: Subject, kind: str, by: Author) -> None:
        """Write an event into the customer's history, also of a deleted one."""
        self._trail.noted(subject.group_id, [Happening(subject.customer_id, kind)], by)

    def erase(self, subject: Subject, name: str, by: Author) -> None:
        """Take every personal value; what stays says ``name`` where a name has to be. Links end."""
        if self._session.get_bind().dialect.name == "sqlite":
            self._session.execute(text("PRAGMA secure_delete = ON"))
        self._end_links(subject, by)
        self._files.remove(subject.customer_id)
        for place in PLACES:
            self._blank(place, place.about(subject))
        if subject.deleted_at is None:
            self._rename(subject, name)
        self.note(subject, EventKind.ERASED, by)

    def erase_gone(self, connection_id: int, before: str, most: int) -> int:
        """Take what accounting showed of records that it no longer has: at most so many, whose link ended before then.

        Returns how many.
        """
        mine = and_(Link.connection_id == Mirror.connection_id, Link.remote_id == Mirror.remote_id)
        kept = exists().where(mine, or_(Link.state == "linked", Link.ended_at >= before))
        gone = select(Mirror.remote_id).where(Mirror.connection_id == connection_id, Mirror.gone, ~Mirror.erased, ~kept)
        ids = list(self._session.scalars(gone.limit(most)))
        for part in chunks(ids):
            rows = update(Mirror).where(Mirror.connection_id == connection_id, Mirror.remote_id.in_(part))
            self._session.execute(rows.values(MIRROR_BLANK))
        return len(ids)

    def _end_links(self, subject: Subject, by: Author) -> None:
        ended = {"state": "ended", "reason": "erased", "ended_by": by.who, "ended_at": stamp(self._clock())}
        live = update(Link).where(Link.customer_id == subject.customer_id, Link.state == "linked")
        self._session.execute(live.values(**ended))
        self._trail.touch(subject.group_id, [subject.customer_id], by)

    def _blank(self, place: Place, about: ColumnElement[bool]) -> None:
        if place.blanks is REMOVED:
            self._do(delete(place.table).where(about))
        elif place.blanks:
            self._do(update(place.table).where(about).values(dict(place.blanks)))

    def _rename(self, subject: Subject, name: str) -> None:
        mine = Customer.id == subject.customer_id
        now = stamp(self._clock())
        self._do(update(Customer).where(mine).values(name=name, erased_at=now, version=Customer.version + 1))
        row = search_row(subject.customer_id, subject.group_id, {"number": subject.number, "name": name}, ())
        self._do(update(SearchRow).where(SearchRow.customer_id == subject.customer_id).values(row))

    def _do(self, statement: Any) -> None:
        self._session.execute(statement.execution_options(synchronize_session=False))
