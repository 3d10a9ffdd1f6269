"""Who may do what to which customer: one function answers, every entry point asks it (R-26)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from syncd.errors import NotAllowedError
from syncd.register.problems import UnknownCustomerError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Permission(StrEnum):
    """What an administrator can grant a user."""

    VIEW = "view"
    VIEW_ONLY_ASSIGNED = "view_only_assigned"
    EDIT = "edit"
    EDIT_ONLY_ASSIGNED = "edit_only_assigned"
    CREATE = "create"
    DELETE = "delete"
    UPLOAD = "upload"
    CREATE_CUSTOMER_USERS = "create_customer_users"
    CHANGE_CUSTOMER_USERS_RIGHTS = "change_customer_users_rights"
    DELETE_CUSTOMER_USERS = "delete_customer_users"
    ASSIGN = "assign"
    DELETE_UPLOADED_FILES = "delete_uploaded_files"


class Verb(StrEnum):
    """What somebody wants to do, worded so that *You may not …* is a sentence."""

    VIEW = "see customers"
    HISTORY = "see the history of this customer"
    EXPORT = "export registers"
    CHOOSE = "see discount letters, articles, custom fields and settings"
    EDIT = "change this customer"
    CREATE = "add customers"
    DELETE = "delete customers"
    DEACTIVATE = "deactivate or reactivate this customer"
    ASSIGN = "assign users"
    UPLOAD = "upload registers"
    ADD_ORDER = "add orders to this customer"
    SEND = "send protocols and work orders of this customer"
    FILES = "see the files of this customer"
    ATTACH_FILE = "attach files to this customer"
    DELETE_FILE = "delete uploaded files"
    CREATE_CUSTOMER_USER = "create customer users"
    CHANGE_CUSTOMER_USER = "change customer users"
    DELETE_CUSTOMER_USER = "delete customer users"
    RENUMBER = "change customer numbers"
    UNMASK = "see personal identity numbers"
    DISCLOSE = "export what is held on a customer"
    ERASE = "erase personal data"
    CATALOGUES = "change discount letters and articles"
    SETTINGS = "change settings"
    INTEGRATIONS = "change integrations"
    SYNC = "start, approve or undo sync runs"
    RESOLVE = "resolve conflicts"
    LINK = "link customers to accounting, or end their links"
    USERS = "manage users"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Permissions of which one is needed: for any customer, or for those assigned to the actor.

    ``seen`` says that the customer must be visible to the actor as well.
    """

    anywhere: frozenset[Permission] = frozenset()
    assigned: frozenset[Permission] = frozenset()
    seen: bool = True


def _any(*permissions: Permission, seen: bool = True) -> _Rule:
    return _Rule(anywhere=frozenset(permissions), seen=seen)


_VIEW = _Rule(frozenset({Permission.VIEW}), frozenset({Permission.VIEW_ONLY_ASSIGNED}))
_EDIT = _Rule(frozenset({Permission.EDIT}), frozenset({Permission.EDIT_ONLY_ASSIGNED}))

_RULES: Mapping[Verb, _Rule] = {
    Verb.VIEW: _VIEW,
    Verb.HISTORY: _VIEW,
    Verb.EXPORT: _VIEW,
    Verb.CHOOSE: _VIEW,
    Verb.ADD_ORDER: _VIEW,
    Verb.SEND: _VIEW,
    Verb.EDIT: _EDIT,
    Verb.DEACTIVATE: _EDIT,
    Verb.FILES: _VIEW,
    Verb.ATTACH_FILE: _Rule(_EDIT.anywhere | {Permission.UPLOAD}, _EDIT.assigned),
    Verb.CREATE: _any(Permission.CREATE, seen=False),
    Verb.UPLOAD: _any(Permission.UPLOAD, seen=False),
    Verb.DELETE: _any(Permission.DELETE),
    Verb.ASSIGN: _any(Permission.ASSIGN),
    Verb.DELETE_FILE: _any(Permission.DELETE_UPLOADED_FILES),
    Verb.CREATE_CUSTOMER_USER: _any(Permission.CREATE_CUSTOMER_USERS),
    Verb.CHANGE_CUSTOMER_USER: _any(Permission.CHANGE_CUSTOMER_USERS_RIGHTS),
    Verb.DELETE_CUSTOMER_USER: _any(Permission.DELETE_CUSTOMER_USERS),
}
"""A verb without a rule is the administrators' alone."""

_CUSTOMER_USERS: Mapping[Verb, Permission] = {
    Verb.VIEW: Permission.VIEW,
    Verb.CREATE_CUSTOMER_USER: Permission.CREATE_CUSTOMER_USERS,
    Verb.CHANGE_CUSTOMER_USER: Permission.CHANGE_CUSTOMER_USERS_RIGHTS,
    Verb.DELETE_CUSTOMER_USER: Permission.DELETE_CUSTOMER_USERS,
}
"""What a customer user can be allowed, of its own customer alone (R-27). It changes nothing of the register."""

