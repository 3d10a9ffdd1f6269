"""The outermost edge: whatever happens inside becomes a message, a remedy and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import click

from syncd.errors import SyncdError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

UNEXPECTED = 70
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
BROKEN_PIPE = 128 + signal.SIGPIPE


class TerminatedError(BaseException):
    """The system asked us to stop. Not an ``Exception``: nobody on the way may swallow it."""


class ReaderGoneError(Exception):
    """Whoever read our output has gone (`syncd customer list | head`)."""


def run_as_program(command: click.Command) -> int:
    """Run the command line and return its exit code; SIGTERM ends it like an interruption."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        command.main()
    except SystemExit as end:
        code = end.code
    return code if isinstance(code, int) else 0


def guarded(run: Callable[[], object]) -> int:
    """Run and return the exit code; what went wrong is on standard error."""
    try:
        result = run()
        sys.stdout.flush()
        code = result if isinstance(result, int) else 0
    except (BrokenPipeError, ReaderGoneError):
        code = _quiet()
    except SyncdError as error:
        code = _tell(error.message, error.remedy, error.exit_code)
    except click.ClickException as error:
        code = _wrong_use(error)
    except (KeyboardInterrupt, click.Abort):
        code = _tell("interrupted", None, INTERRUPTED)
    except TerminatedError:
        code = _tell("stopped", None, TERMINATED)
    except Exception as error:  # noqa: BLE001 - the one place: nobody above could explain it
        code = _unexpected(error)
    return code


def _tell(message: str, remedy: str | None, code: int) -> int:
    click.echo(message, err=True)
    if remedy:
        click.echo(f"Remedy: {remedy}", err=True)
    return code


def _wrong_use(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    remedy = f"See `{context.command_path} --help`." if context else "See `syncd --help`."
    if isinstance(error, click.NoSuchOption):
        remedy = f"Write -- before a value that begins with a dash. {remedy}"
    return _tell(error.format_message(), remedy, UsageError.exit_code)


def _unexpected(error: Exception) -> int:
    """A traceback may quote somebody's data, so only who asks for it gets it."""
    if os.environ.get("SYNCD_DEBUG"):
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = f"something unexpected happened ({type(error).__name__} in {place.name}, line {place.lineno})"
    return _tell(message, "Run it again with SYNCD_DEBUG=1 and report what it prints.", UNEXPECTED)


def _quiet() -> int:
    """Whoever read our output has gone; Python must not complain about it at exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _terminate(_signal: int, _frame: object) -> NoReturn:
    raise TerminatedError
