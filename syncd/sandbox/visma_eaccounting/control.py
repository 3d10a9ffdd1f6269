"""``/control/``: what a test does with the sandbox object, over HTTP, for a stand-alone server.

Everything is JSON; ``?company=ID`` names another company than the default one. None of it
is logged or struck by faults, none of it needs a token, and the server listens on loopback only.

    GET    /control/                        addresses, client, companies
    GET    /control/customers               all customers
    POST   /control/customers               add one: a JSON object of properties, all optional
    GET    /control/customers/KEY           one customer, by number or id
    PUT    /control/customers/KEY           edit the given properties, keep the rest
    DELETE /control/customers/KEY           delete, documents or not
    GET    /control/documents/KIND          all documents of a kind (orders, quotes ...)
    POST   /control/documents/KIND          add one: {"customer": KEY, ...properties}
    GET    /control/documents/KIND/ID       one document
    PUT    /control/documents/KIND/ID       edit the given properties
    DELETE /control/documents/KIND/ID       delete
    GET    /control/settings                company settings; PUT edits the given ones
    GET    /control/terms, /control/users   lists; PUT replaces the list
    GET    /control/requests                the request log (?writes=1: only writing ones; ?count=1: how many)
    DELETE /control/requests                clear it
    GET    /control/faults                  planned faults
    POST   /control/faults                  add: one fault, a list, or {"seed", "rate", "faults"}
    DELETE /control/faults                  clear
    GET    /control/switches                all switches; PUT sets the given ones
    GET    /control/clock                   the server's time
    PUT    /control/clock                   {"set": TIME}, {"advance": SECONDS}, {"freeze": BOOL}
    POST   /control/refresh-tokens          a new refresh token ({"scopes": [..]} optional)
    POST   /control/kill-tokens             the user changed the password
    POST   /control/expire-access-tokens    every access token is too old
    POST   /control/companies               one more company: {"name": NAME}
    POST   /control/populate                {"customers": N, "seed": S}: a likely register
    POST   /control/reset                   everything gone: records, tokens, faults, log, switches
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from syncd.sandbox import jsontext
from syncd.sandbox.visma_eaccounting.books import CUSTOMERS, DOCUMENTS, NoSuchRecordError
from syncd.sandbox.visma_eaccounting.seed import populate
from syncd.sandbox.visma_eaccounting.switches import Switches
from syncd.sandbox.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.server import Sandbox
    from syncd.sandbox.wire import Call

PREFIX = "/control/"


class NotFoundHereError(LookupError):
    """There is nothing at this control address."""


class Control:
    """The control interface of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._rooms: dict[str, Callable[[Call, list[str]], object]] = {
            "": self._about,
            "customers": self._customers,
            "documents": self._documents,
            "settings": self._settings,
            "terms": self._list,
            "users": self._list,
            "requests": self._requests,
            "faults": self._faults,
            "switches": self._switches,
            "clock": self._clock,
        }
        self._acts: dict[str, Callable[[Any, Call], object]] = {
            "refresh-tokens": self._issue,
            "kill-tokens": lambda _body, _call: sandbox.kill_tokens(),
            "expire-access-tokens": lambda _body, _call: sandbox.expire_access_tokens(),
            "companies": lambda body, _call: _brief(sandbox.add_company(**body)),
            "populate": lambda body, call: populate(self._company(call), **body),
            "reset": lambda _body, _call: sandbox.reset(),
        }

    def answer(self, call: Call) -> Answer:
        """Carry out one control call."""
        try:
            value = self._carry_out(call)
        except (NoSuchRecordError, NotFoundHereError) as error:
            return Answer(404, jsontext.dumps({"error": str(error)}))
        except (TypeError, ValueError, AttributeError) as error:
            return Answer(400, jsontext.dumps({"error": str(error)}))
        return Answer(200, jsontext.dumps(value))

    def _carry_out(self, call: Call) -> object:
        room, *rest = call.path.removeprefix(PREFIX).rstrip("/").split("/")
        if call.method == "POST" and room in self._acts:
            return self._acts[room](_plain(call) or {}, call)
        if room in self._rooms:
            return self._rooms[room](call, rest)
        raise NotFoundHereError(room)

    def _company(self, call: Call) -> Company:
        wanted = call.query.get("company")
        for company in self.sandbox.companies:
            if wanted in (None, company.id):
                return company
        raise NotFoundHereError(wanted)

    def _about(self, call: Call, rest: list[str]) -> object:
        del call, rest
        return {
            "api_url": self.sandbox.api_url,
            "identity_url": self.sandbox.identity_url,
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "companies": [_brief(company) for company in self.sandbox.companies],
        }

    def _customers(self, call: Call, rest: list[str]) -> object:
        company = self._company(call)
        match call.method, rest:
            case "GET", []:
                return company.customers()
            case "POST", []:
                return company.add_customer(**_exact(call))
            case "GET", [key]:
                return company.customer(key)
            case "PUT", [key]:
                return company.edit_customer(key, **_exact(call))
            case "DELETE", [key]:
                company.delete_customer(key)
                return None
            case _:
                raise NotFoundHereError(CUSTOMERS)

    def _documents(self, call: Call, rest: list[str]) -> object:
        company = self._company(call)
        if not rest or rest[0] not in DOCUMENTS:
            raise NotFoundHereError(*rest[:1])
        match call.method, rest:
            case "GET", [kind]:
                return company.documents(kind)
            case "POST", [kind]:
                fields = _exact(call)
                return company.add_document(kind, fields.pop("customer", ""), **fields)
            case "GET", [_, id_]:
                return company.document(id_)
            case "PUT", [_, id_]:
                return company.edit_document(id_, **_exact(call))
            case "DELETE", [_, id_]:
                company.delete_document(id_)
                return None
            case _:
                raise NotFoundHereError(rest[0])

    def _settings(self, call: Call, rest: list[str]) -> object:
        del rest
        company = self._company(call)
        if call.method == "PUT":
            company.settings |= _exact(call)
        return company.settings

    def _list(self, call: Call, rest: list[str]) -> object:
        del rest
        company = self._company(call)
        rows = company.terms if call.path.startswith(f"{PREFIX}terms") else company.users
        if call.method == "PUT":
            rows[:] = _exact(call)
        return rows

    def _requests(self, call: Call, rest: list[str]) -> object:
        del rest
        if call.method == "DELETE":
            self.sandbox.clear_requests()
        log = self.sandbox.requests
        if call.query.get("count") == "1":
            return {"requests": len(log), "writes": len(log.writes())}
        lines = log.writes() if call.query.get("writes") == "1" else list(log)
        return [asdict(line) | {"at": line.at.isoformat()} for line in lines]

    def _faults(self, call: Call, rest: list[str]) -> object:
        del rest
        if call.method == "DELETE":
            self.sandbox.faults.clear()
        elif call.method == "POST":
            self.sandbox.faults.script(_plain(call))
        return [fault.to_json() for fault in self.sandbox.faults]

    def _switches(self, call: Call, rest: list[str]) -> object:
        del rest
        if call.method == "PUT":
            self.sandbox.switches = Switches.from_json(_plain(call), self.sandbox.switches)
        return self.sandbox.switches.to_json()

    def _clock(self, call: Call, rest: list[str]) -> object:
        del rest
        clock = self.sandbox.clock
        wanted = _plain(call) if call.method == "PUT" else {}
        if "freeze" in wanted:
            (clock.freeze if wanted["freeze"] else clock.resume)()
        if "set" in wanted:
            clock.set(datetime.fromisoformat(wanted["set"]))
        if "advance" in wanted:
            clock.advance(wanted["advance"])
        return {"now": clock.now().isoformat()}

    def _issue(self, body: Any, call: Call) -> object:  # noqa: ANN401  JSON
        scopes = body.get("scopes")
        company = self._company(call)
        issue = self.sandbox.issue_refresh_token
        return {"refresh_token": issue(company, tuple(scopes)) if scopes else issue(company)}


def _brief(company: Company) -> dict[str, object]:
    return {"id": company.id, "name": company.settings["Name"]}


def _exact(call: Call) -> Any:  # noqa: ANN401  JSON
    """The body with numbers as they were written."""
    return jsontext.loads(call.body)


def _plain(call: Call) -> Any:  # noqa: ANN401  JSON
    """The body with ordinary numbers."""
    return json.loads(call.body) if call.body else None
