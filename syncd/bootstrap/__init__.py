"""The composition root: the only place that names every vendor, opens the database and looks at the clock.

Imported by every command, it imports what is heavy only where it is put together.
"""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from syncd.connectors.oauth import OAuth
    from syncd.connectors.pacing import Pacing
    from syncd.connectors.smtp import SmtpServer
    from syncd.connectors.visma_eaccounting import VismaSettings
    from syncd.ports import Connector, TokenStore
    from syncd.ports.records import ConnectionInfo
    from syncd.register.files import FileRules
    from syncd.services.agenda import Defaults
    from syncd.services.connections import HeldTokens
    from syncd.services.mail.delivery import Mailer
    from syncd.services.sync.context import Progress
    from syncd.services.sync.run import Runner
    from syncd.settings import Settings
    from syncd.store.queue import StoredQueue
    from syncd.store.shelf import FileShelf
    from syncd.store.uow import Store
    from syncd.values.capabilities import Capabilities, Direction


class RunStop(Protocol):
    """What ends runs between two steps, and waits between them; ``threading.Event`` is one."""

    def is_set(self) -> bool:
        """Whether to stop now."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, at most ``timeout`` seconds; True when told."""
        ...


VISMA_EACCOUNTING = "visma_eaccounting"
SYSTEMS = (VISMA_EACCOUNTING,)
"""The accounting systems that a connection can name."""

_RARELY = (50_000, 20, 50)
"""How often Python looks for values that hold each other: a plan has none, the search was a quarter of an import."""

_HURRY = 3.0
"""Seconds that a mail server may take to answer while somebody waits for the end of a command."""


def now() -> datetime:
    """The wall clock, UTC."""
    return datetime.now(UTC)


def open_store(settings: Settings, *, hurried: Callable[[], bool] = lambda: False) -> Store:
    """Open the database of a configuration. Raises ``ConfigurationError`` unless its schema is this program's."""
    from syncd.store.database import Database
    from syncd.store.uow import Store
    from syncd.store.vault import Vault

    database = Database(settings.database, hurried=hurried)
    database.require_current()
    return Store(database, now, Vault.from_file(settings.secret_key_file))


