"""What answers over HTTP, put together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from syncd.bootstrap import default_directions, now
from syncd.services.connections import led_by_accounting
from syncd.store.vault import Vault
from syncd.web.api.application import application
from syncd.web.api.house import House

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from syncd.bootstrap import App


def api(app: App) -> ASGIApp:
    """The JSON API."""
    return application(
        House(
            store=app.store,
            clock=now,
            seconds=time.monotonic,
            sealer=Vault.from_file(app.settings.secret_key_file),
            led=led_by_accounting(app.store, default_directions),
        )
    )
