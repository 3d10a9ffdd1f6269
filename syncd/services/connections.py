"""Connections: added, set, authorized, tested, paused and removed by administrators (R-31)."""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from syncd.engine.settings import directions, effective, parse_setting
from syncd.engine.targets import checked_targets
from syncd.errors import ChangedMeanwhileError, LockedError, NotFoundError, RefusedError, TryLaterError, UsageError
from syncd.register.access import Verb, require
from syncd.register.custom_fields import CUSTOM_FIELDS, custom_fields
from syncd.services.once import at_once
from syncd.services.sync.company import WrongCompanyError, differs, stored
from syncd.values.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from syncd.ports import Connector
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor
    from syncd.values.capabilities import Capabilities, Direction
    from syncd.values.tokens import Tokens

_ROWS = 500
"""Rows forgotten in one transaction."""


class UnknownConnectionError(NotFoundError):
    """The group has no such connection."""

    code = "unknown_connection"

    def __init__(self, name: str | None) -> None:
        super().__init__(f"there is no connection named {name}", remedy="`syncd connection list` shows them.")


class HeldTokens:
    """Tokens kept in hand while a consent is checked; the connector may renew them meanwhile."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def load(self) -> Tokens:
        """The tokens in hand."""
        return self.tokens

    def ready(self) -> None:
        """A hand is always ready."""

    def renew(self, spent: str, tokens: Tokens) -> bool:
        """Keep renewed tokens; nobody else can have replaced them."""
        assert spent == self.tokens.refresh_token  # noqa: S101 - one hand
        self.tokens = tokens
        return True

    def lock(self) -> AbstractContextManager[None]:
        """Nobody else knows these tokens."""
        return nullcontext()


class Connect(Protocol):
    """Opens a connector; on tokens in hand, or (None) on those stored for the connection."""

    def __call__(self, connection: ConnectionInfo, held: HeldTokens | None = None) -> Connector:
        """Open."""
        ...


def find(store: Store, group_id: int, name: str | None) -> ConnectionInfo:
    """A connection by name, or the only one."""
    with store.reading() as work:
        return _find(work, group_id, name)


def _find(work: Work, group_id: int, name: str | None) -> ConnectionInfo:
    known = work.connections.list(group_id)
    if name is None and len(known) == 1:
        return known[0]
    found = next((c for c in known if c.name == name), None)
    if found is None and name is None:
        raise UsageError("which connection?", remedy="Name one of: " + (", ".join(c.name for c in known) or "(none)"))
    if found is None:
        raise UnknownConnectionError(name)
    return found


def list_connections(store: Store, group_id: int) -> tuple[ConnectionInfo, ...]:
    """The group's connections, by name."""
    with store.reading() as work:
        return work.connections.list(group_id)


def add(store: Store, actor: Actor, group_id: int, name: str, system: str) -> ConnectionInfo:
    """Add a connection; it needs consent before it can run."""
    require(actor, Verb.INTEGRATIONS)
    if not name.strip() or name.startswith("-"):
        raise RefusedError("a connection needs a name", remedy="For example `visma`.")
    with store.work() as work:
        connection = work.connections.add(group_id, name.strip(), system)
        work.commit()
        return connection


def settings_version(connection: ConnectionInfo) -> str:
    """Name what somebody who looks at the settings sees; unchanged, it is the same."""
    return hashlib.sha256(json.dumps(dict(connection.settings), sort_keys=True).encode()).hexdigest()


def set_settings(
    store: Store,
    actor: Actor,
    connection: ConnectionInfo,
    texts: Mapping[str, str],
    holds: Callable[[str], Capabilities],
    *,
    seen: str | None = None,
) -> ConnectionInfo:
    """Change settings, all or none; ``holds`` tells what a system can.

    ``seen`` is the ``settings_version`` that was looked at, where it is known: ``ChangedMeanwhileError`` if another is
    stored. Raises ``RefusedError`` for the first wrong one.
    """
    require(actor, Verb.INTEGRATIONS)
    parsed = {key: parse_setting(key, text) for key, text in texts.items()}
    with store.work() as work:
        now = work.connections.get(connection.id)
        if seen is not None and seen != settings_version(now):
            raise ChangedMeanwhileError(f"connection {connection.name}")
        settings = {**now.settings, **parsed}
        own = custom_fields(work.catalogues.list(connection.group_id, CUSTOM_FIELDS, retired=True))
        settings |= checked_targets(settings, holds(connection.system), {one.name: one.type for one in own})
        work.connections.save(connection.id, settings=settings)
        work.commit()
        return work.connections.get(connection.id)


def warnings(settings: Mapping[str, Any], *, knows_field_times: bool = False) -> Iterator[str]:
    """What a person should know about settings that do less than their name says (S-22)."""
    for key, value in settings.items():
        if value == "newest" and not knows_field_times:
            yield f"{key}: accounting keeps no time per field, so newest behaves as ask"


def pause(store: Store, actor: Actor, connection: ConnectionInfo, *, paused: bool) -> ConnectionInfo:
    """Pause or resume a connection (S-72)."""
    require(actor, Verb.INTEGRATIONS)
    with store.work() as work:
        now = work.connections.get(connection.id)
        work.connections.save(connection.id, settings={**now.settings, "paused": paused})
        work.commit()
        return work.connections.get(connection.id)


