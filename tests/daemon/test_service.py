"""The service from start to end."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from syncd.daemon.alone import Alone
from syncd.daemon.service import Service
from syncd.daemon.systemd import Notifier
from syncd.errors import ConfigurationError, LockedError, TryLaterError
from syncd.log import set_up
from tests.daemon.listening import Listener
from tests.daemon.waiting import LONG, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syncd.store.uow import Store

pytestmark = pytest.mark.usefixtures("own_logging")


@dataclass
class Stage:
    """What parts did, in order."""

    done: list[str] = field(default_factory=list)
    wrong: dict[str, Exception] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        return Part(self, name)

    def do(self, what: str) -> None:
        self.done.append(what)
        if what in self.wrong:
            raise self.wrong[what]


@dataclass
class Part:
    stage: Stage
    name: str

    def start(self) -> None:
        self.stage.do(f"start {self.name}")

    def stop(self) -> None:
        self.stage.do(f"stop {self.name}")


@dataclass
class _Asking:
    """Asks at each step."""

    ask: Callable[[], object]

    name = "asking"

    def start(self) -> None:
        self.ask()

    def stop(self) -> None:
        self.ask()


@pytest.fixture
def systemd() -> Iterator[Listener]:
    with Listener() as made:
        yield made


def service(stage: Stage, systemd: Listener) -> Service:
    parts = [stage.part(name) for name in ("one", "two", "three")]
    return Service(parts, Notifier(systemd.environment), lambda: stage.do("reload"))


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_parts_start_in_order_and_stop_in_reverse(systemd: Listener) -> None:
    """Systemd hears when all of them are ready, and when the first begins to stop."""
    stage = Stage()
    running = service(stage, systemd)
    running.words.put("stop")
    running.run()
    assert stage.done == ["start one", "start two", "start three", "stop three", "stop two", "stop one"]
    assert systemd.heard() == "READY=1"
    assert systemd.heard().startswith("STOPPING=1")


def test_what_takes_long_is_told_to_end_before_the_first_part_stops(systemd: Listener) -> None:
    """Runs drain while HTTP and socket are being closed."""
    seen: list[bool] = []
    running = service(Stage(), systemd)
    running.parts = [_Asking(lambda: seen.append(running.stopping.is_set()))]
    running.words.put("stop")
    running.run()
    assert seen == [False, True]


def test_a_part_that_cannot_start_keeps_the_service_from_being_ready(systemd: Listener) -> None:
    """What had started is stopped, and what is wrong is told."""
    stage = Stage(wrong={"start two": ConfigurationError("no such file")})
    with pytest.raises(ConfigurationError, match="no such file"):
        service(stage, systemd).run()
    assert stage.done == ["start one", "start two", "stop two", "stop one"]


def test_a_part_that_cannot_stop_does_not_hold_the_others_up(
    systemd: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("info", "json")
    stage = Stage(wrong={"stop three": ValueError("811228-9874")})
    running = service(stage, systemd)
    running.words.put("stop")
    running.run()
    assert stage.done[-2:] == ["stop two", "stop one"]
    lines = told(capsys)
    assert [line["event"] for line in lines] == ["daemon.ready", "daemon.stopping", "part.broken", "daemon.stopped"]
    assert "811228-9874" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("wrong", "event"),
    [
        (None, "config.reloaded"),
        (ConfigurationError("syncd.toml:3: port: is no number"), "config.refused"),
        (TryLaterError("the database is away"), "reload.failed"),
    ],
)
def test_a_reload_goes_on_whatever_it_meets(
    systemd: Listener, capsys: pytest.CaptureFixture[str], wrong: Exception | None, event: str
) -> None:
    """And systemd is never left waiting for its end."""
    set_up("info", "json")
    stage = Stage(wrong={"reload": wrong} if wrong else {})
    running = service(stage, systemd)
    running.words.put("reload")
    running.words.put("stop")
    running.run()
    assert systemd.heard() == "READY=1"
    assert systemd.heard().startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert systemd.heard() == "READY=1"
    assert event in [line["event"] for line in told(capsys)]


def test_signals_are_words_and_mean_afterwards_what_they_meant_before(systemd: Listener) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    stage = Stage()
    running = service(stage, systemd)

    def people() -> None:
        until(lambda: "start three" in stage.done)
        os.kill(os.getpid(), signal.SIGHUP)
        until(lambda: "reload" in stage.done)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=people)
    thread.start()
    running.run()
    thread.join(LONG)
    assert "reload" in stage.done
    assert {number: signal.getsignal(number) for number in before} == before


def test_a_second_daemon_on_a_database_is_turned_away(store: Store) -> None:
    """Until the first one has gone, however it went."""
    first, second = Alone(store, 0), Alone(store, 0)
    first.start()
    with pytest.raises(LockedError, match="another daemon works on this database") as refused:
        second.start()
    second.stop()
    assert (refused.value.code, refused.value.exit_code) == ("second_daemon", 5)
    first.stop()
    second.start()
    second.stop()
