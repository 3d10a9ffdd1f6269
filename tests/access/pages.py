"""Every address of the console, with the verb that opens it and the form that is sent there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.access.rules import ANY_CUSTOMER_USER_VERB

if TYPE_CHECKING:
    from collections.abc import Mapping

DONE = frozenset({200, 303})
BEFORE_LOGIN = frozenset(
    {"GET /login", "POST /login", "POST /language", "GET /login/there", "GET /login/back", "GET /logout/there"}
)
"""What a stranger may ask for."""


@dataclass(frozen=True)
class Page:
    """An address, as the router knows it. ``verbs``: any of them opens it; none: whoever is logged in.

    ``typed`` goes into the form on the page ``form`` (or on the address itself). ``staff``: there is nothing here for
    customer users. ``service``: the order is the customer's service order. ``ends``: how an administrator is answered.
    """

    route: str
    verbs: tuple[str, ...] = ()
    query: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)
    form: str | None = None
    staff: bool = True
    service: bool = False
    ends: frozenset[int] = DONE

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        """With its places, and with what it asks."""
        bare = self.route.partition(" ")[2].replace(":int}", "}")
        return f"{bare}?{self.query}" if self.query else bare

    @property
    def of_customer(self) -> bool:
        """Whether it names a customer, or something of one."""
        everything = f"{self.path} {self.typed}"
        return (
            self.path.startswith(("/customers/{", "/users/{")) or "{customer}" in everything or "{number}" in everything
        )

    @property
    def names(self) -> bool:
        """Whether it names something that is there."""
        if self.path.startswith("/account"):
            return False
        return "{" in self.path or "=A10" in self.query or "=RESA" in self.query or "=Norr" in self.query


def _p(
    route: str,
    verbs: str = "",
    query: str = "",
    typed: Mapping[str, Any] | None = None,
    **more: Any,  # noqa: ANN401 - the rest of a page
) -> Page:
    return Page(route, tuple(verbs.split()), query, typed or {}, **more)


_ANY = " ".join(ANY_CUSTOMER_USER_VERB)
_CARD, _ORDER = "/customers/{id}", "/customers/{id}/orders/{number}"
_REFUSED, _LOST, _AWAY = frozenset({422}), frozenset({404}), frozenset({503})
_C = "/customers/{id:int}"
_O = f"{_C}/orders/{{number:int}}"


def _parts(path: str, typed: Mapping[str, Any], changed: Mapping[str, Any]) -> list[Page]:
    one = f"{_C}/{path}/{{place:int}}"
    return [
        _p(f"GET {_C}/{path}/add", "EDIT"),
        _p(f"POST {_C}/{path}/add", "EDIT", typed=typed),
        _p(f"GET {one}", "EDIT"),
        _p(f"POST {one}", "EDIT", typed=changed),
        _p(f"POST {one}/remove", "EDIT", form=f"{_CARD}/{path}/{{place}}"),
    ]


def _book(path: str, verb: str, entry: str, typed: Mapping[str, Any], deleted: frozenset[int] = DONE) -> list[Page]:
    one, which = f"{path}/one", f"entry={entry}"
    return [
        _p(f"GET {path}", "CHOOSE"),
        _p(f"GET {path}/add", verb),
        _p(f"POST {path}/add", verb, typed=typed),
        _p(f"GET {one}", verb, which),
        _p(f"POST {one}", verb, which),
        _p(f"POST {one}/retired", verb, which, {"retired": "yes"}, form=f"{one}?{which}"),
        _p(f"POST {one}/delete", verb, which, form=f"{one}?{which}", ends=deleted),
    ]


_CUSTOMERS = [
    _p("GET /customers", "VIEW"),
    _p("POST /customers/search", typed={"search": "tan"}, form="/customers"),
    _p("GET /customers/add", "CREATE"),
    _p("POST /customers/add", "CREATE", typed={"name": "Ny"}),
    _p(f"GET {_C}", "VIEW"),
    _p(f"GET {_C}/history", "HISTORY"),
    _p(f"POST {_C}/personal", "UNMASK", form=_CARD),
    _p(f"GET {_C}/edit", "EDIT"),
    _p(f"POST {_C}/edit", "EDIT", typed={"phone": "08-1234567"}),
    _p(f"GET {_C}/renumber", "RENUMBER"),
    _p(f"POST {_C}/renumber", "RENUMBER", typed={"number": "70"}),
    _p(f"POST {_C}/active", "DEACTIVATE", typed={"active": "no"}, form=_CARD),
    _p(f"GET {_C}/delete", "DELETE"),
    _p(f"POST {_C}/delete", "DELETE", form="", ends=frozenset({409})),
    _p(f"GET {_C}/assign", "ASSIGN"),
    _p(f"POST {_C}/assign", "ASSIGN", typed={"login": ["anna"]}),
    _p("POST /customers/assign", "ASSIGN", typed={"customer": "{customer}"}, form=""),
    _p(
        "POST /customers/assign/done",
        "ASSIGN",
        typed={"customer": "{customer}", "login": "anna", "total": "1", "how": "assign"},
        form="",
    ),
    *_parts("contacts", {"name": "Ny"}, {"role": "Ny"}),
    *_parts("facilities", {"name": "Ny plats"}, {"city": "Ny"}),
    *_parts("articles", {"kind": "service", "article": "RESA"}, {"quantity": "2"}),
    _p(f"GET {_C}/orders", "VIEW", "kind=error_report"),
    _p(f"GET {_C}/orders/add", "ADD_ORDER", "kind=error_report"),
    _p(f"POST {_C}/orders/add", "ADD_ORDER", "kind=error_report", {"title": "Ny"}),
    _p(f"GET {_O}", "VIEW"),
    _p(f"POST {_O}", "EDIT", typed={"status": "done"}),
    _p(f"GET {_C}/protocols", "VIEW"),
    _p(f"GET {_O}/protocols/add", "ADD_ORDER", service=True),
    _p(f"POST {_O}/protocols/add", "ADD_ORDER", typed={"text": "Ny"}, service=True),
    _p(f"GET {_O}/protocols/{{protocol:int}}", "ADD_ORDER", service=True),
    _p(f"POST {_O}/protocols/{{protocol:int}}", "ADD_ORDER", typed={"text": "Ny"}, service=True),
    _p(f"GET {_O}/send", "SEND", service=True),
    _p(f"POST {_O}/send", "SEND", service=True),
    _p(f"GET {_C}/files/add", "ATTACH_FILE"),
    _p(f"POST {_C}/files/add", "ATTACH_FILE"),
    _p(f"GET {_C}/files/{{file:int}}", "FILES"),
    _p(f"GET {_C}/files/{{file:int}}/delete", "DELETE_FILE"),
    _p(f"POST {_C}/files/{{file:int}}/delete", "DELETE_FILE"),
]

_REGISTER = [
    *_book("/discount-letters", "CATALOGUES", "A10", {"code": "B5"}),
    *_book("/articles", "CATALOGUES", "RESA", {"number": "TIM", "text": "Timme"}, _REFUSED),
    *_book("/custom-fields", "SETTINGS", "risk", {"key": "ny", "label": "Ny", "type": "text"}, _REFUSED),
    _p("GET /users", f"USERS ASSIGN {_ANY}", staff=False),
    _p("GET /users", _ANY, "customer={customer}", staff=False),
    _p("GET /users/add", "USERS", staff=False),
    _p("GET /users/add", "CREATE_CUSTOMER_USER", "customer={customer}", staff=False),
    _p("POST /users/add", "USERS", typed={"login": "ny", "name": "Ny"}, staff=False),
    _p(
        "POST /users/add",
        "CREATE_CUSTOMER_USER",
        "customer={customer}",
        {"login": "ny", "name": "Ny"},
        form="/users/add?customer={customer}",
        staff=False,
    ),
    _p("GET /users/{id:int}", "CHANGE_CUSTOMER_USER DELETE_CUSTOMER_USER", staff=False),
    _p("POST /users/{id:int}", "CHANGE_CUSTOMER_USER", typed={"name": "Ny"}, staff=False),
    _p(
        "POST /users/{id:int}/rights",
        "CHANGE_CUSTOMER_USER",
        typed={"right": []},
        form="/users/{id}",
        staff=False,
    ),
    _p("POST /users/{id:int}/password", "CHANGE_CUSTOMER_USER", form="/users/{id}", staff=False),
    _p("POST /users/{id:int}/sessions", "CHANGE_CUSTOMER_USER", form="/users/{id}", staff=False),
    _p("POST /users/{id:int}/delete", "DELETE_CUSTOMER_USER", form="/users/{id}", staff=False),
    _p("GET /teams", "USERS ASSIGN"),
    _p("POST /teams", "USERS", typed={"name": "Syd"}),
    _p("GET /teams/one", "USERS", "team=Norr"),
    _p("POST /teams/one", "USERS", "team=Norr", {"team": "Norr", "login": ["anna"]}, form="/teams/one?team=Norr"),
    _p("POST /teams/one/remove", "USERS", "team=Norr", {"team": "Norr"}, form="/teams/one?team=Norr"),
    _p("GET /settings", "CHOOSE"),
    _p("POST /settings", "SETTINGS", typed={"time_zone": "Europe/Stockholm"}),
    _p("GET /upload", "UPLOAD EXPORT"),
    _p("POST /upload", "UPLOAD", typed={"kind": "customers"}, form="", ends=_REFUSED),
    _p("GET /upload/template", "UPLOAD", "kind=customers&format=csv"),
    _p("POST /upload/export", "EXPORT", typed={"kind": "customers", "format": "csv"}, form=""),
    _p("GET /upload/{token}", ends=_LOST),
    _p("POST /upload/{token}/store", form="", ends=_LOST),
    _p("POST /upload/{token}/drop", form="", ends=_LOST),
    _p("GET /personal", "ERASE"),
    _p("POST /personal", "ERASE", typed={"number": "{customer_number}"}),
    _p("POST /personal/export", "DISCLOSE", typed={"number": "{customer_number}"}, form=""),
    _p("POST /personal/erase", "ERASE", typed={"number": "{customer_number}", "sure": "yes"}, form=""),
]

_OWN = [
    _p("GET /", staff=False),
    _p("GET /login", staff=False),
    _p("POST /logout", form="/account", staff=False),
    _p("GET /account", staff=False),
    _p("POST /account/sessions/{id:int}", form="", staff=False),
    _p("POST /account/everywhere", form="/account", staff=False),
    _p("POST /account/tokens/{id:int}", form="", staff=False, ends=_LOST),
    _p("POST /account/keys", typed={"keys": "off"}, form="/account", staff=False),
    _p("GET /password", staff=False),
    _p("POST /password", typed={"new": "x", "again": "y"}, staff=False, ends=_REFUSED),
    _p("GET /register", staff=False),
    _p("GET /notices"),
    _p("POST /notices", form=""),
]

_ACCOUNTING = [
    _p("POST /connections/{name}/sync", "SYNC", form="", staff=False),
    _p("GET /orders/{id:int}", "SYNC", staff=False),
    _p("GET /runs", "SYNC", staff=False),
    _p("GET /runs/{id:int}", "SYNC", staff=False),
    _p("POST /runs/{id:int}/approve", "SYNC", form="", staff=False, ends=_REFUSED),
    _p("POST /runs/{id:int}/undo", "SYNC", form="", staff=False, ends=_REFUSED),
    _p("GET /conflicts", "RESOLVE", staff=False),
    _p("GET /conflicts/export", "RESOLVE", "format=csv", staff=False),
    _p("GET /conflicts/{id:int}", "RESOLVE", staff=False),
    _p("POST /conflicts/{id:int}", "RESOLVE", typed={"answer": "register"}, staff=False),
    _p("GET /conflicts/all", "RESOLVE", "answer=register", staff=False),
    _p("POST /conflicts/all", "RESOLVE", form="/conflicts/all?answer=register", staff=False),
    _p("GET /integrations", "INTEGRATIONS", staff=False),
    _p("POST /integrations", "INTEGRATIONS", typed={"name": "ny", "system": "visma_eaccounting"}, staff=False),
    _p("GET /integrations/{name}", "INTEGRATIONS", staff=False),
    _p("POST /integrations/{name}", "INTEGRATIONS", staff=False),
    _p(
        "POST /integrations/{name}/pause",
        "INTEGRATIONS",
        typed={"paused": "yes"},
        form="/integrations/{name}",
        staff=False,
    ),
    _p(
        "POST /integrations/{name}/test",
        "INTEGRATIONS",
        form="",
        staff=False,
        ends=frozenset({503}),
    ),
    _p("GET /integrations/{name}/remove", "INTEGRATIONS", staff=False),
    _p("POST /integrations/{name}/remove", "INTEGRATIONS", staff=False),
    _p("POST /integrations/{name}/connect", "INTEGRATIONS", form="/integrations/{name}", staff=False),
    _p("GET /integrations/consent", "INTEGRATIONS", "state=x&code=y", staff=False, ends=_REFUSED),
    _p("POST /integrations/consent", "INTEGRATIONS", typed={"state": "x"}, form="", staff=False, ends=_REFUSED),
]

PAGES = (*_CUSTOMERS, *_REGISTER, *_OWN, *_ACCOUNTING)
"""Some addresses stand here more than once: they open by another verb when they are asked something else."""
