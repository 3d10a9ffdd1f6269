"""`syncd doctor`: everything a newcomer can get wrong, each finding with its remedy."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import click

from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import Command, wishes
from syncd.errors import ConfigurationError, SyncdError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.bootstrap import App
    from syncd.cli.application import Session
    from syncd.ports.records import ConnectionInfo
    from syncd.settings import Settings
    from syncd.store.database import Database

_MARKS = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}
_SHOWN_FILES = 10
_LEAST_FREE = 100 * 2**20
_HUGE = 2 * 2**30
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows less than this was never set."""

_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``code`` is the exit code that a wrong one stands for."""

    check: str
    state: Literal["ok", "note", "wrong"]
    message: str
    remedy: str | None = None
    code: int = 0


@click.command(cls=Command)
@json_option
def doctor(*, as_json: bool) -> int:
    """Check configuration, rights, database, clock and connections."""
    from syncd.cli.carrying_out import worst

    found: list[Finding] = []
    for finding in _look():
        found.append(finding)
        if not as_json:
            say(f"{_MARKS[finding.state]}  {finding.check}: {finding.message}")
            if finding.remedy:
                say(f"       Remedy: {finding.remedy}")
    if as_json:
        print_json([_shape(finding) for finding in found])
    return worst(finding.code for finding in found)


def _shape(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("check", "state", "message", "remedy")}


def _look() -> Iterator[Finding]:
    """One check after the other; what cannot be checked without an earlier one is left out."""
    from syncd.cli.context import settings

    try:
        known = settings()
    except SyncdError as error:
        yield _wrong("configuration", error)
        return
    yield Finding("configuration", "ok", "every key is known and well-formed")
    yield from _tried("secret files", _secret_files)
    if known.systems.visma_eaccounting.client_id is None:
        remedy = "Fill in client_id and client_secret_file of [systems.visma_eaccounting]."
        yield Finding("accounting system", "note", "no client is set up", remedy)
    yield from _mail(known)
    yield from _state(known.state_directory)
    usable = False
    for finding in _database(known):
        usable = finding.check == "database" and finding.state == "ok"
        yield finding
    if usable:
        yield from _inside()


def _wrong(check: str, error: SyncdError) -> Finding:
    return Finding(check, "wrong", error.message, error.remedy, error.exit_code)


def _tried(check: str, look: Callable[[], str]) -> Iterator[Finding]:
    try:
        yield Finding(check, "ok", look())
    except SyncdError as error:
        yield _wrong(check, error)


def _secret_files() -> str:
    from syncd.settings import check_files

    check_files(wishes().config)
    return "readable by this user alone"


def _mail(known: Settings) -> Iterator[Finding]:
    """Whether the mail server lets us in; nothing is sent."""
    from syncd.bootstrap import App

    if known.mail.host is None:
        yield Finding("mail", "note", "no mail server is set up: nobody is mailed", "Set host and sender under [mail].")
    else:
        yield from _tried("mail", lambda: _answers(App(known)))


def _answers(app: App) -> str:
    server = app.mail_server()
    assert server is not None  # noqa: S101 - there is a host
    with server.session():
        return f"{server.host} answers ({server.encryption})"


def _given_up(session: Session) -> Iterator[Finding]:
    from syncd.services.mail.queue import standing

    number = standing(session.store, session.group_id).given_up
    if number:
        message = f"{number} could not be sent"
        yield Finding("mails", "note", message, "Look: syncd mail list. Try them again: syncd mail retry")


def _state(directory: Path | None) -> Iterator[Finding]:
    """Where runs are counted outside the database."""
    if directory is None:
        message = "none is set: a restored backup is recognised only when its consent has ended"
        yield Finding("state directory", "note", message, "Set state_directory to a folder that backups leave alone.")
    elif not os.access(_standing(directory), os.W_OK | os.X_OK):
        message = f"{directory} cannot be written"
        yield Finding("state directory", "wrong", message, "Let this program's user write there.", 78)


def _standing(directory: Path) -> Path:
    """The folder, or the one in which it would be made."""
    return next(one for one in (directory, *directory.parents) if one.exists())


def _database(known: Settings) -> Iterator[Finding]:
    from syncd.store.database import Database

    with closing(Database(known.database)) as database:
        if database.file is not None and database.file.exists():
            yield from _file(database.file)
        yield from _tried("database", lambda: _healthy(database))


def _file(file: Path, *, least_free: int = _LEAST_FREE) -> Iterator[Finding]:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield Finding("database file", "note", "others on this machine can read it", f"Run: chmod 600 {file}")
    free = shutil.disk_usage(file.parent).free
    if free < least_free:
        message = f"only {free // 2**20} MB are free beside it"
        yield Finding("disk", "wrong", message, "Make room: a full disk stops every run.", 78)


def _healthy(database: Database, *, huge: int = _HUGE) -> str:
    """Whether every page, index and reference is whole; in a huge file the indexes are not compared row by row."""
    from sqlalchemy import text

    database.require_current()
    if not database.is_sqlite:
        return f"reachable, schema {database.current()[0]}"
    assert database.file is not None  # noqa: S101 - an embedded one is a file
    pragma = "quick_check" if database.file.stat().st_size > huge else "integrity_check"
    with database.reader() as session:
        answer = session.execute(text(f"PRAGMA {pragma}")).scalar()
        orphan = session.execute(text("PRAGMA foreign_key_check")).first()
    if answer != "ok" or orphan is not None:
        raise ConfigurationError(
            "the database file is damaged", remedy="Restore a backup: see docs/operations.md, *Restoring*."
        )
    return f"whole, schema {database.current()[0]}"


def _inside() -> Iterator[Finding]:
    from syncd.cli.application import opened

    try:
        with opened() as session:
            yield Finding("group", "ok", f"acting as {session.actor.login}")
            yield from _clock(session)
            yield from _given_up(session)
            yield from _files(session)
            yield from _connections(session)
    except SyncdError as error:
        yield _wrong("group", error)


def _files(session: Session) -> Iterator[Finding]:
    """Whether every attached file has its content."""
    from syncd.services.files import missing

    lost = missing(session.store, session.app.shelf)
    directory = session.app.shelf.directory
    if lost:
        known = ", ".join(str(one.id) for one in lost[:_SHOWN_FILES])
        message = f"{len(lost)} have no content in {directory}, or another one: {known}"
        yield Finding("attached files", "wrong", message, "Restore that directory: see docs/operations.md.", 78)
    elif not os.access(_standing(directory), os.W_OK | os.X_OK):
        message = f"{directory} cannot be written"
        yield Finding("attached files", "wrong", message, "Let this program's user write there.", 78)


def _clock(session: Session) -> Iterator[Finding]:
    """No decision depends on our clock, but consents run out by it and reports are dated by it."""
    from syncd.bootstrap import now

    moment = now()
    with session.store.reading() as work:
        latest = work.runs.list([one.id for one in work.connections.list()], limit=1)
    newest = datetime.fromisoformat(latest[0].started_at) if latest else _BUILT
    if moment < _BUILT or moment < newest - _TOLERANCE:
        message = f"it shows {moment:%Y-%m-%d %H:%M} UTC, which is before the last run"
        yield Finding("clock", "wrong", message, "Set the clock, best by NTP.", 78)
    else:
        yield Finding("clock", "ok", f"{moment:%Y-%m-%d %H:%M} UTC")


def _connections(session: Session) -> Iterator[Finding]:
    from syncd.services.connections import list_connections

    known = list_connections(session.store, session.group_id)
    if not known:
        yield Finding("connections", "note", "there is none yet", "syncd connection add NAME --system SYSTEM")
    for one in known:
        yield from _connection(session, one)


def _connection(session: Session, one: ConnectionInfo) -> Iterator[Finding]:
    from syncd.bootstrap import now
    from syncd.cli.examining import missing_scopes, remarks
    from syncd.services import connections

    check = f"connection {one.name}"
    if one.paused:
        yield Finding(check, "note", "it is paused", f"syncd connection resume {one.name}")
    try:
        found = connections.test(one, session.app.connect)
        missing = missing_scopes(session.app, one)
        known = list(remarks(session.app, one, now()))
    except SyncdError as error:
        yield _wrong(check, error)
        return
    if missing:
        remedy = f"Authorize again and grant everything: syncd connection authorize {one.name}"
        yield Finding(check, "wrong", f"the consent lacks {', '.join(missing)}", remedy, 4)
    yield from (Finding(check, "note", message, remedy) for message, remedy in known)
    if not missing:
        yield Finding(check, "ok", f"{found['name']} answers")
