"""`syncd status`: where everything stands, in words."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened, typed
from syncd.cli.context import socket_path
from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LATE = timedelta(minutes=15)
"""Mails that have waited for longer are told of."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@click.command(cls=Command)
@json_option
def status(*, as_json: bool) -> None:
    """Show the daemon, the database, the connections, their last and next runs, and what waits for people."""
    from syncd.bootstrap import now

    document = _status_there(socket_path()) or _status_here()
    if as_json:
        print_json(document)
    else:
        _print(document, now())


def _status_there(socket: Path) -> dict[str, Any] | None:
    """By the daemon's word, where there is one; a command without it need not know how to ask."""
    if not os.access(socket, os.F_OK):
        return None
    from syncd.cli.asking import status_there

    return status_there(socket)


def _status_here() -> dict[str, Any]:
    from syncd.bootstrap import standing
    from syncd.register.access import Verb

    with opened() as session:
        session.require(Verb.SYNC)
        return standing(session.app, session.group_id)


def _print(document: Mapping[str, Any], now: datetime) -> None:
    database = document["database"]
    say(f"Database {database['address']}, schema {database['schema']}.")
    for one in document["connections"]:
        say(f"{one['name']} ({_company(one)}): {', '.join(_words(one, now))}.")
        for line in (*_coming(one, now), *_waiting(one, now), *_remedies(one)):
            say(f"  {line}")
    if not document["connections"]:
        say(f"There is no connection yet. Add one: {typed('connection', 'add', 'NAME', '--system', 'SYSTEM')}")
    for words in _mail_words(document["mail"], now):
        say(words)
    say(_daemon(document["daemon"], now))


def _daemon(daemon: Mapping[str, Any] | None, now: datetime) -> str:
    if daemon is None:
        return "No daemon is running: runs are started by hand or by a timer."
    stuck = f" Stuck: {', '.join(daemon['late'])}." if daemon["late"] else ""
    schedule = "" if daemon["scheduled"] else " Its schedule is switched off."
    what = f"The daemon (syncd {daemon['version']}, process {daemon['pid']})"
    return f"{what} was started {_since(daemon['started_at'], now)}.{schedule}{stuck}"


def _mail_words(mail: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """Mails are told of only where they do not go out."""
    if mail["given_up"]:
        yield f"{_plural(mail['given_up'], 'mail')} could not be sent: {typed('mail', 'list')}"
    oldest = mail["oldest_waiting"]
    if oldest is not None and now - datetime.fromisoformat(oldest) > _LATE and mail["server"] is not None:
        yield f"{_plural(mail['waiting'], 'mail')} waiting for the mail server: {typed('mail', 'list')}"


def _company(one: Mapping[str, Any]) -> str:
    return str((one["company"] or {}).get("name") or one["system"])


def _words(one: Mapping[str, Any], now: datetime) -> Iterator[str]:
    if one["state"] == "ready":
        yield _last(one, now)
    else:
        yield {"paused": "paused", "needs_consent": "needs consent"}.get(one["state"], "needs attention")
        if one["last_good_run"] is not None:
            yield f"last in step {_ago(one['last_good_run'], now)}"
    if one["linked"]:
        yield _plural(one["linked"], "linked customer")
    if one["open_conflicts"]:
        yield _plural(one["open_conflicts"], "conflict")


def _coming(one: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """The next run, or why there is none for now."""
    circuit, coming = one["circuit"], one["next_run"]
    if circuit["retry_at"] is not None and datetime.fromisoformat(circuit["retry_at"]) > now:
        times = _plural(circuit["failures"], "scheduled run")
        yield f"The schedule tries again {_until(circuit['retry_at'], now)}: {times} in a row did not go well."
    if coming is not None:
        yield f"Next: {coming['kind']} run {_until(coming['at'], now)}."


def _until(moment: str, now: datetime) -> str:
    seconds = max(0.0, (datetime.fromisoformat(moment) - now).total_seconds())
    for size, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return f"in {_plural(int(seconds // size), name)}"
    return "in a moment"


def _waiting(one: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """The orders in line, as people say them."""
    for ticket in one["queue"]:
        what = f"{ticket['kind']} run" if ticket["customer"] is None else f"run of customer {ticket['customer']}"
        marks = [name for name, given in (("dry", ticket["dry_run"]), ("approved", ticket["approve"])) if given]
        doing = {"waiting": "Waits", "running": "Runs"}[ticket["state"]]
        asked = _since(ticket["asked_at"], now)
        yield f"{doing}: {' '.join([*marks, what])}, asked for by {ticket['who']} {asked}."


def _last(one: Mapping[str, Any], now: datetime) -> str:
    last, good = one["last_run"], one["last_good_run"]
    if last is None:
        return "never run"
    words = {
        "succeeded": "in step",
        "partial": "in step but for some customers",
        "held": "held by a brake",
        "planned": "looked at by a dry run",
        "running": "a run is under way since",
    }.get(last["status"], f"last run {last['status']}")
    before = f", last in step {_ago(good, now)}" if good is not None and last["status"] != "succeeded" else ""
    return f"{words} {_ago(last, now)}{before}"


def _ago(run: Mapping[str, Any], now: datetime) -> str:
    return _since(run["finished_at"] or run["started_at"], now)


def _since(moment: str, now: datetime) -> str:
    seconds = max(0.0, (now - datetime.fromisoformat(moment)).total_seconds())
    for size, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return f"{_plural(int(seconds // size), name)} ago"
    return "just now"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _remedies(one: Mapping[str, Any]) -> Iterator[str]:
    """What a person has to do, if anything."""
    name, state, last = one["name"], one["state"], one["last_run"] or {}
    attention, error = one["attention"] or {}, last.get("error") or {}
    if attention.get("message"):
        yield f"{attention['message']}. {attention.get('remedy') or ''}".rstrip()
    elif state == "needs_consent":
        yield f"Authorize it: {typed('connection', 'authorize', name)}"
    if state == "paused":
        yield f"Resume it: {typed('connection', 'resume', name)}"
    elif last.get("status") == "held" and last.get("undoes"):
        yield f"{error.get('message')}. {error.get('remedy')}"
    elif last.get("status") == "held":
        yield f"{error.get('message')}. Approve: {typed('sync', name, '--approve')}"
    elif last.get("status") in {"failed", "partial"} and error and not attention:
        yield f"{error['message']}. {error['remedy'] or ''}".rstrip()
    if one["open_conflicts"]:
        yield f"Answer the conflicts: {typed('conflicts', 'list', '--connection', name)}"
