"""The console served for real: uvicorn on loopback, workers that carry out what is asked for, and people's browsers."""

from __future__ import annotations

import re
import socket
import threading
import time
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Self

import httpx
import uvicorn
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from typing_extensions import override

from syncd import bootstrap
from syncd.connectors.visma_eaccounting import VismaSettings, oauth
from syncd.daemon.pulse import Pulse
from syncd.daemon.workers import Workers
from syncd.ports.people import NewUser
from syncd.register.files import FileRules
from syncd.services import standing
from syncd.services.agenda import Defaults
from syncd.services.connections import led_by_accounting
from syncd.services.consents import Consents
from syncd.services.logins.entering import Guesses, token_hash
from syncd.services.logins.sessions import Limits
from syncd.services.sync.run import Runner
from syncd.store.queue import StoredQueue
from syncd.store.shelf import FileShelf
from syncd.store.vault import Vault
from syncd.store.witness import FileWitness
from syncd.web.pages.application import console
from syncd.web.pages.house import House
from tests.daemon.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from syncd.connectors.oauth import OAuth
    from syncd.daemon.pulse import WatchedStop
    from syncd.services.logins.elsewhere import Elsewhere
    from syncd.services.sync.context import Progress
    from tests.world import World

TOKEN = "token-of-"
PASSWORD = "korrekt häst batteri"
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""A password that costs nothing to check: how it is checked stands in its hash."""


class Site:
    """A world with its console. Close it when done; use it as a context manager."""

    def __init__(
        self,
        world: World,
        *,
        limits: Limits | None = None,
        guesses: Guesses | None = None,
        public_url: str | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.world = world
        self.clock = bootstrap.now
        self.standing: Callable[[int], dict[str, Any]] = self._standing
        self._browsers: list[Browser] = []
        self.queue = StoredQueue(world.database, bootstrap.now)
        self.workers = Workers(world.store, self.queue, self._runner, Pulse(time.monotonic), most=2)
        self.house = House(
            store=world.store,
            queue=self.queue,
            clock=self._now,
            standing=self._stands,
            stage=self._stage,
            wake=self.workers.wake,
            holds=bootstrap.capabilities,
            led=led_by_accounting(world.store, bootstrap.default_directions),
            shelf=FileShelf(world.directory / "files"),
            rules=FileRules(1, ("pdf", "txt")),
            connect=world.connect,
            consents=Consents(world.store, self._authorizer, world.connect, self._now),
            limits=limits or Limits(),
            guesses=guesses or Guesses(),
            public_url=public_url,
            elsewhere=elsewhere,
            sealer=Vault(Fernet.generate_key()),
        )
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        config = uvicorn.Config(
            console(self.house), http="h11", ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.workers.start()
        until(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        for browser in self._browsers:
            browser.client.close()
        self.workers.stop()
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()

    def _authorizer(self, _system: str) -> OAuth:
        world = self.world.sandbox
        settings = VismaSettings(
            client_id=world.client_id,
            client_secret=world.client_secret,
            api_url=world.api_url,
            identity_url=world.identity_url,
        )
        return oauth(settings, time.time)

    def _now(self) -> datetime:
        return self.clock()

    def _runner(self, progress: Progress, stop: WatchedStop) -> Runner:
        world = self.world
        witness = FileWitness(world.directory / "state")
        return Runner(world.store, world.connect, witness, stop, progress, time.monotonic)

    def _stage(self, connection_id: int) -> Any:  # noqa: ANN401 - a stage, or nothing
        busy = self.workers.busy().get(connection_id)
        return busy.stage if busy is not None else None

    def _stands(self, group_id: int) -> dict[str, Any]:
        return self.standing(group_id)

    def _standing(self, group_id: int) -> dict[str, Any]:
        found = standing.connections(self.world.store, self.queue, group_id, Defaults(), {})
        return {"daemon": None, "connections": found}

    # ----- people

    def hire(self, user: NewUser, *, password: str | None = None, group: int | None = None) -> None:
        """Add a user, who can log in with this password."""
        password_hash = _QUICK.hash(password) if password is not None else None
        with self.world.store.work() as work:
            work.users.add(group or self.world.group.id, replace(user, password_hash=password_hash))
            work.commit()

    def hire_administrator(self, login: str, password: str) -> None:
        """The same, for somebody who may do everything."""
        self.hire(NewUser(login, login.title(), administrator=True), password=password)

    def browser(self, **headers: str) -> Browser:
        """A browser that nobody is logged in with."""
        made = Browser(self.url, headers)
        self._browsers.append(made)
        return made

    def logged_in(self, login: str = "anna", *, group: int | None = None, language: str = "en") -> Browser:
        """A browser with a session, opened without spending a password's time."""
        token = f"{TOKEN}{login}-{group}-{time.monotonic_ns()}"
        with self.world.store.work() as work:
            user = work.users.find(group or self.world.group.id, login)
            assert user is not None
            work.logins.open(user.id, token_hash(token), "127.0.0.1")
            work.commit()
        browser = self.browser(**{"Accept-Language": language})
        browser.client.cookies.set("syncd", token)
        return browser


