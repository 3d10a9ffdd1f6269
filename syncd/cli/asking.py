"""Asking the running daemon, where there is one: the same answer as from a run in this process."""

from __future__ import annotations

import json
import socket
import time
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syncd.cli.application import typed
from syncd.cli.edge import TerminatedError
from syncd.cli.output import note
from syncd.cli.progress import stages
from syncd.cli.root import wishes
from syncd.daemon.protocol import AskedOrder, AskFollow, AskStatus, AskSync, line_of
from syncd.errors import NotAllowedError, SyncdError, TryLaterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.daemon.protocol import Ask, Tell
    from syncd.services.sync.attempts import Attempt
    from syncd.services.sync.context import Progress

SILENCE = 30.0
"""Seconds without a word, after which the daemon is taken for gone: it says something every five."""

RETURN = 60.0
"""Seconds in which a daemon that went away must be back."""

_PAUSE = 0.2


class DaemonRefusedError(SyncdError):
    """The daemon says no, in words and with an exit code of its own."""

    def __init__(self, told: Tell) -> None:
        super().__init__(str(told["message"]), remedy=told["remedy"], code=str(told["code"]))
        self.exit_code = int(told["exit_code"])


class _GoneError(Exception):
    """The daemon went away in the middle of its answer."""


def sync_there(
    path: Path, connection: str | None, asked: dict[str, Any], *, wait: float, back: float = RETURN
) -> list[Attempt] | None:
    """Let the daemon run, and follow it; None where there is no daemon."""
    following = _Following(path, connection, personal=asked["personal"], back=back)
    return following.through(following.by_tickets() if asked["follow"] else following.for_order(asked, wait))


def status_there(path: Path) -> dict[str, Any] | None:
    """Where everything stands, by the daemon's word; None where there is no daemon."""
    try:
        for told in _talk(path, AskStatus(group=wishes().group, login=wishes().login)):
            if told["tell"] == "status":
                document: dict[str, Any] = told["document"]
                return document
    except _GoneError:
        pass
    return None


class _Following:
    """One question about runs, asked again by its tickets when the daemon was started anew meanwhile."""

    def __init__(self, path: Path, connection: str | None, *, personal: bool, back: float) -> None:
        self._back = back
        self._path, self._connection, self._personal = path, connection, personal
        self._about: tuple[str, ...] = ()
        self._tickets: dict[str, int] = {}
        self._actions: dict[str, list[Any]] = {}
        self._names: dict[str, list[str | None]] = {}
        self._ended: dict[str, Attempt] = {}

    def for_order(self, asked: dict[str, Any], wait: float) -> AskSync:
        """The question that starts runs."""
        self._about = ("--customer", asked["customer"]) if asked["customer"] is not None else ()
        order = AskedOrder(
            kind="full" if asked["full"] else None,
            customer=asked["customer"],
            dry_run=asked["dry_run"],
            approve=asked["approve"],
        )
        return AskSync(
            group=wishes().group,
            login=wishes().login,
            connection=self._connection,
            order=order,
            wait=wait,
            personal=self._personal,
        )

    def by_tickets(self) -> AskFollow:
        """The question about runs that are not answered yet; about whatever runs now, where there is none."""
        return AskFollow(
            group=wishes().group,
            login=wishes().login,
            connection=self._connection,
            tickets=tuple(ticket for name, ticket in self._tickets.items() if name not in self._ended),
            personal=self._personal,
        )

    def through(self, question: Ask) -> list[Attempt] | None:
        """Ask, and listen to the end."""
        try:
            with stages() as progress:
                return self._listened(question, progress)
        except (KeyboardInterrupt, TerminatedError):
            if self._tickets:
                note(f"The run goes on. Follow it: {self._again()}")
            raise

    def _command(self, name: str) -> tuple[str, ...]:
        """What was typed for one of the connections."""
        return ("sync", name, *self._about)

    def _again(self) -> str:
        names = [self._connection] if self._connection is not None else []
        return typed("sync", *names, "--follow")

    def _listened(self, question: Ask, progress: Progress) -> list[Attempt] | None:
        end = time.monotonic() + self._back
        while True:
            try:
                for told in _talk(self._path, question):
                    end = time.monotonic() + self._back
                    self._take(told, progress)
            except _GoneError as error:
                if not self._tickets:
                    return None
                if time.monotonic() >= end:
                    raise _gone() from error
                time.sleep(_PAUSE)
                question = self.by_tickets()
            else:
                return [replace(self._ended[name], command=self._command(name)) for name in sorted(self._ended)]

    def _take(self, told: Tell, progress: Progress) -> None:
        name = str(told.get("connection"))
        match told["tell"]:
            case "queued":
                self._tickets[name] = told["ticket"]
                self._actions[name], self._names[name] = [], []
            case "progress":
                progress(told["stage"], told["done"], told["total"])
            case "actions":
                self._actions.setdefault(name, []).extend(told["actions"])
                self._names.setdefault(name, []).extend(told["names"])
            case "ended":
                document = {**told["document"], "actions": self._actions.get(name, [])}
                from syncd.services.sync.attempts import Attempt

                names = tuple(self._names.get(name, []))
                self._ended[name] = Attempt(name, document, names, told["code"], told["open_conflicts"])
            case _:
                pass  # alive: nothing but a sign of life


def _talk(path: Path, question: Ask) -> Iterator[Tell]:
    """What the daemon answers. Raises ``_GoneError`` when it is not there, or goes before it has said all."""
    with closing(_connected(path)) as daemon:
        try:
            daemon.sendall(line_of(question))
            with daemon.makefile("rb") as answers:
                for line in answers:
                    told: Tell = json.loads(line)
                    if told["tell"] == "refused":
                        raise DaemonRefusedError(told)
                    if told["tell"] == "done":
                        return
                    yield told
        except (OSError, ValueError) as error:
            raise _GoneError from error
    raise _GoneError


def _connected(path: Path) -> socket.socket:
    daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    daemon.settimeout(SILENCE)
    try:
        daemon.connect(str(path))
    except PermissionError as error:
        daemon.close()
        raise _closed(path) from error
    except OSError as error:
        daemon.close()
        raise _GoneError from error
    return daemon


def _closed(path: Path) -> NotAllowedError:
    group = "its group"
    with suppress(OSError, KeyError):
        import grp

        group = f"the group {grp.getgrgid(path.stat().st_gid).gr_name}"
    return NotAllowedError(
        f"the daemon's socket {path} is closed to you", remedy=f"Ask to be added to {group}, then log in again."
    )


def _gone() -> TryLaterError:
    return TryLaterError(
        "the daemon has gone and does not come back",
        remedy="The order keeps its place in line: start the daemon, and it is carried out.",
        code="daemon_gone",
    )
