"""Runs as a small picture: one bar each, drawn on the server, with a table for those who do not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.web.pages.run_words import SIGNS, STATUSES, changes, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.ports.records import RunInfo
    from syncd.web.pages.words import Words

HEIGHT, DEPTH, STEP, BAR, _LOWEST = 48, 20, 12, 8, 4
"""In points: above the line, below it, from one run to the next, and a bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One run: where its bars stand, how it ended, and what it did.

    ``height`` is above the line, for what it changed; ``depth`` below it, for the conflicts it opened.
    """

    x: int
    height: int
    depth: int
    status: str
    label: str
    sign: str
    run_id: int
    when: str
    did: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The latest runs, oldest first; ``most`` of what one of them changed, and of the conflicts it opened."""

    width: int
    bars: tuple[Bar, ...]
    most: int
    most_conflicts: int


def run_chart(runs: Sequence[RunInfo], words: Words) -> Chart:
    """Draw runs, given newest first: a bar grows with the root of what it stands for, so that small ones show."""
    most = max((changes(run.counts) for run in runs), default=0)
    most_conflicts = max((_conflicts(run) for run in runs), default=0)
    bars = tuple(
        Bar(
            x=STEP * place,
            height=_LOWEST + round((HEIGHT - _LOWEST) * _share(changes(run.counts), most)),
            depth=round(DEPTH * _share(_conflicts(run), most_conflicts)),
            status=run.status,
            label=words.say(STATUSES.get(run.status, run.status)),
            sign=SIGNS.get(run.status, ""),
            run_id=run.id,
            when=words.moment(run.started_at),
            did=told(run, words),
        )
        for place, run in enumerate(reversed(runs))
    )
    return Chart(max(STEP * len(bars), STEP), bars, most, most_conflicts)


def _conflicts(run: RunInfo) -> int:
    return run.counts.get("conflicts_opened", 0)


def _share(number: int, most: int) -> float:
    return (number / most) ** 0.5 if most else 0.0
