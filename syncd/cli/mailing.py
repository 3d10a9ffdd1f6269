"""Sending what a command has queued, once its answer is printed. Whatever becomes of it, the command is done."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from syncd.errors import SyncdError

if TYPE_CHECKING:
    from syncd.bootstrap import App

_SECONDS = 5.0
"""For how long a command that has done its work goes on with mails; a later one sends the rest."""


def send_queued(app: App) -> None:
    """Send what is due, briefly, where there is a mail server."""
    if app.settings.mail.host is None:
        return
    sys.stdout.flush()
    with suppress(SyncdError):
        app.mailer(hurry=True).deliver_due(most_seconds=_SECONDS)


def send_queued_apart() -> None:
    """The same for a command that has closed the database already."""
    from syncd.bootstrap import App
    from syncd.cli.context import settings

    app = App(settings())
    if app.settings.mail.host is not None:
        try:
            send_queued(app)
        finally:
            app.store.database.close()