@dataclass
class Form:
    """A form as a browser sees it."""

    action: str
    method: str = "get"
    fields: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)

    def holds(self, name: str, value: str) -> None:
        """Hold one value more of this name."""
        before = self.fields.get(name)
        several = before if isinstance(before, list) else [before]
        self.fields[name] = value if before is None else [*several, value]


class _Reading(HTMLParser):
    """Forms, and the text that people see."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self._hidden = 0
        self._select = self._text = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(known["action"], known.get("method", "get")))
        if tag == "a":
            self.links.append(known.get("href", ""))
        self._hidden += tag in {"style", "script"}
        if self.forms and "name" in known:
            self._field(self.forms[-1], tag, known)
        if tag == "option" and self._select and ("selected" in known or self._select not in self.forms[-1].fields):
            self.forms[-1].fields[self._select] = known.get("value", "")

    def _field(self, form: Form, tag: str, known: dict[str, str]) -> None:
        name = known["name"]
        if tag == "button":
            form.buttons.append((name, known.get("value", "")))
            return
        form.names.add(name)
        form.required |= {name} if "required" in known else set()
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text, form.fields[name] = name, ""
        elif known.get("type") not in {"radio", "checkbox", "file"} or "checked" in known:
            form.holds(name, known.get("value", ""))

    @override
    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"}
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self.forms[-1].fields[self._text] = self.forms[-1].fields[self._text].removeprefix("\n")
            self._text = ""

    @override
    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1].fields[self._text] += data
        if not self._hidden:
            self.text.append(data)


class Shown:
    """A page as it came."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.path = answer.url.raw_path.decode()
        self.html = answer.text if "html" in answer.headers.get("content-type", "") else ""
        reading = _Reading()
        reading.feed(self.html)
        self.forms, self.links = reading.forms, reading.links
        self.text = re.sub(r"\s+", " ", " ".join(reading.text))

    def form(self, action: str) -> Form:
        """The form that is sent there."""
        return next(form for form in self.forms if form.action == action)


class Browser:
    """Keeps cookies, follows redirects, and says where its forms come from, as browsers do."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.client = httpx.Client(  # noqa: TID251 - a person's browser
            base_url=url, headers=headers, follow_redirects=True, trust_env=False, timeout=30
        )

    def get(self, path: str) -> Shown:
        """Go to a page."""
        return Shown(self.client.get(path))

    def post(self, path: str, data: dict[str, Any], **headers: str) -> Shown:
        """Send a form from one of the site's own pages."""
        own = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        return Shown(self.client.post(path, data=data, headers=own | headers))

    def submit(self, page: Shown, action: str, **typed: Any) -> Shown:  # noqa: ANN401 - a text, or several of one name
        """Fill in a form of a page and send it."""
        form = page.form(action)
        data = {**form.fields, **typed}
        if form.method == "get":
            return Shown(self.client.get(action, params=data))
        return self.post(action, data)

    def send(self, page: Shown, action: str, file: tuple[str, bytes], **typed: Any) -> Shown:  # noqa: ANN401 - a text, or several of one name
        """Fill in a form of a page, choose a file, and send it."""
        own = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        data = {**page.form(action).fields, **typed}
        return Shown(self.client.post(action, data=data, files={"file": file}, headers=own))

    def log_in(self, login: str, password: str = PASSWORD, **more: str) -> Shown:
        """As a person does."""
        return self.submit(self.get("/login"), "/login", login=login, password=password, **more)
