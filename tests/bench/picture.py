"""`make bench-picture`: where the processor time of a run goes, by room, as a picture (docs/performance.svg)."""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.installation import Installation
from tests.bench.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable

Function = tuple[str, int, str]

ROOMS = {
    "/syncd/connectors/": ("fetching", "#4477aa"),
    "/httpx/": ("fetching", "#4477aa"),
    "/httpcore/": ("fetching", "#4477aa"),
    "/h11/": ("fetching", "#4477aa"),
    "/json/": ("JSON", "#66ccee"),
    "/syncd/mapping/": ("reading fields", "#228833"),
    "/syncd/values/": ("equality and marks", "#ccbb44"),
    "/phonenumbers/": ("equality and marks", "#ccbb44"),
    "/syncd/engine/": ("deciding", "#ee6677"),
    "/syncd/register/": ("the register's rules", "#aa3377"),
    "/syncd/services/": ("the run itself", "#bbbbbb"),
    "/syncd/store/": ("rows", "#997700"),
    "/sqlalchemy/": ("SQLAlchemy", "#004488"),
}
"""Rooms by a part of the file's name; the first that fits."""
DATABASE, OTHERS = ("SQLite", "#000000"), ("others", "#dddddd")
BAR, WIDTH, LEFT, LINE = 28, 560, 200, 18


def main() -> None:
    """Measure three kinds of runs, and draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.picture", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--output", type=Path, default=Path("docs/performance.svg"), metavar="FILE")
    wishes = parser.parse_args()
    with Server() as server, tempfile.TemporaryDirectory(prefix="syncd-bench-") as directory:
        server.control("POST", "populate", {"customers": wishes.customers})
        with closing(Installation(Path(directory), server.url)) as installation:
            installation.connect_anew(server.refresh_token())
            kinds = {"first import": True, "full, nothing changed": True, "incremental, nothing changed": False}
            bars = {name: _shares(installation, full=full) for name, full in kinds.items()}
    wishes.output.write_text(drawn(bars) + "\n")
    print(f"{wishes.output} is drawn.")


def _shares(installation: Installation, *, full: bool) -> Counter[tuple[str, str]]:
    runner = installation.runner()
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    installation.run(runner, full=full)
    profile.disable()
    return by_room(pstats.Stats(profile).stats)  # type: ignore[attr-defined]  # the table that pstats prints


def by_room(
    stats: dict[Function, tuple[int, int, float, float, dict[Function, tuple[int, int, float, float]]]],
) -> Counter[tuple[str, str]]:
    """The time spent in each room; what is built into Python counts for whoever calls it."""
    spent: Counter[tuple[str, str]] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] != "~" or "sqlite3" in function[2]:
            spent[_room(function)] += own  # type: ignore[assignment]  # seconds
        else:
            for caller, (_, _, part, _) in callers.items():
                spent[_room(caller)] += part  # type: ignore[assignment]  # same
    return spent


def _room(function: Function) -> tuple[str, str]:
    file, _, name = function
    if "sqlite3" in name:
        return DATABASE
    return next((room for part, room in ROOMS.items() if part in file), OTHERS)


def drawn(bars: dict[str, Counter[tuple[str, str]]]) -> str:
    """A bar per kind of run, and below what the colours mean."""
    rooms = [*dict.fromkeys(ROOMS.values()), DATABASE, OTHERS]
    lines = [
        line for at, (name, spent) in enumerate(bars.items()) for line in _bar(at * (BAR + 10), name, spent, rooms)
    ]
    lines += _legend(len(bars) * (BAR + 10) + 10, rooms)
    height = len(bars) * (BAR + 10) + 10 + LINE * ((len(rooms) + 3) // 4)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH} {height}" font-size="12"'
    return "\n".join([f'{head} font-family="sans-serif">', *lines, "</svg>"])


def _bar(top: int, name: str, spent: Counter[tuple[str, str]], rooms: Iterable[tuple[str, str]]) -> list[str]:
    total, left = sum(spent.values()), float(LEFT)
    lines = [f'<text x="0" y="{top + BAR - 9}">{name}</text>']
    for room, colour in rooms:
        width = WIDTH * spent[room, colour] / total
        title = f"<title>{room}: {spent[room, colour] / total:.0%}</title>"
        lines.append(
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}">{title}</rect>'
        )
        left += width
    return lines


def _legend(top: int, rooms: Iterable[tuple[str, str]]) -> list[str]:
    lines = []
    for at, (room, colour) in enumerate(rooms):
        x, y = (at % 4) * (LEFT + WIDTH) // 4, top + at // 4 * LINE
        lines.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colour}"/>')
        lines.append(f'<text x="{x + 17}" y="{y + 11}">{room}</text>')
    return lines


if __name__ == "__main__":
    main()
