"""`syncd demo`: tells the story on the terminal, with this very command line typing its commands."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.output import progress, say
from syncd.cli.root import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LEAST = 20


@click.command(cls=Command)
@click.option(
    "--directory", type=click.Path(path_type=Path), metavar="DIR", help="Where it lives; a new one by default."
)
@click.option("--customers", type=click.IntRange(min=_LEAST), default=40, show_default=True, help="How many there are.")
def demo(*, directory: Path | None, customers: int) -> None:
    """Tell a whole story: two sides, a dry run, edits on both sides, conflicts, and everything in step."""
    from syncd.demo import tell_story
    from syncd.demo.place import prepared

    tell_story(OnTheTerminal(), prepared(directory), customers)


class OnTheTerminal:
    """Prints the story and types its commands."""

    def heading(self, text: str) -> None:
        """Begin a chapter."""
        say(f"\n=== {text} ===\n")

    def tell(self, text: str) -> None:
        """Tell what happens."""
        say(text)

    def run(self, *words: str) -> int:
        """Show a command as it is typed, carry it out, and return its exit code."""
        from syncd.cli import cli

        say(f"\n$ {shlex.join(['syncd', *words])}")
        code: object = 0
        try:
            cli.main(list(words))
        except SystemExit as end:
            code = end.code
        say("")
        return code if isinstance(code, int) else 0

    @contextmanager
    def progress(self, description: str) -> Iterator[Callable[[float, float], object]]:
        """Show how far something has come that takes a while."""
        with progress(description) as advance:
            yield advance
