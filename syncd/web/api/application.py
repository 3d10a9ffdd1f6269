"""The API put together."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from syncd import __version__
from syncd.errors import SyncdError
from syncd.web.api import (
    around,
    assigning,
    catalogues,
    changes,
    conflicts,
    customers,
    files,
    orders,
    protocols,
    runs,
    users,
)
from syncd.web.api.answers import PLACE, problem
from syncd.web.api.door import SECURED, Door
from syncd.web.api.guard import Guard
from syncd.web.api.problems import BROKEN, Refusal, misread, told, unknown
from syncd.web.api.room import Room
from syncd.web.api.shapes import OneProblem, Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from syncd.web.api.house import House

_log = structlog.get_logger("syncd.web.api")

_ABOUT = """Customers, orders, conflicts and runs of one group, for the programs around syncd.

Every shape is that of the command line's `--json`. See the guide in docs/api.md."""


def application(house: House) -> ASGIApp:
    """The API, to be mounted at ``PLACE``."""
    return Guard(Room(addresses()), Door(house), largest_file=house.rules.most_bytes)


@cache
def addresses() -> FastAPI:
    """Every address, whoever's house answers there."""
    app = FastAPI(
        title="syncd",
        version=__version__,
        description=_ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=SECURED,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    rooms = customers, assigning, changes, around, files, orders, protocols, catalogues, users, conflicts, runs
    for room in rooms:
        app.include_router(room.router, prefix="/v1")
    app.add_route("/v1/openapi.json", lambda _: JSONResponse(document()))
    _answer_errors(app)
    return app


@cache
def document() -> dict[str, Any]:
    """The document of the API (OpenAPI 3.1)."""
    app = addresses()
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        servers=[{"url": PLACE}],
    )
    for shape in (Problem, OneProblem):
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        made["components"]["schemas"][shape.__name__] = {key: schema[key] for key in schema if key != "$defs"}
    for operation in (one for path in made["paths"].values() for one in path.values()):
        statuses = (500, 400, 413, 415) if "requestBody" in operation else (500,)
        operation["responses"] |= {str(status): problem(status) for status in statuses}
    return made


def _answer_errors(app: FastAPI) -> None:
    """Give every error its words."""

    def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for it
        return error.told.answer(error.headers)

    def failed(_: Request, error: Exception) -> Response:
        assert isinstance(error, SyncdError)  # noqa: S101 - same
        answer = told(error)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("request.failed", code=error.code, problem=error.message)
        return answer.answer()

    def unread(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - same
        return misread(error.errors()).answer()

    def elsewhere(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - same
        return unknown(error.status_code).answer(error.headers)

    def broken(_: Request, _error: Exception) -> Response:
        return BROKEN.answer()  # the guard hears of it as well, and writes it down

    app.add_exception_handler(Exception, broken)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(SyncdError, failed)
    app.add_exception_handler(RequestValidationError, unread)
    app.add_exception_handler(HTTPException, elsewhere)
