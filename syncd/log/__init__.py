"""Logging, set up once: every logger's events go through one chain to standard error, or to systemd's journal.

Events are ``noun.verb`` with keys; nothing personal belongs there. What slips in all the same (a library's URL, an
error's text) is masked by the last processor before the renderer.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import structlog
from typing_extensions import override

from syncd.log import journal

if TYPE_CHECKING:
    from pathlib import Path

    from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["auto", "console", "json", "journal"]

HIDDEN = "[hidden]"
_SECRET_KEY = re.compile(
    r"(?i)authorization|cookie|password|passwd|secret|token|credential|api[_-]?key|(?:^|[_-])code_verifier$|^raw$"
)
_HARMLESS_KEYS = frozenset({"token_expires_at", "token_expires_in", "secret_file", "client_secret_file"})
# Each pattern takes time in proportion to the text: runs are bounded, or begin where no other can.
_SECRETS = (
    re.compile(r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]+"),
    re.compile(
        r"""(?ix) ((?:access_token|refresh_token|id_token|token|client_secret|password|code_verifier|secret
        |api[_-]?key|authorization|x-[\w-]{0,40}(?:token|key|secret)) ["']? \s* (?:=|:) \s* b?["']?)
        (?!\s|(?:bearer|basic)\b) [^\s&"',;)}\]]+"""
    ),
    re.compile(r"([?&](?:code|state)=)[^\s&\"']+"),
    re.compile(r"()\bsyncd_[0-9a-f]{12}_[0-9a-f]{40}"),
    re.compile(r"()\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*"),
    re.compile(r"(://[^\s:/@]{0,256}:)[^\s@]{1,256}(?=@)"),
)
_MAIL = re.compile(r"([\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+)|[\w.!#$%&'*+/=?^`{|}~-]+")
"""An address, else a word without one: stepped over whole, a long one is not begun anew at each of its letters."""

_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])((?:SE)?(?:16|18|19|20)?[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2})([ +–-]?)[0-9]{4}(?=(?:01)?(?![0-9]))"
)
_COORDINATION = 60
_LAST_DAY = 31


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask tokens, passwords, mail addresses and personal identity numbers anywhere in an event."""
    return {key: _redacted(key, value) for key, value in event.items()}


def redacted(text: str) -> str:
    """Return a text with everything masked that must not be in a log."""
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{HIDDEN}", text)
    return _PERSONAL.sub(_masked, _MAIL.sub(_without_address, text))


def set_up(level: str = "info", form: Format = "auto", *, journald: Path = journal.SOCKET) -> None:
    """Send everything to standard error: for people on a terminal, to the journal under systemd, else as JSON lines.

    Safe to repeat.
    """
    native = form == "journal" or (form == "auto" and journal.is_ours())
    renderer = _renderer("json" if native else form)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Journal(journald) if native else _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    _route(handler, level)


def _route(handler: logging.Handler, level: str) -> None:
    """Ours at the wished level; everybody else only warns, because others log URLs, parameters and jobs."""
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("syncd").setLevel(level.upper())
    logging.captureWarnings(capture=True)


def _renderer(form: Format) -> Processor:
    if form == "console" or (form == "auto" and sys.stderr.isatty()):
        return structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def _redacted(key: str, value: Any) -> Any:  # noqa: ANN401 - whatever was logged
    if _SECRET_KEY.search(key) and key not in _HARMLESS_KEYS and not isinstance(value, bool):
        return value if value is None else HIDDEN
    match value:
        case bool() | float() | None:
            return value
        case dict():
            return {redacted(str(name)): _redacted(str(name), inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(key, inner) for inner in value]
        case _:
            text = redacted(str(value))
            return value if isinstance(value, int) and text == str(value) else text


def _without_address(found: re.Match[str]) -> str:
    return "[mail address]" if found[1] else found[0]


def _masked(found: re.Match[str]) -> str:
    day = int(found[1][-2:])
    day -= _COORDINATION if day > _COORDINATION else 0
    return f"{found[1]}{found[2]}****" if 1 <= day <= _LAST_DAY else found[0]


class _StandardError(logging.Handler):
    """Writes to whatever standard error is at the moment of writing.

    A line that cannot be written must never stop a run, nor show its arguments.
    """

    @override
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError, TypeError, KeyError):
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()


class _Journal(logging.Handler):
    """Hands events to systemd's journal; what it does not take goes to standard error."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @override
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(ValueError, TypeError, KeyError):
            line = self.format(record)
            try:
                journal.send(line, self._path)
            except OSError:
                with suppress(OSError):
                    sys.stderr.write(f"{line}\n")
                    sys.stderr.flush()
