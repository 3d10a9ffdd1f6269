"""Signs of life, and what happens without them."""

from __future__ import annotations

import threading

from syncd.daemon.heartbeat import SLOWEST, Heartbeat
from syncd.daemon.pulse import Pulse, WatchedStop
from syncd.daemon.systemd import Notifier
from tests.daemon.listening import Listener


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_shows_up_in_time_is_never_late() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    for _ in range(5):
        pulse.beat("run", 10)
        seconds.now += 9
        assert pulse.late() == ()
    seconds.now += 2
    assert pulse.late() == ("run",)


def test_who_has_done_the_work_is_not_waited_for() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    pulse.beat("run", 10)
    pulse.rest("run")
    pulse.rest("run")
    seconds.now += 1000
    assert pulse.late() == ()


def test_a_run_that_looks_whether_to_stop_is_alive_and_one_that_waits_says_how_long() -> None:
    """A vendor that asks for five minutes does not make the run look stuck."""
    beats: list[float] = []
    stop = threading.Event()
    watched = WatchedStop(stop, beats.append)
    assert not watched.is_set()
    assert not watched.wait(0.001)
    stop.set()
    assert watched.is_set()
    assert watched.wait(300)
    assert watched.wait()
    assert beats == [0.0, 0.001, 0.0, 300, 0.0]


def test_the_watchdog_is_fed_as_long_as_everybody_shows_up() -> None:
    """And no longer: a run that is stuck gets the whole daemon started again."""
    seconds = Seconds()
    pulse = Pulse(seconds)
    with Listener() as systemd:
        heartbeat = Heartbeat(pulse, Notifier(systemd.environment), lambda: "1 running")
        pulse.beat("run of visma", 30)
        heartbeat.beat()
        assert systemd.heard() == "WATCHDOG=1\nSTATUS=1 running"
        seconds.now += 31
        heartbeat.beat()
        assert systemd.heard() == "STATUS=Stuck: run of visma"
        pulse.rest("run of visma")
        heartbeat.beat()
        assert systemd.heard() == "WATCHDOG=1\nSTATUS=1 running"


def test_a_schedule_that_no_longer_comes_round_is_late_itself() -> None:
    """Whoever asks from outside (a health check) hears of it."""
    seconds = Seconds()
    pulse = Pulse(seconds)
    heartbeat = Heartbeat(pulse, Notifier({}), str)
    heartbeat.beat()
    seconds.now += SLOWEST * 5
    assert pulse.late() == ()
    seconds.now += SLOWEST * 2
    assert pulse.late() == ("schedule",)


def test_the_heart_beats_several_times_in_the_watchdogs_time() -> None:
    assert Heartbeat(Pulse(Seconds()), Notifier({"WATCHDOG_USEC": "8000000"}), str).every == 2
    assert Heartbeat(Pulse(Seconds()), Notifier({"WATCHDOG_USEC": "900000000"}), str).every == SLOWEST
    assert Heartbeat(Pulse(Seconds()), Notifier({}), str).every == SLOWEST
