"""The people of a group and of its customers: listed, added, changed (R-26, R-27)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.register.access import CUSTOMER_USER_RIGHTS, PermissionNeededError, Verb, grantable, may, require
from syncd.register.fields import Field
from syncd.register.scopes import ADMINISTRATOR
from syncd.services.register import customer_users, passwords
from syncd.services.register import users as service
from syncd.services.register.finding import known
from syncd.services.register.seen import hold_user, user_version
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.forms import again, carried_out, section, status_of
from syncd.web.pages.inputs import changed, typed
from syncd.web.pages.pieces import pieces
from syncd.web.pages.user_words import RIGHTS
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.people import UserInfo
    from syncd.ports.work import Work
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.wrong import Wrong

NEW = (
    Field("login", limit=64, required=True),
    Field("name", required=True),
    Field("email", "email", limit=320),
    Field("phone", "phone"),
    Field("employee_number", limit=64),
)
HELPS = {
    "login": _(
        "What the person logs in with: letters, digits, dots, dashes, underscores, plus and at signs. It stays."
    ),
    "active": _("Whoever is not active cannot log in and is assigned nothing new."),
    "email_notices": _("By mail, beside the notifications in here."),
    "employee_number": _("Can be part of our reference in accounting."),
}


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/users", index),
        door.shows("/users/add", ask_new),
        door.takes("/users/add", add),
        door.shows("/users/{id:int}", show),
        door.takes("/users/{id:int}", save),
        door.takes("/users/{id:int}/rights", give),
        door.takes("/users/{id:int}/password", new_password),
        door.takes("/users/{id:int}/sessions", end_sessions),
        door.takes("/users/{id:int}/delete", delete),
    ]


def index(visit: Visit) -> Response:
    """Everybody whom the reader may know of; of one customer, if the address names it."""
    with visit.reading() as work:
        number = _customer(visit, work)
        people = service.list_users(work, visit.actor, visit.group_id, number)
    may_add = may(visit.actor, Verb.USERS) if number is None else may(visit.actor, Verb.CREATE_CUSTOMER_USER)
    return visit.page(
        "users.html",
        rows=pieces(people, visit),
        rights=RIGHTS,
        number=number,
        customer=visit.asked("customer"),
        may_add=may_add,
        manages={one.id for one in people if _manages(visit, one)},
    )


def _customer(visit: Visit, work: Work) -> str | None:
    """The number of the customer that the address names."""
    asked = visit.asked("customer")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and int(asked) < 2**63):
        raise NothingHereError
    return known(work, visit.actor, visit.group_id, int(asked)).number


def _manages(visit: Visit, user: UserInfo) -> bool:
    if may(visit.actor, Verb.USERS):
        return True
    verbs = (Verb.CHANGE_CUSTOMER_USER, Verb.DELETE_CUSTOMER_USER)
    return user.customer_id is not None and any(may(visit.actor, verb, user.customer_id) for verb in verbs)


# ----- a new one


def ask_new(visit: Visit, why: Wrong | None = None) -> Response:
    """The form of a new user; with a customer in the address, of a user of that customer."""
    with visit.reading() as work:
        number = _customer(visit, work)
    visit.require(Verb.USERS if number is None else Verb.CREATE_CUSTOMER_USER)
    form = again(visit, section(visit, visit.words.say(_("Add a user")), NEW, {}, HELPS), why)
    status = status_of(why)
    return visit.page(
        "user_add.html", status=status, why=why, form=form, number=number, customer=visit.asked("customer")
    )


def add(visit: Visit) -> Response:
    """Add the user, and show once the password to log in with for the first time."""

    def act() -> Response:
        sent = typed(visit, [one.name for one in NEW])
        person = service.Person(**{name: text or None for name, text in sent.items()} | _named(sent))
        password = passwords.one_time()
        with visit.work() as work, work.as_one():
            number = _customer(visit, work)
            if number is None:
                added = service.add_user(work, visit.actor, visit.group_id, person, password)
            else:
                added = customer_users.add_customer_user(work, visit.actor, visit.group_id, number, person, password)
            work.users.set_password_hash(added.id, passwords.hashed(password), one_time=True)
            work.commit()
        return visit.page("user_password.html", user=added, password=password, manages=_manages(visit, added))

    return carried_out(visit, act, lambda why: ask_new(visit, why))


def _named(sent: dict[str, str]) -> dict[str, Any]:
    """What must be there, even if it is empty: it is then refused for what it is."""
    return {name: sent.get(name, "") for name in ("login", "name")}


# ----- one that is there


@dataclass(frozen=True, slots=True)
class Right:
    """A right that can be ticked."""

    name: str
    words: str
    held: bool


def _found(visit: Visit, work: Work) -> UserInfo:
    """The user whom the address names, if the reader manages them."""
    people = service.list_users(work, visit.actor, visit.group_id)
    user = next((one for one in people if one.id == visit.number()), None)
    if user is None:
        raise NothingHereError
    if not _manages(visit, user):
        raise PermissionNeededError(Verb.USERS)
    return user


def show(visit: Visit, why: Wrong | None = None) -> Response:
    """A user's fields and rights."""
    with visit.reading() as work:
        user = _found(visit, work)
    values = {name: getattr(user, name) for name in service.USER_FIELDS}
    form = section(visit, user.login, service.USER_FIELDS.values(), values, HELPS)
    held = _held(user)
    return visit.page(
        "user.html",
        status=status_of(why),
        why=why,
        user=user,
        form=again(visit, form, why),
        seen=user_version(user),
        rights=[Right(name, visit.words.say(RIGHTS[name]), held=name in held) for name in _givable(visit, user)],
        may_change=_may_change(visit, user),
        may_delete=user.customer_id is not None and may(visit.actor, Verb.DELETE_CUSTOMER_USER, user.customer_id),
    )


