"""What answers over HTTP, put together."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syncd.bootstrap import capabilities, default_directions, now, secret_in
from syncd.services.connections import led_by_accounting
from syncd.services.consents import Consents
from syncd.services.logins.sessions import Limits
from syncd.store.vault import Vault
from syncd.web.api.application import application
from syncd.web.api.house import House
from syncd.web.pages.application import console
from syncd.web.pages.house import House as PagesHouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from syncd.bootstrap import App
    from syncd.daemon.workers import Stage, Workers
    from syncd.services.logins.elsewhere import Elsewhere
    from syncd.settings import Settings


def api(app: App, workers: Workers, standing: Callable[[int], dict[str, Any]]) -> ASGIApp:
    """The JSON API: runs go through the same line and the same workers as every other order."""
    return application(
        House(
            store=app.store,
            queue=app.queue,
            clock=now,
            seconds=time.monotonic,
            sealer=Vault.from_file(app.settings.secret_key_file),
            led=led_by_accounting(app.store, default_directions),
            holds=capabilities,
            standing=standing,
            wake=workers.wake,
            shelf=app.shelf,
            rules=app.file_rules,
        )
    )


def pages(app: App, workers: Workers, standing: Callable[[int], dict[str, Any]]) -> ASGIApp:
    """The console: runs go through the same line and the same workers as every other order."""

    def stage(connection_id: int) -> Stage | None:
        busy = workers.busy().get(connection_id)
        return busy.stage if busy is not None else None

    return console(
        PagesHouse(
            store=app.store,
            queue=app.queue,
            clock=now,
            standing=standing,
            stage=stage,
            wake=workers.wake,
            holds=capabilities,
            led=led_by_accounting(app.store, default_directions),
            shelf=app.shelf,
            rules=app.file_rules,
            connect=app.connect,
            consents=Consents(app.store, app.authorizer, app.connect, now),
            limits=limits(app.settings),
            public_url=app.settings.web.public_url,
            elsewhere=elsewhere(app.settings),
            sealer=Vault.from_file(app.settings.secret_key_file),
            time_zone=app.settings.schedule.time_zone,
        )
    )


def elsewhere(settings: Settings) -> Elsewhere | None:
    """The company's own login service, if there is one."""
    section = settings.oidc
    if section.issuer is None or section.client_id is None:
        return None
    from syncd.connectors.oidc import Provider, Registration
    from syncd.services.logins.elsewhere import Elsewhere, Rules

    secret = (
        None if section.client_secret_file is None else secret_in("oidc.client_secret_file", section.client_secret_file)
    )
    us = Registration(section.issuer, section.client_id, secret, section.scopes)
    rules = Rules(
        section.name or str(urlsplit(section.issuer).hostname), section.claim, section.matches, section.create_users
    )
    return Elsewhere(Provider(us, time.time), rules, section.passwords)


def limits(settings: Settings) -> Limits:
    """How long sessions live."""
    web = settings.web
    return Limits(timedelta(minutes=web.session_idle_minutes), timedelta(hours=web.session_hours))
