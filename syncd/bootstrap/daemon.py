"""The daemon put together: its parts, in the order in which they start."""

from __future__ import annotations

import os
import random
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog
from starlette.applications import Starlette
from starlette.routing import Mount

from syncd import __version__, log
from syncd.bootstrap import App, default_directions, now, schedule_defaults, standing
from syncd.daemon.alone import Alone
from syncd.daemon.control import Control
from syncd.daemon.desk import Desk
from syncd.daemon.heartbeat import Heartbeat
from syncd.daemon.listener import Listener
from syncd.daemon.metrics import Metrics
from syncd.daemon.pulse import Pulse
from syncd.daemon.scheduler import Chore, Scheduler, Timetable
from syncd.daemon.service import Service
from syncd.daemon.systemd import Notifier, handed_over
from syncd.daemon.watching import Watching
from syncd.daemon.workers import Workers
from syncd.ports.clock import stamp
from syncd.services.connections import led_by_accounting
from syncd.services.figures import figures
from syncd.services.retention import tidy
from syncd.services.uploads.storing import finish_all
from syncd.store.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from syncd.settings import Settings

_log = structlog.get_logger("syncd.daemon")

MAILS = timedelta(seconds=30)
"""How often mails are sent, and for how long at most each time."""

UPLOADS = timedelta(minutes=1)
"""How often is looked for an upload that died."""

RETENTION = timedelta(hours=1)
"""How often is looked for what was kept for long enough."""

_FIXED = ("database", "secret_key_file", "state_directory", "files_directory", "control", "web")
"""Keys that count from the start of a process to its end."""


def daemon(settings: Settings, read_again: Callable[[], Settings]) -> Service:
    """The whole service on one configuration. Raises ``ConfigurationError`` for a database that does not fit."""
    return _Composition(App(settings), read_again).service()


