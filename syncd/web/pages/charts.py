"""Runs as a small picture: one bar each, drawn on the server, with a table for those who do not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.web.pages.run_words import SIGNS, STATUSES, changes, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.ports.records import RunInfo
    from syncd.web.pages.words import Words

HEIGHT, STEP, BAR, _LOWEST = 48, 12, 8, 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One run: where its bar stands and how high, how it ended, and what it did."""

    x: int
    height: int
    status: str
    label: str
    sign: str
    run_id: int
    when: str
    did: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The latest runs, oldest first."""

    width: int
    bars: tuple[Bar, ...]


def run_chart(runs: Sequence[RunInfo], words: Words) -> Chart:
    """Draw runs, given newest first: a bar's height grows with the root of what changed, so that small ones show."""
    most = max((changes(run.counts) for run in runs), default=0)
    bars = tuple(
        Bar(
            x=STEP * place,
            height=_height(changes(run.counts), most),
            status=run.status,
            label=words.say(STATUSES.get(run.status, run.status)),
            sign=SIGNS.get(run.status, ""),
            run_id=run.id,
            when=words.moment(run.started_at),
            did=told(run, words),
        )
        for place, run in enumerate(reversed(runs))
    )
    return Chart(max(STEP * len(bars), STEP), bars)


def _height(number: int, most: int) -> int:
    share = (number / most) ** 0.5 if most else 0.0
    return _LOWEST + round((HEIGHT - _LOWEST) * share)
