"""One request to the console: who, in which language, with what form, and how it is answered."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from syncd.errors import SyncdError
from syncd.register.access import Verb, may, require, sight
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.guarding import SAFE, form_token
from syncd.web.pages.rendering import rendered
from syncd.web.pages.sealing import sealed, unsealed
from syncd.web.pages.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from starlette.requests import Request

    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor
    from syncd.register.language import Language
    from syncd.services.logins.sessions import Present
    from syncd.services.register.foreign import LedByAccounting
    from syncd.web.pages.guarding import Address
    from syncd.web.pages.house import House

SEE_OTHER = 303
KEYS_COOKIE = "syncd-keys"
LONGEST_FIELD = 10_000
_YEAR = 31_536_000


@dataclass(frozen=True)
class Visit:
    """A request. ``present`` is None before login; ``token`` is the session's, for its forms."""

    house: House
    request: Request
    address: Address
    language: Language
    present: Present | None = None
    token: str = ""
    form: FormData = field(default_factory=FormData)

    # ----- who

    @property
    def who(self) -> Present:
        """Whoever is logged in; the door lets nobody else through."""
        assert self.present is not None  # noqa: S101 - see above
        return self.present

    @property
    def actor(self) -> Actor:
        """Whoever is logged in, with their rights."""
        return self.who.actor

    @property
    def group_id(self) -> int:
        """Their group."""
        return self.who.group.id

    @property
    def store(self) -> Store:
        """The database."""
        return self.house.store

    @cached_property
    def now(self) -> datetime:
        """When this request came."""
        return self.house.clock()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A unit of work that only reads, for the eyes of whoever is logged in."""
        with self.store.reading() as work:
            work.show(sight(self.actor))
            yield work

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work, for the eyes of whoever is logged in."""
        with self.store.work() as work:
            work.show(sight(self.actor))
            yield work

    def led(self) -> LedByAccounting:
        """Who leads which field, read before a transaction begins: it is read in one of its own."""
        directions = self.house.led(self.group_id)
        return lambda _group_id: directions

    def may(self, verb: str) -> bool:
        """Whether whoever is logged in may do this, for templates: by the verb's name."""
        return self.present is not None and may(self.actor, Verb[verb])

    def require(self, verb: Verb) -> None:
        """Return when they may do this. Raises ``NotAllowedError``."""
        require(self.actor, verb)

    # ----- what was asked

    @property
    def path(self) -> str:
        """Where on this site."""
        return str(self.request.scope["path"])

    @property
    def here(self) -> str:
        """The page that is being looked at, with what it was asked; the start page where a form was answered."""
        query = self.request.url.query
        if self.request.method not in SAFE:
            return "/"
        return f"{self.path}?{query}" if query else self.path

    def with_query(self, path: str = "", **changes: str) -> str:
        """This address with some of what it asks changed, from its first page on; or another path asking the same."""
        asked = {**self.request.query_params, **changes}
        return f"{path or self.path}?{urlencode({k: v for k, v in asked.items() if v and k not in {'page', 'said'}})}"

    def asked(self, name: str) -> str:
        """A value of the form, or else of the address; empty where there is none."""
        value = self.form.get(name) if name in self.form else self.request.query_params.get(name)
        return value.strip()[:LONGEST_FIELD] if isinstance(value, str) else ""

    def typed(self, name: str) -> str:
        """A value of the form as it was typed, blanks and all."""
        value = self.form.get(name)
        return value[:LONGEST_FIELD] if isinstance(value, str) else ""

    def several(self, name: str) -> list[str]:
        """Every value of a name that a form holds more than once."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str) and value.strip()]

    def file(self, name: str) -> UploadFile | None:
        """The file that a form holds; None where nobody chose one."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def sealed(self, text: str) -> str | None:
        """A text as an address may hold it: readable in this session alone."""
        return sealed(self.token, text) if text else None

    def unsealed(self, name: str) -> str:
        """What was sealed in the address; empty where nothing can be read."""
        return unsealed(self.token, self.asked(name))

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str = "id") -> int:
        """A number in the path. Raises ``NothingHereError`` for one that no database holds."""
        number = int(self.request.path_params[name])
        if number >= 2**63:
            raise NothingHereError
        return number

    @property
    def keys(self) -> bool:
        """Whether single keys do something: some people press them by accident (WCAG 2.1.4)."""
        return self.request.cookies.get(KEYS_COOKIE) != "off"

    # ----- answering

    @cached_property
    def words(self) -> Words:
        """The reader's language and the company's clock."""
        return Words(self.language, self._clock())

    def _clock(self) -> str:
        if self.present is None:
            return self.house.time_zone
        try:
            with self.store.reading() as work:
                return work.groups.settings(self.group_id).time_zone or self.house.time_zone
        except SyncdError:  # a page that tells of a lost database must not need it
            return self.house.time_zone

    def page(self, template: str, *, status: int = 200, refresh: int | None = None, **values: Any) -> Response:  # noqa: ANN401 - what the template shows
        """A page. ``refresh`` has it looked at again by itself, after so many seconds."""
        text = rendered(template, self.words, visit=self, form_token=form_token(self.token), **values)
        headers = {"Cache-Control": "no-store"} | ({"Refresh": str(refresh)} if refresh is not None else {})
        return Response(text, status, headers, media_type="text/html")

    def go(self, path: str, **query: str | None) -> RedirectResponse:
        """On to another page, as after every form that was carried out."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return RedirectResponse(f"{path}?{asked}" if asked else path, SEE_OTHER)


def keep_choice(visit: Visit, answer: Response, name: str, value: str) -> None:
    """Have the browser remember what somebody chose, for a year."""
    answer.set_cookie(name, value, max_age=_YEAR, path="/", secure=visit.address.secure, httponly=True, samesite="lax")