CUSTOMER_USER_RIGHTS = frozenset(_CUSTOMER_USERS.values())
"""The permissions that a customer user can hold."""

_RUN_VERBS = frozenset({Verb.VIEW, Verb.CREATE, Verb.EDIT, Verb.DEACTIVATE, Verb.RENUMBER})
"""What a sync run does by itself. Deleting is always somebody's decision."""

SEEING = frozenset({Permission.VIEW, Permission.VIEW_ONLY_ASSIGNED})
"""The permissions that show customers at all."""

_NOBODY = 0


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is acting: a user with rights and assigned customers, or a sync run.

    ``customer_id`` makes it a customer user: somebody of that customer, not of the company (R-27). ``verbs`` is what a
    scope leaves of an administrator, beside permissions.
    """

    login: str
    name: str
    user_id: int | None = None
    administrator: bool = False
    permissions: frozenset[Permission] = frozenset()
    assigned: frozenset[int] = frozenset()
    run_id: int | None = None
    customer_id: int | None = None
    verbs: frozenset[Verb] = frozenset()

    @classmethod
    def for_run(cls, run_id: int, connection: str) -> Actor:
        """Return the author of what a sync run changes; the history shows it as such."""
        return cls(f"sync:{connection}", f"Sync run {run_id} of {connection}", run_id=run_id)


def may(actor: Actor, verb: Verb, customer_id: int | None = None) -> bool:
    """Whether the actor may do this to that customer; without one, to any customer at all."""
    if actor.customer_id is not None:
        return _may_customer_user(actor, verb, customer_id)
    if actor.administrator or verb in actor.verbs:
        return True
    if actor.run_id is not None:
        return verb in _RUN_VERBS
    rule = _RULES.get(verb)
    if rule is None:
        return False
    return _grants(rule, actor, customer_id) and (not rule.seen or _grants(_VIEW, actor, customer_id))


def grantable(actor: Actor, customer_id: int) -> frozenset[Permission]:
    """Return what the actor may give to a user of that customer: what it has itself, of what such a user can hold."""
    return frozenset(right for verb, right in _CUSTOMER_USERS.items() if may(actor, verb, customer_id))


def _may_customer_user(actor: Actor, verb: Verb, customer_id: int | None) -> bool:
    needed = _CUSTOMER_USERS.get(verb)
    own = customer_id is None or customer_id == actor.customer_id
    return own and needed is not None and {needed, Permission.VIEW} <= actor.permissions


def visible(actor: Actor) -> frozenset[int] | None:
    """Return the customers that the actor's lists may show; None for all of them."""
    if actor.customer_id is not None:
        return frozenset({actor.customer_id}) if Permission.VIEW in actor.permissions else frozenset()
    if actor.administrator or actor.run_id is not None or Permission.VIEW in actor.permissions:
        return None
    if Permission.VIEW_ONLY_ASSIGNED in actor.permissions:
        return actor.assigned
    return frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """What queries may show: everything, what is assigned to a user, or one customer without what is withheld from it.

    From a customer user are withheld comments (R-11), custom fields hidden for customer users (R-25), and what
    accounting systems know.
    """

    only_assigned_to: int | None = None
    only_customer: int | None = None


EVERYTHING = Sight()


def sight(actor: Actor) -> Sight:
    """Return what queries for this actor may show; without any right to see, nothing."""
    seen = visible(actor)
    if actor.customer_id is not None:
        return Sight(only_customer=actor.customer_id if seen else _NOBODY)
    if seen is None:
        return EVERYTHING
    mine = actor.user_id if Permission.VIEW_ONLY_ASSIGNED in actor.permissions else None
    return Sight(only_assigned_to=mine or _NOBODY)


def require(actor: Actor, verb: Verb, customer_id: int | None = None, *, number: str | None = None) -> None:
    """Return when the actor may; otherwise say no without telling that a hidden customer exists.

    ``number`` is what the actor typed, for the same words as for a customer that does not exist.
    """
    if may(actor, verb, customer_id):
        return
    if customer_id is not None and not may(actor, Verb.VIEW, customer_id):
        raise UnknownCustomerError(number)
    raise PermissionNeededError(verb)


class PermissionNeededError(NotAllowedError):
    """The actor may know the customer, but not do this."""

    def __init__(self, verb: Verb) -> None:
        rule = _RULES.get(verb)
        rights = " or ".join(sorted(rule.anywhere)) if rule else ""
        remedy = f"Ask an administrator for the right {rights}." if rights else "Ask an administrator to do it."
        super().__init__(f"You may not {verb.value}.", remedy=remedy)


def _grants(rule: _Rule, actor: Actor, customer_id: int | None) -> bool:
    if not actor.permissions.isdisjoint(rule.anywhere):
        return True
    mine = customer_id is None or customer_id in actor.assigned
    return mine and not actor.permissions.isdisjoint(rule.assigned)