def remove(store: Store, actor: Actor, connection: ConnectionInfo) -> None:
    """Forget a connection with its mirror, links, conflicts and reports; customers stay on both sides.

    A part at a time, so that nobody's save waits. Cut off half-way, it is shut and can be removed once more. Raises
    ``LockedError`` while one of its runs is under way.
    """
    require(actor, Verb.INTEGRATIONS)
    with store.lock(f"run-{connection.id}") as got:
        if not got:
            raise LockedError(f"a run of {connection.name} is under way", remedy="Wait for it to end.")
        with store.work() as work:
            work.connections.shut(connection.id)
            work.commit()
        while at_once(store, lambda work: _removed_a_part(work, connection.id)):
            store.give_way()


def _removed_a_part(work: Work, connection_id: int) -> bool:
    more = work.connections.remove_part(connection_id, _ROWS)
    work.commit()
    return more


def authorize(
    store: Store, actor: Actor, connection: ConnectionInfo, tokens: Tokens, connect: Connect
) -> ConnectionInfo:
    """Store tokens that a person consented to, after looking whose they are.

    ``connect`` opens a connector on tokens in hand. Raises ``WrongCompanyError`` for another company than before;
    the old tokens then stay. When accounting does not answer (``TryLaterError``) the consent is kept all the same.
    """
    require(actor, Verb.INTEGRATIONS)
    held = HeldTokens(tokens)
    connector: Connector = connect(connection, held)
    try:
        company = connector.company()
    except TryLaterError:
        _keep(store, connection, held, {})  # the consent is given; each run looks whose it is before anything else
        raise
    finally:
        connector.close()
    if connection.company and differs(connection.company, company):
        raise WrongCompanyError(connection)
    return _keep(store, connection, held, {"company": stored(company)})


def _keep(store: Store, connection: ConnectionInfo, held: HeldTokens, known: Mapping[str, Any]) -> ConnectionInfo:
    """Store the consent. One that had ended may have been spent by a database that was thrown away since (S-73)."""
    with store.work() as work:
        now = work.connections.get(connection.id)
        if now.company and now.state == "needs_consent":
            work.connections.save(connection.id, progress={**now.progress, "compare_all": True})
        work.connections.save_tokens(connection.id, held.tokens)
        work.connections.save(connection.id, state="ready", attention={}, **known)
        work.commit()
        return work.connections.get(connection.id)


def test(connection: ConnectionInfo, connect: Connect) -> dict[str, Any]:
    """Talk to accounting: who answers, and what it offers. Raises what a run would raise."""
    connector: Connector = connect(connection, None)
    try:
        company = connector.company()
        can = connector.capabilities()
    finally:
        connector.close()
    if connection.company and differs(connection.company, company):
        raise WrongCompanyError(connection)
    return {**stored(company), "fields": sorted(can.fields), "requests": connector.requests}


def server_time(connection: ConnectionInfo, connect: Connect, since: str) -> str:
    """The vendor's own time, as it comes with a listing of what changed since then."""
    connector: Connector = connect(connection, None)
    try:
        return next(iter(connector.customers(since))).server_time
    finally:
        connector.close()


def described(connection: ConnectionInfo, defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A connection as JSON shows it: settings in force, company, state.

    ``defaults`` are the settings that the configuration gives to connections that say nothing.
    """
    own = {key: value for key, value in connection.settings.items() if value is not None}
    return {
        "name": connection.name,
        "system": connection.system,
        "state": "paused" if connection.paused else connection.state,
        "attention": dict(connection.attention) or None,
        "company": dict(connection.company) or None,
        "settings": effective({**(defaults or {}), **own}),
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a connection stands: its last run, last good run, and what waits for people."""

    connection: ConnectionInfo
    last: RunInfo | None
    good: RunInfo | None
    open_conflicts: int
    linked: int


def standings(store: Store, group_id: int) -> tuple[Standing, ...]:
    """Every connection of a group with where it stands."""
    with store.reading() as work:
        return tuple(standing_of(work, connection) for connection in work.connections.list(group_id))


def standing_of(work: Work, connection: ConnectionInfo) -> Standing:
    """Where one connection stands."""
    last = next(iter(work.runs.list([connection.id], limit=1)), None)
    good = work.runs.latest(connection.id, ("succeeded",))
    return Standing(connection, last, good, work.conflicts.count_open(connection.id), work.links.count(connection.id))


def led_by_accounting(
    store: Store, default_directions: Callable[[str], Mapping[str, Direction]]
) -> Callable[[int], Mapping[str, str]]:
    """For the register's services: which fields a connection takes from accounting, with the connection's name."""

    def led(group_id: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for connection in list_connections(store, group_id):
            if connection.state == "needs_consent" or connection.paused:
                continue
            ways = {**default_directions(connection.system), **_chosen(connection)}
            found.update({n: connection.name for n, way in ways.items() if way == "from_accounting"})
        return found

    return led


def needed_by_accounting(store: Store, group_id: int, holds: Callable[[str], Capabilities]) -> dict[str, str]:
    """The fields that accounting cannot do without, each with the active connection that new customers go to (R-05)."""
    return {
        name: connection.name
        for connection in list_connections(store, group_id)
        if not (connection.state == "needs_consent" or connection.paused)
        if effective(connection.settings)["create_in_accounting"]
        for name, rule in holds(connection.system).fields.items()
        if rule.required
    }


def _chosen(connection: ConnectionInfo) -> dict[str, Any]:
    chosen = {find_unit(name): way for name, way in directions(connection.settings).items()}
    return {member: way for unit, way in chosen.items() if unit is not None for member in unit.members}
