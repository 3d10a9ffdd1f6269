"""`syncd connection`: accounting systems of a group, for administrators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened, typed
from syncd.cli.arguments import pairs
from syncd.cli.output import json_option, note, print_json, print_pairs, print_table, say, shown
from syncd.cli.root import CommandGroup
from syncd.cli.undoing import take_back_references
from syncd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.cli.application import Session
    from syncd.ports.records import ConnectionInfo

_STATES = {
    "ready": "ready",
    "paused": "paused",
    "needs_consent": "needs consent",
    "needs_attention": "needs attention",
}


@click.group(cls=CommandGroup)
def connection() -> None:
    """Connections to accounting systems."""


connection.add_command(take_back_references)


@connection.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the connections of the group."""
    from syncd.cli import sync_shapes
    from syncd.register.access import Verb
    from syncd.services.connections import list_connections

    with opened() as session:
        session.require(Verb.INTEGRATIONS)
        known = [
            sync_shapes.connection(one, session.schedule) for one in list_connections(session.store, session.group_id)
        ]
    if as_json:
        print_json(known)
    elif known:
        print_table(("name", "system", "state", "company"), (_row(one) for one in known))
    else:
        say(f"There is no connection yet. Add one: {typed('connection', 'add', 'NAME', '--system', 'SYSTEM')}")


def _row(document: dict[str, Any]) -> tuple[object, ...]:
    company = document["company"] or {}
    return document["name"], document["system"], _STATES[document["state"]], company.get("name")


@connection.command()
@click.argument("name")
@click.option("--system", required=True, metavar="SYSTEM", help="The accounting system: visma_eaccounting.")
@json_option
def add(name: str, *, system: str, as_json: bool) -> None:
    """Add a connection; it needs consent before it can run."""
    from syncd.bootstrap import SYSTEMS
    from syncd.services import connections

    if system not in SYSTEMS:
        known = ", ".join(SYSTEMS)
        raise UsageError(f"--system {system}: there is no such accounting system.", remedy=f"One of: {known}.")
    with opened() as session:
        added = connections.add(session.store, session.actor, session.group_id, name, system)
    _tell(session, added, f"Added connection {added.name}.", as_json=as_json)
    if not as_json:
        say(f"It needs consent: {typed('connection', 'authorize', added.name)}")


@connection.command()
@click.argument("name")
@click.option(
    "--refresh-token-file",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE|-",
    help="A file whose first line is a refresh token given already.",
)
@click.option("--redirect-port", type=click.IntRange(0, 65_535), default=0, help="Where the browser comes back to.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def authorize(name: str, *, file: Path | None, redirect_port: int, no_browser: bool) -> None:
    """Give consent to read and write the company's customers."""
    from syncd.cli import authorizing
    from syncd.register.access import Verb

    with opened() as session:
        session.require(Verb.INTEGRATIONS)
        found = session.connection(name)
        if file is not None:
            done = authorizing.with_refresh_token(session, found, file)
        else:
            done = authorizing.in_browser(session, found, redirect_port, browser=not no_browser)
    company = done.company
    say(f"{done.name} is connected to {_company(company.get('name'), company.get('organisation_number'))}.")


def _company(name: object, number: object) -> str:
    return f"{shown(name)} ({shown(number)})" if number else shown(name)


@connection.command()
@click.argument("name")
@json_option
def test(name: str, *, as_json: bool) -> None:
    """Talk to the accounting system: who answers?"""
    from syncd.register.access import Verb
    from syncd.services import connections

    with opened() as session:
        session.require(Verb.INTEGRATIONS)
        found = connections.test(session.connection(name), session.app.connect)
    if as_json:
        print_json({"connection": name, **found})
    else:
        say(f"{name}: {_company(found['name'], found['organisation_number'])} answers.")


@connection.command("set")
@click.argument("name")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@json_option
def set_(name: str, changes: tuple[str, ...], *, as_json: bool) -> None:
    """Change settings of a connection; all of them or none. KEY= puts the default back where there is a choice."""
    from syncd.bootstrap import capabilities
    from syncd.services import connections

    texts = pairs(changes)
    with opened() as session:
        saved = connections.set_settings(session.store, session.actor, session.connection(name), texts, capabilities)
    for warning in connections.warnings({key: saved.settings[key] for key in texts}):
        note(f"Note: {warning}.")
    _tell(session, saved, f"The settings of {saved.name} are saved.", as_json=as_json)


@connection.command()
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show a connection with its settings."""
    from syncd.cli import sync_shapes
    from syncd.register.access import Verb

    with opened() as session:
        session.require(Verb.INTEGRATIONS)
        document = sync_shapes.connection(session.connection(name), session.schedule)
    if as_json:
        print_json(document)
    else:
        print_pairs(_facts(document))
        print_table(("setting", "value", "meaning"), _settings(document["settings"]))


def _facts(document: dict[str, Any]) -> Iterator[tuple[str, object]]:
    company, attention = document["company"] or {}, document["attention"] or {}
    yield "name", document["name"]
    yield "system", document["system"]
    yield "state", _STATES[document["state"]]
    if company:
        yield "company", _company(company.get("name"), company.get("organisation_number"))
    if attention:
        yield "attention", f"{attention.get('message')}\n{attention.get('remedy') or ''}".rstrip()


def _settings(values: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    from syncd.engine.settings import SETTINGS

    for key, value in values.items():
        known = SETTINGS.get(key)
        changed = "" if known is None or value == known.default else f" (default: {_typed(known.default)})"
        yield key, _typed(value), (known.help if known is not None else "") + changed


def _typed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(value)


@connection.command()
@click.argument("name")
@json_option
def pause(name: str, *, as_json: bool) -> None:
    """Let nothing run on a connection until it is resumed."""
    _set_paused(name, paused=True, as_json=as_json)


@connection.command()
@click.argument("name")
@json_option
def resume(name: str, *, as_json: bool) -> None:
    """Let a paused connection run again."""
    _set_paused(name, paused=False, as_json=as_json)


def _set_paused(name: str, *, paused: bool, as_json: bool) -> None:
    from syncd.services import connections

    with opened() as session:
        saved = connections.pause(session.store, session.actor, session.connection(name), paused=paused)
    _tell(session, saved, f"{saved.name} {'is paused' if paused else 'runs again'}.", as_json=as_json)


@connection.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Yes, I am sure.")
def remove(name: str, *, yes: bool) -> None:
    """Forget a connection with its links, conflicts and reports; customers stay on both sides."""
    from syncd.register.access import Verb
    from syncd.services import connections

    with opened() as session:
        session.require(Verb.INTEGRATIONS)
        found = session.connection(name)
        if not yes:
            remedy = "Its links, conflicts and reports cannot be brought back. If you are sure, add --yes."
            raise UsageError(f"Remove {found.name}?", remedy=remedy)
        connections.remove(session.store, session.actor, found)
    say(f"Connection {found.name} is removed; customers stay on both sides.")


def _tell(session: Session, changed: ConnectionInfo, message: str, *, as_json: bool) -> None:
    from syncd.cli import sync_shapes

    if as_json:
        print_json(sync_shapes.connection(changed, session.schedule))
    else:
        say(message)
