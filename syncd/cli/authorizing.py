"""Consent for a connection: in a browser, or by a refresh token that somebody has already."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import closing
from typing import TYPE_CHECKING

from syncd.cli.output import note, say
from syncd.cli.redirect import PATIENCE, Redirect
from syncd.errors import RefusedError
from syncd.services import connections

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.cli.application import Session
    from syncd.connectors.oauth import OAuth
    from syncd.ports.records import ConnectionInfo
    from syncd.values.tokens import Tokens


def with_refresh_token(session: Session, connection: ConnectionInfo, file: Path) -> ConnectionInfo:
    """Authorize by the refresh token in a file, or on standard input for ``-``."""
    token = _first_line(file)
    with closing(session.app.authorizer(connection.system)) as authorizer:
        tokens = authorizer.refresh(token)
    return _finish(session, connection, tokens)


def _first_line(file: Path) -> str:
    try:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RefusedError(f"{file} cannot be read: {reason}.", remedy="Check its name and rights.") from None
    token = text.strip().partition("\n")[0].strip()
    if not token:
        raise RefusedError("There is no refresh token.", remedy="Put it on the first line of the file.")
    return token


def in_browser(
    session: Session, connection: ConnectionInfo, port: int, *, browser: bool, patience: float = PATIENCE
) -> ConnectionInfo:
    """Authorize by the consent of a person, who may take so many seconds."""
    with closing(session.app.authorizer(connection.system)) as authorizer, Redirect(port, patience) as redirect:
        tokens = _consent(authorizer, redirect, browser=browser)
    return _finish(session, connection, tokens)


def _consent(authorizer: OAuth, redirect: Redirect, *, browser: bool) -> Tokens:
    consent = authorizer.begin(redirect.address)
    note("Open this address, log in and choose the company. Keep this command running meanwhile.")
    say(consent.url)
    note("If the browser cannot come back to this machine, paste the address it ended on here.")
    if browser and _has_browser():
        webbrowser.open(consent.url)
    return authorizer.finish(consent, redirect.wait(consent.state))


def _has_browser() -> bool:
    """Whether a window can be opened before somebody's eyes."""
    return sys.stdout.isatty() and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _finish(session: Session, connection: ConnectionInfo, tokens: Tokens) -> ConnectionInfo:
    return connections.authorize(session.store, session.actor, connection, tokens, session.app.connect)
