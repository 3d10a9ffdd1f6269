"""The console as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from syncd.web.pages import (
    account,
    conflicts,
    conflicts_many,
    consent,
    elsewhere,
    integrations,
    login,
    ordering,
    overview,
    runs,
)
from syncd.web.pages.door import Door
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.guarding import Guarded
from syncd.web.pages.register_pages import REGISTER
from syncd.web.pages.rendering import FOLDER

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from syncd.web.pages.house import House
    from syncd.web.pages.visit import Visit

GROUPS = (
    login,
    elsewhere,
    account,
    overview,
    *REGISTER,
    ordering,
    conflicts_many,
    conflicts,
    runs,
    consent,
    integrations,
)
"""The files with pages, in the order in which addresses are looked up."""


def console(house: House) -> ASGIApp:
    """Every page, over one house. To be mounted at the root of a site, behind whatever else is served there."""
    door = Door(house)
    routes = [route for group in GROUPS for route in group.routes(door)]
    # Pages themselves are not packed: their size must not tell what is in them (BREACH).
    static = Mount("/static", GZipMiddleware(StaticFiles(directory=FOLDER / "static")), name="static")

    async def lost(request: Request, _error: Exception) -> Response:
        return await door.answer(request, _nothing_here, to_all=True)

    application = Starlette(routes=[*routes, static], exception_handlers={HTTPException: lost})
    return Guarded(application, house.public_url)


def _nothing_here(_visit: Visit) -> Response:
    raise NothingHereError
