"""What is kept for a while only: data of deleted customers, reports, and what was sent to accounting (R-14, S-55)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from syncd.errors import LockedError
from syncd.ports.clock import stamp
from syncd.ports.records import Author
from syncd.services.personal import NAME, live, no_run

if TYPE_CHECKING:
    from datetime import datetime

    from syncd.ports.groups import GroupInfo
    from syncd.ports.personal import Subject
    from syncd.ports.work import Store
    from syncd.register.settings import GroupSettings

WHO = "retention"
"""Under which name the history shows it."""

_SLICE = 200
"""Rows blanked in one transaction."""


def tidy(store: Store, now: datetime, keep_reports: timedelta) -> int:
    """Erase what was kept for long enough; returns how many customers that were.

    A group in which a run is under way waits for the next time.
    """
    _forget_sent(store, stamp(now - keep_reports))
    with store.reading() as work:
        connections = [one.id for one in work.connections.list()]
        groups = [(one, work.groups.settings(one.id)) for one in work.groups.list()]
    for connection in connections:
        forget_reports(store, connection, keep_reports.days)
    erased = 0
    for group, settings in groups:
        if settings.keep_deleted_days:
            try:
                with no_run(store, group.id):
                    erased += _tidy_group(store, group, settings, now)
            except LockedError:
                continue
    return erased


def _tidy_group(store: Store, group: GroupInfo, settings: GroupSettings, now: datetime) -> int:
    before = stamp(now - timedelta(days=settings.keep_deleted_days))
    with store.reading() as work:
        due = [one for one in work.personal.deleted(group.id, before) if _is_over(one)]
        connections = work.connections.list(group.id)
    for subject in due:
        with store.work() as work:
            work.personal.erase(subject, NAME.to(settings.language), Author(WHO))
            work.commit()
        store.give_way()
    for connection in connections:
        _forget_gone(store, connection.id, before)
    return len(due)


def _is_over(subject: Subject) -> bool:
    """Whether nothing about the deleted customer is still on its way to accounting."""
    return not subject.open_writes and not live(subject)


def _forget_gone(store: Store, connection_id: int, before: str) -> None:
    """Records that accounting has no longer, and that were nobody's, or long ago."""
    found = _SLICE
    while found == _SLICE:
        with store.work() as work:
            found = work.personal.erase_gone(connection_id, before, _SLICE)
            work.commit()
        store.give_way()


def forget_reports(store: Store, connection_id: int, keep_days: int) -> None:
    """Forget a connection's old reports, a part at a time; the latest stays."""
    more = True
    while more:
        with store.work() as work:
            more = work.runs.prune(connection_id, keep_days, _SLICE)
            work.commit()
        store.give_way()


def _forget_sent(store: Store, before: str) -> None:
    more = True
    while more:
        with store.work() as work:
            more = work.journal.forget(before, _SLICE)
            work.commit()
        store.give_way()