def silent(stage: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


@dataclass
class App:
    """Everything one process needs, opened once. ``stop`` is set by a signal and ends runs between two steps."""

    settings: Settings
    stop: threading.Event = field(default_factory=threading.Event)
    _paces: dict[tuple[str, int], Pacing] = field(default_factory=dict)

    @cached_property
    def store(self) -> Store:
        """The database."""
        return open_store(self.settings, hurried=self.stop.is_set)

    @cached_property
    def queue(self) -> StoredQueue:
        """The waiting line of orders."""
        from syncd.store.queue import StoredQueue

        return StoredQueue(self.store.database, now)

    def runner(self, progress: Progress = silent, stop: RunStop | None = None) -> Runner:
        """What carries out runs; ``stop`` ends its runs, else the one of the whole process does."""
        from syncd.services.sync.run import Runner
        from syncd.store.witness import FileWitness

        gc.set_threshold(*_RARELY)
        ends = stop or self.stop
        return Runner(
            store=self.store,
            connect=partial(self.connect, stop=ends),
            witness=FileWitness(self._state_directory()),
            stop=ends,
            progress=progress,
            seconds=time.monotonic,
            keep_days=self.settings.limits.keep_runs_days,
        )

    def _state_directory(self) -> Path | None:
        return self.settings.state_directory

    def connect(
        self, connection: ConnectionInfo, held: HeldTokens | None = None, *, stop: RunStop | None = None
    ) -> Connector:
        """Open a connector for a connection, on its stored tokens or on tokens in hand."""
        ends = stop or self.stop
        if connection.system != VISMA_EACCOUNTING:
            raise _unknown_system(connection.system)
        from syncd.connectors.session import TokenSession
        from syncd.connectors.visma_eaccounting import VismaEAccounting
        from syncd.engine.targets import targets
        from syncd.store.tokens import StoredTokens

        tokens: TokenStore = held if held is not None else StoredTokens(self.store, connection.id)
        visma = self._visma()
        return VismaEAccounting(
            visma,
            TokenSession(self.authorizer(connection.system), tokens, time.time, stop=ends),
            self._pace(visma),
            terms_of_payment=connection.settings.get("terms_of_payment"),
            targets=targets(connection.settings),
            stop=ends,
        )

    @cached_property
    def shelf(self) -> FileShelf:
        """Where attached files lie."""
        from syncd.store.shelf import FileShelf

        assert self.settings.files_directory is not None  # noqa: S101 - filled in when the configuration was read
        return FileShelf(self.settings.files_directory)

    @property
    def file_rules(self) -> FileRules:
        """Which files this installation takes."""
        from syncd.register.files import FileRules

        return FileRules(self.settings.limits.upload_megabytes, self.settings.limits.upload_types)

    def mailer(self, *, hurry: bool = False) -> Mailer:
        """What sends the mails that wait. ``hurry``: somebody waits, so the server is not given long to answer."""
        from syncd.services.mail.delivery import Mailer

        return Mailer(
            self.store,
            self.mail_server(hurry=hurry),
            now,
            time.monotonic,
            self.stop,
            timedelta(hours=self.settings.mail.give_up_after_hours),
            self.settings.web.public_url,
        )

    def mail_server(self, *, hurry: bool = False) -> SmtpServer | None:
        """The mail server, where one is set up."""
        section = self.settings.mail
        if section.host is None or section.sender is None:
            return None
        from syncd.connectors.smtp import SmtpServer

        return SmtpServer(
            section.host,
            section.port,
            section.encryption,
            section.sender,
            time.time,
            user=section.user,
            password="" if section.password_file is None else secret_in("mail.password_file", section.password_file),
            reply_to=section.reply_to,
            timeout=min(section.timeout_seconds, _HURRY) if hurry else section.timeout_seconds,
            ca_file=section.ca_file,
        )

    def authorizer(self, system: str) -> OAuth:
        """What asks for consent to an accounting system."""
        if system != VISMA_EACCOUNTING:
            raise _unknown_system(system)
        from syncd.connectors.visma_eaccounting import oauth

        return oauth(self._visma(), time.time)

    def scopes(self, system: str) -> frozenset[str]:
        """What a consent must cover for everything to work."""
        if system != VISMA_EACCOUNTING:
            raise _unknown_system(system)
        from syncd.connectors.visma_eaccounting.settings import SCOPE

        return frozenset(SCOPE.split()) - {"offline_access"}  # shows in having a refresh token at all

    def pace(self, system: str) -> tuple[int, int]:
        """Requests a minute: as configured, and as the vendor publishes."""
        if system != VISMA_EACCOUNTING:
            raise _unknown_system(system)
        section = self.settings.systems.visma_eaccounting
        return section.rate_limit_per_minute, type(section).model_fields["rate_limit_per_minute"].default

    def refusals(self) -> dict[str, int]:
        """How often each accounting system asked this process to slow down."""
        return {VISMA_EACCOUNTING: sum(pace.refusals for pace in list(self._paces.values()))}

    def _pace(self, visma: VismaSettings) -> Pacing:
        from syncd.connectors.pacing import Pacing

        pace = visma.client_id, visma.rate_limit_per_minute
        return self._paces.setdefault(pace, Pacing(visma.rate_limit_per_minute))

    def _visma(self) -> VismaSettings:
        from syncd.connectors.retry import Retry
        from syncd.connectors.visma_eaccounting import VismaSettings

        section = self.settings.systems.visma_eaccounting
        if not section.client_id or section.client_secret_file is None:
            raise ConfigurationError(
                "systems.visma_eaccounting: client_id and client_secret_file are not set",
                remedy="Fill them in as the accounting system's developer portal gave them.",
            )
        return VismaSettings(
            api_url=section.api_url,
            identity_url=section.identity_url,
            client_id=section.client_id,
            client_secret=secret_in("systems.visma_eaccounting.client_secret_file", section.client_secret_file),
            rate_limit_per_minute=section.rate_limit_per_minute,
            timeout=section.timeout_seconds,
            answer_bytes=self.settings.limits.answer_megabytes * 1024 * 1024,
            retry=Retry(attempts=section.retries + 1),
        )


def secret_in(key: str, path: Path) -> str:
    """What a file of secrets holds. Raises ``ConfigurationError``, which names the key."""
    try:
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"{key}: {path} cannot be read: {error.strerror}",
            remedy="Put the secret into that file, readable by this program's user alone.",
        ) from error


def _unknown_system(system: str) -> ConfigurationError:
    return ConfigurationError(
        f"there is no accounting system named {system}", remedy=f"One of: {', '.join(SYSTEMS)}.", code="unknown_system"
    )


def capabilities(system: str) -> Capabilities:
    """What an accounting system can hold as far as it is known without asking it."""
    if system != VISMA_EACCOUNTING:
        from syncd.values.capabilities import Capabilities

        return Capabilities(system, {})
    from syncd.mapping import visma_eaccounting

    return visma_eaccounting.capabilities(None)


def standing(
    app: App, group_id: int, daemon: Mapping[str, Any] | None = None, next_times: Mapping[int, datetime] | None = None
) -> dict[str, Any]:
    """Where everything stands for a group (`syncd status`); ``daemon`` and ``next_times`` are the daemon's to say."""
    from syncd.services import standing as service
    from syncd.services.mail.queue import standing as mails_of
    from syncd.settings import show

    mails = mails_of(app.store, group_id)
    waiting = {"waiting": mails.waiting, "oldest_waiting": mails.oldest, "given_up": mails.given_up}
    return {
        "daemon": daemon,
        "database": {"address": show(app.settings)["database"], "schema": app.store.database.current()[0]},
        "connections": service.connections(
            app.store, app.queue, group_id, schedule_defaults(app.settings), next_times or {}
        ),
        "mail": {"server": app.settings.mail.host, **waiting},
    }


def schedule_defaults(settings: Settings) -> Defaults:
    """When connections are run that say nothing."""
    from syncd.services.agenda import Defaults

    section = settings.schedule
    return Defaults(section.incremental_every, section.full_at, section.time_zone)


def default_directions(system: str) -> Mapping[str, Direction]:
    """The mapping's own direction of each field, before a connection's settings."""
    return {name: rule.direction for name, rule in capabilities(system).fields.items()}
