"""A group with two customers, of which everybody may see one, the other, or neither; and people of every permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from syncd.ports.people import NewUser
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.orders import OrderKind
from syncd.services.files import attach
from syncd.services.register.assignment import assign_users
from syncd.services.register.catalogues import add_entry
from syncd.services.register.contacts import add_contact
from syncd.services.register.customer_users import add_customer_user
from syncd.services.register.customers import add_customer
from syncd.services.register.facilities import add_facility
from syncd.services.register.items import add_item
from syncd.services.register.orders import add_order
from syncd.services.register.teams import add_team
from syncd.services.register.users import Person
from tests.access.operations import MINE, OTHER, PDF, RULES, TODAY, Target
from tests.access.rules import CUSTOMER_USERS, PERMISSIONS, opens, sees

if TYPE_CHECKING:
    from syncd.register.access import Actor
    from syncd.store.shelf import FileShelf
    from syncd.store.uow import Store, UnitOfWork

SECRET = "HEMLIGT"
MARKS = {MINE: "Sjuatan", OTHER: "Åttatan"}
"""A word in everything that is told about a customer."""


class Asked(Protocol):
    """What somebody asks for: any of the verbs opens it, for one customer or for none."""

    @property
    def verbs(self) -> tuple[str, ...]: ...

    @property
    def of_customer(self) -> bool: ...


@dataclass(frozen=True)
class Somebody:
    """Who asks. ``of``: the customer of a customer user."""

    login: str
    permissions: frozenset[str] = frozenset()
    administrator: bool = False
    of: Target | None = None

    def sees(self, target: Target) -> bool:
        """Whether they may see that customer."""
        if self.of is not None:
            return target == self.of and "view" in self.permissions
        return self.administrator or (target in MARKS and sees(self.permissions, assigned=target == MINE))

    def may(self, operation: Asked, target: Target) -> bool:
        """Whether they may do it to a customer that they see, or, where it is about none, at all."""
        if self.of is not None:
            return any({"view", CUSTOMER_USERS.get(verb, "none")} <= self.permissions for verb in operation.verbs)
        assigned = target == MINE or not operation.of_customer
        return self.administrator or any(opens(self.permissions, verb, assigned=assigned) for verb in operation.verbs)


def _login(prefix: str, permissions: frozenset[str]) -> str:
    return "-".join([prefix, *sorted(permissions)])[:64]


def colleagues() -> list[Somebody]:
    """Nobody's rights, every right alone, every right with each of the two that let see, all but administrator."""
    sets = {frozenset[str](), frozenset(PERMISSIONS)}
    for right in PERMISSIONS:
        sets |= {frozenset({right, *more}) for more in ((), ("view",), ("view_only_assigned",))}
    return [Somebody(_login("c", rights), rights) for rights in sorted(sets, key=sorted)]


def customer_users() -> list[Somebody]:
    """Users of the first customer: with nothing, with every right that they can have, alone and with *view*."""
    rights = CUSTOMER_USERS.values()
    sets = {frozenset[str](), frozenset(rights)} | {
        frozenset({one, *more}) for one in rights for more in ((), ("view",))
    }
    return [Somebody(_login("u", held), held, of=MINE) for held in sorted(sets, key=sorted)]


ADMINISTRATOR = Somebody("anna", administrator=True)
EVERYBODY = [ADMINISTRATOR, *colleagues(), *customer_users()]


def fill(work: UnitOfWork, actor: Actor, group_id: int) -> None:
    """Make the two customers with everything that one can have, and everybody."""
    _describe(work, actor, group_id)
    for target, mark in MARKS.items():
        _customer(work, actor, group_id, target, mark)
    mine = work.customers.find(group_id, MINE.number)
    assert mine is not None
    for one in EVERYBODY[1:]:
        of = mine.id if one.of else None
        work.users.add(group_id, NewUser(one.login, "Någon", permissions=one.permissions, customer_id=of))
    logins = [one.login for one in colleagues()]
    assign_users(work, actor, group_id, [MINE.number], logins)
    work.connections.add(group_id, "visma", "visma_eaccounting")
    work.commit()


def attach_files(store: Store, shelf: FileShelf, actor: Actor, group_id: int) -> None:
    """Give each of the two customers a file."""
    for target, mark in MARKS.items():
        named = target.file, [PDF, mark.encode()]
        attach(store, shelf, actor, group_id, target.number, named, rules=RULES)


def _describe(work: UnitOfWork, actor: Actor, group_id: int) -> None:
    risk = {"key": "risk", "label": SECRET, "type": "text", "hide_for_customer_users": "yes"}
    add_entry(work, actor, group_id, CUSTOM_FIELDS, risk)
    add_entry(work, actor, group_id, DISCOUNT_LETTERS, {"code": "A10"})
    add_entry(work, actor, group_id, ARTICLES, {"number": "RESA", "text": "Framkörning"})
    add_team(work, actor, group_id, "Norr")


def _customer(work: UnitOfWork, actor: Actor, group_id: int, target: Target, mark: str) -> None:
    number = target.number
    values = {"name": mark, "comments": f"{mark} {SECRET}", "custom.risk": SECRET, "invoice_city": mark}
    add_customer(work, actor, group_id, number, values)
    add_contact(work, actor, group_id, number, {"name": f"Kontakt {mark}", "email": "k@example.com"})
    add_facility(work, actor, group_id, number, {"name": f"Plats {mark}"})
    add_item(work, actor, group_id, number, {"kind": "service", "article": "RESA", "text": mark})
    add_order(work, actor, group_id, number, OrderKind.ERROR_REPORT, {"title": f"Fel hos {mark}"}, today=TODAY)
    add_customer_user(work, actor, group_id, number, Person(target.login, f"Kim {mark}"), None)
