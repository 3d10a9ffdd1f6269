"""What an address asks of the list of customers, and the address that asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.customers import SORTS, CustomerFilter
from syncd.services.register.reading import Query, printable

if TYPE_CHECKING:
    from syncd.web.pages.visit import Visit

FILTERS = ("active", "assigned", "conflict", "accounting")
NOBODY, ME = ":nobody", ":me"
"""Beside logins, which hold no colon."""

_LONGEST_SEARCH = 200
_FLAGS = {"yes": True, "no": False}


def asked_query(visit: Visit, *, limit: int | None = None, offset: int = 0) -> Query:
    """What is asked for; whatever is odd in an address asks nothing."""
    sort = visit.asked("sort") if visit.asked("sort") in SORTS else "name"
    return Query(search_text(visit), asked_filter(visit), sort, limit, offset)


def search_text(visit: Visit) -> str:
    """The text that is searched for."""
    return printable(visit.unsealed("q"))


def asked_filter(visit: Visit) -> CustomerFilter:
    """What narrows the list."""
    whose = printable(visit.asked("assigned"))
    return CustomerFilter(
        active=_FLAGS.get(visit.asked("active")),
        assigned_to={ME: visit.actor.login, NOBODY: None, "": None}.get(whose, whose),
        assigned=False if whose == NOBODY else None,
        in_conflict=True if visit.asked("conflict") == "yes" else None,
        in_accounting=_FLAGS.get(visit.asked("accounting")),
    )


def typed_search(visit: Visit) -> dict[str, str | None]:
    """The query of the address that asks what the search form holds; what is searched for is sealed in it."""
    kept = {name: visit.asked(name) for name in (*FILTERS, "sort")}
    return {"q": visit.sealed(visit.asked("search")[:_LONGEST_SEARCH]), **kept}


def same_search(visit: Visit) -> dict[str, str]:
    """What the address asks, for a form that goes on with it."""
    return {name: visit.asked(name) for name in ("q", *FILTERS) if visit.asked(name)}


def narrowed(visit: Visit) -> bool:
    """Whether anything leaves customers out."""
    return bool(search_text(visit)) or any(visit.asked(name) for name in FILTERS)
