"""Every operation, by everybody, on every customer, through every way in; a hidden customer is an unknown one."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from syncd.register.access import Verb
from syncd.store.database import Database
from syncd.store.shelf import FileShelf
from syncd.web.api.application import document
from tests.access.entries import REFUSED, THROUGH, CommandLine, Services
from tests.access.operations import MINE, NOBODY, OPERATIONS, OTHER
from tests.access.programs import ASKED, REQUESTS, Programs
from tests.access.rules import needed
from tests.access.world import EVERYBODY, MARKS, SECRET
from tests.conftest import TickingClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.access.entries import Entry
    from tests.access.operations import Operation
    from tests.access.world import Somebody
    from tests.cli.conftest import Shell

WHOLE = bool(os.environ.get("SYNCD_SOAK"))


@pytest.fixture
def services(inhabited: Path, tmp_path: Path, clock: TickingClock) -> Iterator[Services]:
    shutil.copy2(inhabited / "syncd.db", tmp_path / "matrix.db")
    database = Database(f"sqlite:///{tmp_path / 'matrix.db'}")
    shutil.copytree(inhabited / "files", tmp_path / "files")
    yield Services(database, FileShelf(tmp_path / "files"), clock)
    database.close()


@pytest.fixture
def command_line(empty_shell: Shell, inhabited: Path, tmp_path: Path) -> CommandLine:
    shutil.copytree(inhabited, tmp_path, dirs_exist_ok=True)
    return CommandLine(empty_shell, inhabited, tmp_path)


@pytest.fixture(scope="module")
def programs(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    directory = tmp_path_factory.mktemp("programs")
    shutil.copy2(inhabited / "syncd.db", directory)
    database = Database(f"sqlite:///{directory / 'syncd.db'}")
    made = Programs(database, inhabited / "files", directory / "files", TickingClock())
    yield made
    made.close()
    database.close()


def _asked(entry: Entry, operation: Operation, who: Somebody) -> None:
    """Ask about a customer of one's own, another one, and one that does not exist; judge what comes of it."""
    targets = (MINE, OTHER) if operation.of_customer else (MINE,)
    unknown = entry.attempt(operation, who.login, NOBODY).about(NOBODY) if operation.of_customer else None
    for target in targets:
        outcome = entry.attempt(operation, who.login, target)
        if unknown is not None and not who.sees(target):
            assert outcome.about(target) == unknown, "a hidden customer is answered like one that does not exist"
        else:
            assert outcome.verdict == (THROUGH if who.may(operation, target) else REFUSED), outcome.said
        _nothing_leaks(outcome.said, who)


def _nothing_leaks(said: str, who: Somebody) -> None:
    for target, mark in MARKS.items():
        assert who.sees(target) or mark not in said, "what is said tells of a hidden customer"
    assert who.of is None or SECRET not in said, "a comment or hidden field reached a customer user"


def _telling(operation: Operation) -> list[Somebody]:
    """Those whose every right has to do with it, or lets see; and the customer users with most and least."""
    about = needed(operation.verbs) | {"view", "view_only_assigned"}
    insiders = [one for one in EVERYBODY if one.of is None and one.permissions <= about]
    outsiders = [one for one in EVERYBODY if one.of is not None]
    return [
        *insiders,
        max(outsiders, key=lambda one: len(one.permissions)),
        min(outsiders, key=lambda one: len(one.permissions)),
    ]


def test_every_verb_is_asked_for_somewhere() -> None:
    """A verb that nothing asks for protects nothing."""
    assert {verb for one in OPERATIONS for verb in one.verbs} == {verb.name for verb in Verb}


@pytest.mark.soak
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.typed)
def test_services_let_through_who_may(services: Services, operation: Operation) -> None:
    for who in EVERYBODY if WHOLE else _telling(operation):
        _asked(services, operation, who)


@pytest.mark.soak
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.typed)
def test_the_command_line_lets_through_who_may(command_line: CommandLine, operation: Operation) -> None:
    for who in EVERYBODY if WHOLE else _pair(operation, OPERATIONS.index(operation)):
        _asked(command_line, operation, who)


def _pair(operation: Operation, turn: int) -> list[Somebody]:
    """One who may and one who may not, another pair for each operation."""
    asked = _telling(operation)
    may = [one for one in asked if one.may(operation, MINE) and (one.sees(MINE) or not operation.of_customer)]
    rest = [one for one in asked if one not in may]
    return [may[turn % len(may)], rest[turn % len(rest)]]


def test_every_address_of_the_api_is_asked_for() -> None:
    """An address that nobody judges could be open to everybody."""
    judged = {(one.verb.lower(), one.path.partition("?")[0]) for one in REQUESTS.values()}
    known = [(path.removeprefix("/v1"), set(verbs)) for path, verbs in document()["paths"].items()]
    patterns = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), verbs) for path, verbs in known]
    unjudged = {
        (verb, pattern.pattern)
        for pattern, verbs in patterns
        for verb in verbs
        if not any(verb == asked and pattern.fullmatch(path) for asked, path in judged)
    }
    assert unjudged == set()


@pytest.mark.soak
@pytest.mark.parametrize("operation", ASKED, ids=lambda one: one.typed)
def test_the_api_lets_through_who_may(programs: Programs, operation: Operation) -> None:
    """A hidden customer answers like one that does not exist, header for header."""
    one_sided = [one for one in EVERYBODY if one.permissions == {"view_only_assigned"} and one.of is None]
    for who in EVERYBODY if WHOLE else [*one_sided, *_pair(operation, ASKED.index(operation))]:
        _asked(programs, operation, who)
