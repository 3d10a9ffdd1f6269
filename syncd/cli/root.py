"""The frame of every command: loaded on demand, global options before or after its name, errors with a remedy."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from typing_extensions import override

from syncd.cli.edge import ReaderGoneError, guarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")


class Wishes:
    """What the global options say, wherever they stood on the line. The last one counts."""

    def __init__(self) -> None:
        self.config: Path | None = None
        self.group: str | None = None
        self.login: str | None = None


def wishes() -> Wishes:
    """Return the global options of the running command."""
    return click.get_current_context().ensure_object(Wishes)


def global_options(*, hidden: bool = False) -> list[click.Parameter]:
    """Return the options that every command takes."""
    return [
        _remembered(
            "config", hidden=hidden, type=click.Path(path_type=Path), metavar="FILE", help="The configuration file."
        ),
        _remembered("group", hidden=hidden, metavar="NAME", help="The group; not needed where there is one."),
        _remembered("as", hidden=hidden, metavar="LOGIN", help="Act with this user's rights."),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            hidden=hidden,
            callback=_version,
            help="Show the version.",
        ),
    ]


class Command(click.Command):
    """A command that takes the global options after its name as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **kwargs)
        _add_global_options(self)


class CommandGroup(click.Group):
    """Commands under one name."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **kwargs)
        _add_global_options(self)


class Root(click.Group):
    """The whole command line. Commands are imported when they are used."""

    def __init__(self, name: str, commands: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(name, **kwargs)
        self._places = commands

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._places)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        module, attribute = self._places[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table names commands
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name every command without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._places.items()])

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the command line; help is printed here."""
        with _told_apart():
            return super().make_context(*args, **kwargs)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _told_apart():
            return super().invoke(ctx)

    @override
    def main(self, *args: Any, standalone_mode: bool = True, **kwargs: Any) -> Any:
        """Run a command; errors become a message, a remedy and an exit code."""
        run = partial(super().main, *args, **{"prog_name": "syncd", **kwargs}, standalone_mode=False)
        if not standalone_mode:
            return run()
        raise SystemExit(guarded(run))


@contextmanager
def _told_apart() -> Iterator[None]:
    """Click would answer a reader that has gone with exit code 1, which means something else here."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError from error


def _remembered(name: str, **kwargs: Any) -> click.Option:  # noqa: ANN401 - click's own
    """An option whose value is kept with the running command instead of being handed to it."""
    return click.Option([f"--{name}", f"global_{name}"], expose_value=False, callback=_remember, **kwargs)


def _remember(context: click.Context, option: click.Parameter, value: T | None) -> T | None:
    if isinstance(value, str) and not value.isprintable():
        raise click.BadParameter("it holds an unprintable character", context, option)
    if value is not None:
        attribute = {"global_as": "login"}.get(str(option.name), str(option.name).removeprefix("global_"))
        setattr(context.ensure_object(Wishes), attribute, value)
    return value


def _version(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from syncd import __version__

        click.echo(f"syncd {__version__}")
        context.exit()


def _add_global_options(command: click.Command) -> None:
    own = {name for option in command.params for name in option.opts}
    command.params += [option for option in global_options(hidden=True) if own.isdisjoint(option.opts)]