@dataclass
class _Composition:
    """Every part of the daemon, made once."""

    app: App
    read_again: Callable[[], Settings]
    notifier: Notifier = field(default_factory=Notifier)
    pulse: Pulse = field(default_factory=lambda: Pulse(time.monotonic))
    began: str = field(default_factory=lambda: stamp(now()))

    def service(self) -> Service:
        """The parts in the order in which they start; they stop in reverse."""
        parts = (_Opened(self.app), Alone(self.app.store), self.workers, self.scheduler, self.control, self.listener)
        return Service(parts, self.notifier, self.reload, self.app.stop)

    @cached_property
    def workers(self) -> Workers:
        """What carries runs out."""
        app = self.app
        return Workers(
            app.store,
            app.queue,
            app.runner,
            self.pulse,
            app.settings.limits.workers,
            ended=self.metrics.note,
            stopping=app.stop,
        )

    @cached_property
    def scheduler(self) -> Scheduler:
        """What puts runs in line, and keeps the house in order."""
        heartbeat = Heartbeat(self.pulse, self.notifier, self.in_words)
        tidying = (
            Chore("mails", MAILS, self.send_mails),
            Chore("retention", RETENTION, self.forget),
            Chore("uploads", UPLOADS, self.finish_uploads),
        )
        chores = (heartbeat.chore(), *tidying, self.listener.chore())
        times = timetable(self.app.settings)
        wake = self.workers.wake
        return Scheduler(self.app.store, self.app.queue, times, now, random.random, wake, chores)

    @cached_property
    def control(self) -> Control:
        """What listens to people."""
        path = self.app.settings.control.socket
        assert path is not None  # noqa: S101 - filled in when the configuration was read
        return Control(path, self.desk, handed_over().get("control"))

    @cached_property
    def desk(self) -> Desk:
        """What puts in line what people ask for, and follows it."""
        return Desk(self.app.store, self.app.queue, self.workers, now, time.monotonic, self.standing)

    @cached_property
    def metrics(self) -> Metrics:
        """What a monitoring system reads."""
        app = self.app
        return Metrics(lambda: figures(app.store, app.queue, now()), app.refusals, self.group_of)

    @cached_property
    def listener(self) -> Listener:
        """What answers over HTTP: the addresses for those who watch, then whatever is mounted."""
        web = self.app.settings.web
        place = web.socket or (web.address, web.port)
        watching = Watching(self.pulse, self.metrics, self.app.store.database.require_current)
        return Listener(composed(watching.routes(), self.mounted()), place if web.enabled else None)

    def mounted(self) -> dict[str, ASGIApp]:
        """The applications that people and programs use, by path. The first path that fits answers: "/" stands last."""
        if not self.app.settings.web.enabled:
            return {}
        from syncd.bootstrap.web import api, pages

        return {"/api": api(self.app, self.workers, self.standing), "/": pages(self.app, self.workers, self.standing)}

    def group_of(self, connection_id: int) -> str:
        """The name of the group that a connection belongs to."""
        with self.app.store.reading() as work:
            group_id = work.connections.get(connection_id).group_id
            return next(group.name for group in work.groups.list() if group.id == group_id)

    def standing(self, group_id: int) -> dict[str, Any]:
        """Where everything stands, for `syncd status`."""
        told = {"version": __version__, "pid": os.getpid(), "started_at": self.began}
        late = list(self.pulse.late())
        about = {**told, "scheduled": self.scheduler.timetable.enabled, "late": late, "web": self.listener.at}
        return standing(self.app, group_id, about, self.scheduler.next_times())

    def send_mails(self) -> None:
        """Send the mails that are due, where there is a mail server; the rest with the next round."""
        if self.app.settings.mail.host is not None:
            self.app.mailer().deliver_due(most_seconds=MAILS.total_seconds())

    def forget(self) -> None:
        """Erase what was kept for long enough: personal data, sessions, old logins, contents that no file has."""
        from syncd.bootstrap.web import limits
        from syncd.services.files import tidy as tidy_files
        from syncd.services.logins.sessions import prune

        erased = tidy(self.app.store, now(), timedelta(days=self.app.settings.limits.keep_runs_days))
        if erased:
            _log.info("retention.erased", customers=erased)
        prune(self.app.store, limits(self.app.settings), now)
        left = tidy_files(self.app.store, self.app.shelf, now())
        if left:
            _log.info("files.set_aside", number=left)

    def finish_uploads(self) -> None:
        """Store what an upload that died had accepted."""
        led = led_by_accounting(self.app.store, default_directions)
        rows = finish_all(self.app.store, led)
        if rows:
            _log.info("upload.finished", rows=rows)

    def in_words(self) -> str:
        """What goes on, for `systemctl status`."""
        running, times = len(self.workers.busy()), self.scheduler.next_times()
        soon = f", next run {min(times.values()):%Y-%m-%d %H:%M:%S} UTC" if times else ""
        return f"{running} running{soon}"

    def reload(self) -> None:
        """Read the configuration anew; what cannot change at run time is named."""
        fresh = self.read_again()
        log.set_up(fresh.log.level, fresh.log.format)
        left = [key for key in _FIXED if getattr(fresh, key) != getattr(self.app.settings, key)]
        if left:
            _log.warning("config.needs_restart", keys=left)
        self.app.settings = fresh
        self.workers.most, self.scheduler.timetable = fresh.limits.workers, timetable(fresh)
        self.scheduler.refresh()


@dataclass(frozen=True, slots=True)
class _Opened:
    """The database, given back when nobody works on it any more."""

    app: App

    name = "database"

    def start(self) -> None:
        """Open it. Raises ``ConfigurationError`` unless its schema is this program's and tokens can be read."""
        self.app.store.database.require_current()
        Vault.from_file(self.app.settings.secret_key_file).check()

    def stop(self) -> None:
        """Give its connections back."""
        self.app.store.database.close()


def composed(routes: Sequence[BaseRoute], mounted: Mapping[str, ASGIApp]) -> Starlette:
    """One application out of many."""
    return Starlette(routes=[*routes, *(_mount(path, application) for path, application in mounted.items())])


def _mount(path: str, application: ASGIApp) -> Mount:
    """A mount that takes every address beneath it, also one that holds a line break (``%0A``)."""
    mount = Mount(path, application)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def timetable(settings: Settings) -> Timetable:
    """What the configuration says of the schedule."""
    section = settings.schedule
    return Timetable(section.enabled, schedule_defaults(settings), timedelta(seconds=section.jitter_seconds))
