"""The next customer number, the same on both databases, never given twice (R-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from syncd.register.numbers import next_number
from syncd.register.settings import GroupSettings, from_stored
from syncd.store.customer_rows import number_value
from syncd.store.dialect import chunks
from syncd.store.tables import Connection, Customer, Group, Mirror
from syncd.store.uploads import highest_staged, staged_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

_FEWEST = 16
_MOST = 512


def next_numbers(session: Session, group_id: int, count: int, besides: Iterable[str] = ()) -> list[str]:
    """Return this many free numbers, in order; nobody else gets them before this transaction ends.

    ``besides`` are numbers about to be taken in the same transaction.
    """
    return _free(session, group_id, _locked_settings(session, group_id), count, besides)


def suggestion(session: Session, group_id: int) -> str:
    """Return the number that would be given next; nobody is kept from it."""
    settings = from_stored(session.scalars(select(Group.settings).where(Group.id == group_id)).one())
    return _free(session, group_id, settings, 1)[0]


def _free(
    session: Session, group_id: int, settings: GroupSettings, count: int, besides: Iterable[str] = ()
) -> list[str]:
    stored = session.scalar(select(func.max(Customer.number_value)).where(Customer.group_id == group_id)) or 0
    highest = max([stored, highest_staged(session, group_id), *(number_value(number) or 0 for number in besides)])
    found: list[str] = []
    while len(found) < count:
        wanted = min(max(2 * (count - len(found)), _FEWEST), _MOST)
        candidates = _candidates(highest, wanted, settings)
        reserved = _reserved(session, group_id, candidates, settings)
        found += [number for number in candidates if not reserved & _spellings(number, settings)]
        highest = int(candidates[-1])
    return found[:count]


def taken(session: Session, group_id: int, numbers: Iterable[str]) -> set[str]:
    """Return those of these numbers that a customer of the group holds, or that an upload is about to give."""
    wanted = [number.strip() for number in numbers]
    found = staged_numbers(session, group_id, wanted)
    for part in chunks(wanted):
        found.update(
            session.scalars(select(Customer.number).where(Customer.group_id == group_id, Customer.number.in_(part)))
        )
    return found


def outside(session: Session, group_id: int, minimum: int, maximum: int) -> tuple[str, ...]:
    """Return the numbers that are shorter or longer than this, in order."""
    length = func.length(Customer.number)
    statement = select(Customer.number).where(Customer.group_id == group_id, (length < minimum) | (length > maximum))
    return tuple(session.scalars(statement.order_by(Customer.number)))


def _locked_settings(session: Session, group_id: int) -> GroupSettings:
    """Everybody who wants a number waits here for the one before (SQLite has one writer at a time anyway)."""
    statement = select(Group.settings).where(Group.id == group_id).with_for_update(key_share=True)
    return from_stored(session.scalars(statement).one())


def _candidates(highest: int, count: int, settings: GroupSettings) -> list[str]:
    """Numbers of the right length; the first one that would be too long is refused in the rule's own words."""
    minimum, maximum = settings.customer_number_min_length, settings.customer_number_max_length
    first = next_number(highest, minimum=minimum, maximum=maximum)
    more = (str(highest + n).zfill(minimum) for n in range(2, count + 1))
    return [first, *(number for number in more if len(number) <= maximum)]


def _reserved(session: Session, group_id: int, numbers: list[str], settings: GroupSettings) -> set[str]:
    spellings = {spelling for number in numbers for spelling in _spellings(number, settings)}
    found: set[str] = set()
    for part in chunks(sorted(spellings)):
        statement = (
            select(Mirror.number)
            .join(Connection, Connection.id == Mirror.connection_id)
            .where(Connection.group_id == group_id, ~Mirror.gone, Mirror.number.in_(part))
        )
        found.update(str(number) for number in session.scalars(statement))
    return found


def _spellings(number: str, settings: GroupSettings) -> set[str]:
    """42 and 0042 are two numbers, but nobody wants both: a number reserved in either spelling is skipped."""
    plain = str(int(number))
    return {plain.zfill(length) for length in range(len(plain), settings.customer_number_max_length + 1)}
