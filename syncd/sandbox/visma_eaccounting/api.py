"""``/v2/``: finds the resource, checks the caller, carries out, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.sandbox import jsontext
from syncd.sandbox.visma_eaccounting import access, customers, documents, errors, paging
from syncd.sandbox.visma_eaccounting.books import CUSTOMERS, DOCUMENTS
from syncd.sandbox.visma_eaccounting.errors import ApiError, InvalidError
from syncd.sandbox.visma_eaccounting.limits import RateLimit
from syncd.sandbox.visma_eaccounting.validation import is_uuid
from syncd.sandbox.wire import WRITING, Answer

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.fields import Fields
    from syncd.sandbox.visma_eaccounting.tokens import Tokens
    from syncd.sandbox.visma_eaccounting.world import World
    from syncd.sandbox.wire import Call

RESOURCES = (CUSTOMERS, *DOCUMENTS, "companysettings", "termsofpayments", "users")
READ_ONLY = ("companysettings", "termsofpayments", "users")
METHODS = ("GET", *WRITING)
RECIPIENTS = "autoinvoicerecipients"


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names: a resource, perhaps one of its records, perhaps a part of that."""

    resource: str
    id: str | None = None
    part: str | None = None

    @classmethod
    def of(cls, path: str) -> Target | None:
        """The target of ``/v2/resource[/id[/part]]``."""
        words = path.removeprefix("/v2/").strip("/").split("/")
        if words[0] not in RESOURCES or len(words) > 3:  # noqa: PLR2004  resource, id, part
            return None
        if words[2:] and words[2] != RECIPIENTS:
            return None
        return cls(*words)

    @property
    def endpoint(self) -> str:
        """The path with the id left open."""
        return f"{self.resource}/{{id}}/{self.part or ''}" if self.id else self.resource

    def allows(self, method: str) -> bool:
        """Whether the method exists here."""
        if self.resource in READ_ONLY or self.part:
            return method == "GET"
        return method in (("GET", "PUT", "DELETE") if self.id else ("GET", "POST"))


class Api:
    """The accounting system as programs see it."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self.world = world
        self.tokens = tokens
        self.limit = RateLimit(world)

    def answer(self, call: Call) -> Answer:
        """Answer one call to ``/v2/``."""
        try:
            return self._answer(call)
        except ApiError as error:
            return error.answer()

    def _answer(self, call: Call) -> Answer:
        target = Target.of(call.path)
        if target is None:
            return Answer(404)
        if not target.allows(call.method):
            return Answer(405)
        grant = self.tokens.access(call.headers.get("authorization", ""))
        self.limit.count(call.path.lower(), target.endpoint)
        if target.id and not is_uuid(target.id):
            raise InvalidError.one("id", f"The value '{target.id}' is not valid.")
        writing = call.method in WRITING
        company = grant.company
        with company.lock:
            access.check(company, target.resource, grant.scopes, writing=writing)
            return self._carry_out(call, target, company, grant.user)

    def _carry_out(self, call: Call, target: Target, company: Company, user: str) -> Answer:
        match target.resource:
            case "companysettings":
                return Answer(200, jsontext.dumps(company.settings))
            case "termsofpayments":
                return self._terms(call, target, company)
            case "users":
                rows = [{**one, "IsCurrentUser": one["Id"] == user} for one in company.users]
                return Answer(200, paging.plain_list(rows, call.query, self.world))
            case _ if target.part:
                customers.stored(company, target.id or "")
                return Answer(200, paging.plain_list([], call.query, self.world))
            case _ if call.method == "GET":
                return Answer(200, self._read(call, target, company))
            case _:
                return self._write(call, target, company)

    def _terms(self, call: Call, target: Target, company: Company) -> Answer:
        if target.id is None:
            return Answer(200, paging.plain_list(company.terms, call.query, self.world))
        term = company.term(target.id)
        if term is None:
            raise ApiError(self.world.switches.missing_status, errors.NOT_FOUND)
        return Answer(200, jsontext.dumps(term))

    def _read(self, call: Call, target: Target, company: Company) -> str:
        if target.id is None:
            records, table = company.records[target.resource], company.table(target.resource)
            return paging.record_list(records, call.query, table, self.world)
        if target.resource == CUSTOMERS:
            return customers.stored(company, target.id).text
        return documents.stored(company, target.resource, target.id).text

    def _write(self, call: Call, target: Target, company: Company) -> Answer:
        kind, id_ = target.resource, target.id or ""
        if call.method == "DELETE":
            if kind == CUSTOMERS:
                customers.delete(company, id_)
            else:
                documents.delete(company, kind, id_)
            return Answer(200)
        body = _body(call)
        if call.method == "PUT" and kind == CUSTOMERS:
            return Answer(200, customers.replace(company, id_, body))
        if call.method == "PUT":
            return Answer(200, documents.replace(company, kind, id_, body))
        status = self.world.switches.post_status
        if kind == CUSTOMERS:
            return Answer(status, customers.create(company, body))
        return Answer(status, documents.create(company, kind, body))


def _body(call: Call) -> Fields:
    try:
        body: Any = jsontext.loads(call.body)
    except jsontext.NotJsonError as error:
        raise InvalidError.one("$", "The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise InvalidError.one("$", "A JSON object is expected.")
    return body
