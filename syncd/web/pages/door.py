"""The door: every request is judged here before a page sees it, and whatever goes wrong behind it becomes a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from syncd.errors import SyncdError
from syncd.register.files import FileTooLargeError
from syncd.services.logins.sessions import present
from syncd.web.pages.faults import ForeignFormError, UnreadableFormError, told
from syncd.web.pages.guarding import ALLOWED, LARGEST, SAFE, address_of, came_from_here, form_token, same_token
from syncd.web.pages.visit import Visit
from syncd.web.pages.words import DEFAULT, known, wished

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from syncd.register.language import Language
    from syncd.web.pages.house import House

LANGUAGE_COOKIE = "syncd-language"
_MOST_FIELDS = 1000
_WITH_ONE_TIME_PASSWORD = frozenset({"/password", "/logout", "/language"})

_WRONG_ADDRESS = 421

_log = structlog.get_logger("syncd.web")


class Page(Protocol):
    """Answers a visit: parses the form, calls a service, shows or goes on."""

    def __call__(self, visit: Visit, /) -> Response:
        """Answer."""
        ...


class _StrangerError(Exception):
    """Nobody is logged in where somebody must be."""


@dataclass(frozen=True)
class Door:
    """Lets visitors in to the pages of a house."""

    house: House

    def shows(self, path: str, page: Page, *, to_all: bool = False) -> Route:
        """A page that is looked at; ``to_all``: before login, too."""
        return self._route(path, page, "GET", to_all=to_all)

    def takes(self, path: str, page: Page, *, to_all: bool = False) -> Route:
        """A form that is sent here."""
        return self._route(path, page, "POST", to_all=to_all)

    def receives(self, path: str, page: Page) -> Route:
        """A form with a file, from somebody who is logged in: nothing of it is read before that is known."""

        async def endpoint(request: Request) -> Response:
            return await self._receive(request, page)

        return Route(path, endpoint, methods=["POST"], name=f"POST {path}")

    async def _receive(self, request: Request, page: Page) -> Response:
        address = address_of(request, self.house.public_url)
        if address is not None and came_from_here(request, address):
            visit = Visit(self.house, request, address, _language(request))
            if (await run_in_threadpool(self._recognised, visit)).present is not None:
                request.scope[ALLOWED] = self.house.rules.most_bytes + LARGEST
        return await self.answer(request, page, to_all=False)

    def _route(self, path: str, page: Page, method: str, *, to_all: bool) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self.answer(request, page, to_all=to_all)

        return Route(path, endpoint, methods=[method], name=f"{method} {path}")

    async def answer(self, request: Request, page: Page, *, to_all: bool) -> Response:
        """Judge a request, then let the page answer it."""
        address = address_of(request, self.house.public_url)
        if address is None:
            return PlainTextResponse("This is not the address of the console: see web.public_url.", _WRONG_ADDRESS)
        visit = Visit(self.house, request, address, _language(request))
        try:
            visit = visit if request.method in SAFE else await _with_form(visit)
        except SyncdError as error:
            return _told(visit, error)
        try:
            return await run_in_threadpool(self._answer, visit, page, to_all=to_all)
        finally:
            await visit.form.close()

    def _answer(self, visit: Visit, page: Page, *, to_all: bool) -> Response:
        try:
            visit = self._recognised(visit)
            return self._let_in(visit, page, to_all=to_all)
        except _StrangerError:
            return visit.go("/login", to=_wanted(visit.request))
        except SyncdError as error:
            return _told(visit, error)
        except Exception:  # noqa: BLE001 - one visitor's fault must not end the service
            _log.exception("console.broken")
            return _told(visit, SyncdError("", code="fault"))

    def _recognised(self, visit: Visit) -> Visit:
        """The visit with whoever holds its session's cookie."""
        token = visit.request.cookies.get(visit.address.cookie, "")
        who = present(self.house.store, token, self.house.limits, self.house.clock) if token else None
        if who is None:
            return visit
        return replace(visit, present=who, token=token, language=known(who.user.language) or visit.language)

    def _let_in(self, visit: Visit, page: Page, *, to_all: bool) -> Response:
        if visit.present is None and not to_all:
            raise _StrangerError
        if visit.request.method not in SAFE:
            _refuse_foreign_form(visit)
        if visit.present is not None and visit.present.must_change and visit.path not in _WITH_ONE_TIME_PASSWORD:
            return visit.go("/password")
        return page(visit)


async def _with_form(visit: Visit) -> Visit:
    files = 1 if ALLOWED in visit.request.scope else 0
    try:
        return replace(visit, form=await visit.request.form(max_files=files, max_fields=_MOST_FIELDS))
    except (ClientDisconnect, HTTPException) as error:
        raise (FileTooLargeError(visit.house.rules.most_bytes) if files else UnreadableFormError()) from error


def _refuse_foreign_form(visit: Visit) -> None:
    if not came_from_here(visit.request, visit.address):
        raise ForeignFormError
    if visit.present is not None and not same_token(visit.asked("form_token"), form_token(visit.token)):
        raise ForeignFormError


def _told(visit: Visit, error: SyncdError) -> Response:
    fault = told(error, visit.words)
    return visit.page("fault.html", status=fault.status, fault=fault)


def _language(request: Request) -> Language:
    chosen = known(request.cookies.get(LANGUAGE_COOKIE))
    return chosen or wished(request.headers.get("accept-language", "")) or DEFAULT


def _wanted(request: Request) -> str | None:
    """Where a stranger wanted to go; back to it after login, if it was only to look."""
    path, query = request.scope["path"], request.url.query
    if request.method not in SAFE or path == "/":
        return None
    return f"{path}?{query}" if query else str(path)