def _may_change(visit: Visit, user: UserInfo) -> bool:
    if may(visit.actor, Verb.USERS):
        return True
    return user.customer_id is not None and may(visit.actor, Verb.CHANGE_CUSTOMER_USER, user.customer_id)


def _held(user: UserInfo) -> set[str]:
    return {str(one) for one in user.permissions} | ({ADMINISTRATOR} if user.administrator else set())


def _givable(visit: Visit, user: UserInfo) -> list[str]:
    """The rights that the reader can give this user, or take."""
    if user.customer_id is None:
        return list(RIGHTS)
    own = grantable(visit.actor, user.customer_id)
    return [name for name in RIGHTS if name in CUSTOMER_USER_RIGHTS and name in own]


def save(visit: Visit) -> Response:
    """Store what was changed, unless somebody stored something else meanwhile."""

    def act() -> Response:
        with visit.work() as work:
            user = _found(visit, work)
            held = hold_user(work, user, {visit.asked("seen")})
            stored = {name: getattr(held, name) for name in service.USER_FIELDS}
            changes = changed(typed(visit, service.USER_FIELDS), stored)
            if changes:
                service.change_user(work, visit.actor, visit.group_id, user.login, changes)
        return visit.go(f"/users/{user.id}", said="user_saved")

    return carried_out(visit, act, lambda why: show(visit, why))


def give(visit: Visit) -> Response:
    """Give the rights that were ticked anew, take those that were unticked; both or neither."""

    def act() -> Response:
        wanted = set(visit.several("right"))
        with visit.work() as work, work.as_one():
            user = hold_user(work, _found(visit, work), {visit.asked("seen")})
            before, shown = _held(user), set(_givable(visit, user))
            _each(work, visit, user, (wanted - before), ((before & shown) - wanted))
        return visit.go(f"/users/{user.id}", said="user_saved")

    return carried_out(visit, act, lambda why: show(visit, why))


def _each(work: Work, visit: Visit, user: UserInfo, more: Iterable[str], less: Iterable[str]) -> None:
    if more:
        service.grant(work, visit.actor, visit.group_id, user.login, sorted(more))
    if less:
        service.revoke(work, visit.actor, visit.group_id, user.login, sorted(less))


def new_password(visit: Visit) -> Response:
    """Make a one-time password, and show it once; every session of the user ends."""
    password = passwords.one_time()
    with visit.work() as work:
        user = _found(visit, work)
        service.set_password(work, visit.actor, visit.group_id, user.login, password, one_time=True)
    return visit.page("user_password.html", user=user, password=password, manages=True)


def end_sessions(visit: Visit) -> Response:
    """End every session of the user, who can log in again."""
    with visit.work() as work:
        user = _found(visit, work)
        service.end_sessions(work, visit.actor, visit.group_id, user.login)
    return visit.go(f"/users/{user.id}", said="sessions_ended")


def delete(visit: Visit) -> Response:
    """Delete a customer user; the customer's history keeps that there was one."""

    def act() -> Response:
        with visit.work() as work:
            user = _found(visit, work)
            if user.customer_id is not None:
                require(visit.actor, Verb.DELETE_CUSTOMER_USER, user.customer_id)
            customer_users.delete_customer_user(work, visit.actor, visit.group_id, user.login)
        return visit.go("/users", said="user_deleted")

    return carried_out(visit, act, lambda why: show(visit, why))
