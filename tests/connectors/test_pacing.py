"""How long syncd waits before it asks again, and when it stops waiting."""

from __future__ import annotations

import threading
import time

import pytest

from syncd.connectors.pacing import UNTOLD, Pacing, Patience, told_wait
from syncd.connectors.retry import Retry, never, pause
from syncd.errors import StopError, TryLaterError
from tests.connectors.visma import Told


def test_the_vendors_limit_is_never_reached() -> None:
    """Of 600 allowed requests 570 go out in a minute; the next one waits."""
    pacing, stop = Pacing(600), Told(after=1)
    for _ in range(570):
        pacing.turn("customers", stop, Patience())
    assert stop.waits == []
    with pytest.raises(StopError):
        pacing.turn("customers", stop, Patience())
    assert 55 < stop.waits[0] <= 60.01


def test_each_endpoint_has_its_own_pace() -> None:
    """Reading many orders does not hold up the customers."""
    pacing, stop = Pacing(2), Told()
    pacing.turn("customers", stop, Patience())
    pacing.turn("orders", stop, Patience())
    assert stop.waits == []


def test_a_pause_the_vendor_asks_for_is_kept_by_everybody() -> None:
    """After a refusal no thread asks that endpoint before the time is over."""
    pacing, started, stop = Pacing(600), time.monotonic(), Told()
    pacing.hold("customers", 0.2)
    pacing.hold("customers", 0.1)
    pacing.turn("orders", stop, Patience())
    assert stop.waits == []
    pacing.turn("customers", never(), Patience())
    assert time.monotonic() - started >= 0.2


def test_patience_ends() -> None:
    """A run does not hang for hours on a vendor that lets nobody in."""
    patience, stop = Patience(10.0), Told()
    patience.spend(6.0, stop)
    with pytest.raises(TryLaterError):
        patience.spend(6.0, stop)
    assert stop.waits == [6.0]


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({"retry-after": "7"}, "Try again in 55 seconds.", 7.0),
        ({}, '{"DeveloperErrorMessage":"API calls quota exceeded! Try again in 55 seconds."}', 55.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "try again in 2.5 seconds", 2.5),
        ({}, "no", UNTOLD),
        ({"retry-after": "0"}, "", 1.0),
    ],
)
def test_the_vendor_says_how_long(headers: dict[str, str], text: str, seconds: float) -> None:
    """By header, else in the text of the refusal, else nobody knows."""
    assert told_wait(headers, text) == seconds


def test_waiting_ends_at_once_when_the_program_stops() -> None:
    """A stop signal during a long wait is heard."""
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    started = time.monotonic()
    with pytest.raises(StopError) as caught:
        pause(stop, 30.0)
    assert caught.value.code == "interrupted"
    assert time.monotonic() - started < 20.0


def test_a_passing_failure_is_tried_again() -> None:
    """Three failures and a success are a success."""
    left, stop = [1, 2, 3], Told()

    def act() -> str:
        if left:
            raise KeyError(left.pop())
        return "done"

    assert Retry(attempts=4, first=0.5, longest=4.0).run(act, (KeyError,), stop) == "done"
    assert len(stop.waits) == 3
    assert 0.5 <= stop.waits[0] <= 0.75
    assert stop.waits[0] < stop.waits[1] < stop.waits[2] <= 4.0


def test_the_last_failure_comes_out_as_it_was() -> None:
    """What finally stopped the attempts is what is reported; other errors are not repeated."""
    calls = []

    def act() -> None:
        calls.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        Retry(attempts=3).run(act, (KeyError,), Told())
    assert len(calls) == 3
    with pytest.raises(KeyError):
        Retry(attempts=3).run(act, (ValueError,), Told())
    assert len(calls) == 4
