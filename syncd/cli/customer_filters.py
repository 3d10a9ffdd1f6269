"""The options that narrow a list of customers, wherever one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncd.ports.customers import CustomerFilter
from syncd.services.register.reading import Query, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--search", "text", default="", metavar="TEXT", help="Every word must be found."),
    click.option("--active/--inactive", default=None, help="Only active, or only deactivated customers."),
    click.option("--assigned", "assigned_to", metavar="LOGIN", help="Only customers of this user."),
    click.option("--unassigned", is_flag=True, help="Only customers of nobody."),
    click.option("--in-conflict", is_flag=True, help="Only customers with an open conflict."),
    click.option("--not-in-accounting", is_flag=True, help="Only customers without a link."),
)


def filter_options(command: F) -> F:
    """Give a command the options that narrow a list."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def query(asked: Mapping[str, Any]) -> Query:
    """Return what the options ask for."""
    filters = CustomerFilter(
        active=asked["active"],
        assigned_to=None if asked["assigned_to"] is None else printable(asked["assigned_to"]),
        assigned=False if asked["unassigned"] else None,
        in_conflict=True if asked["in_conflict"] else None,
        in_accounting=False if asked["not_in_accounting"] else None,
    )
    return Query(
        printable(asked["text"]), filters, asked.get("sort", "name"), asked.get("limit"), asked.get("offset", 0)
    )


def narrowed(asked: Mapping[str, Any]) -> bool:
    """Whether the options narrow anything."""
    return query(asked) != Query()
