"""Everything a command prints: one JSON document or tables on standard output, the rest on standard error."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

PATIENCE = 2.0
"""Seconds before a progress bar appears."""

_ENDLESS = 100_000
"""A width at which a table into a file or pipe is never wrapped."""


class Advance(Protocol):
    """Tells a progress bar how far the work has come."""

    def __call__(self, done: float, total: float | None = None) -> None:
        """So much is done, of so much altogether where that is known."""
        ...


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(text)


def note(text: str) -> None:
    """Print a line beside the output."""
    click.echo(text, err=True)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; values are shown as they are, never as markup."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row))
    _console().print(table)


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line; nothing is left out by width."""
    known = [(name, shown(value)) for name, value in pairs]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        first, *more = value.split("\n")
        click.echo(f"{name:<{width}}  {first}".rstrip())
        for line in more:
            click.echo(f"{'':<{width}}  {line}")


def shown(value: object) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


@contextmanager
def progress(description: str, *, patience: float = PATIENCE) -> Iterator[Advance]:
    """Show a bar on standard error once the work takes longer than so many seconds, and only on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task(description, total=None)
    begun = time.monotonic()

    def advance(done: float, total: float | None = None) -> None:
        bar.update(task, completed=done, total=total)
        if time.monotonic() - begun > patience:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _ENDLESS, highlight=False)
