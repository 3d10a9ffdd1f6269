"""The people of a group and of its customers, and what they may (R-26, R-27). Passwords are made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from syncd.register.access import Verb
from syncd.services.register import customer_users
from syncd.services.register import shapes as told
from syncd.services.register import users as service
from syncd.services.register.managing import UnknownUserError, managed
from syncd.services.register.seen import hold_user, user_version
from syncd.services.wishes import made_once
from syncd.web.api import shapes
from syncd.web.api.answers import address, answers, at_this_address
from syncd.web.api.conditions import Once, Seen, repeated
from syncd.web.api.door import Calling
from syncd.web.api.sent import NewUser, Permissions, UserChanges

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.people import UserInfo
    from syncd.ports.work import Work
    from syncd.web.api.house import Caller

router = APIRouter(prefix="/users", tags=["users"])

Login = Annotated[str, Path(max_length=200), AfterValidator(unquote)]
_CHANGED = answers(shapes.User, 404, 409, 412, 428, tagged=True)


@router.get("", responses=answers(list[shapes.User], 404))
def list_users(
    caller: Calling,
    customer: Annotated[str | None, Query(max_length=200, description="Only this customer's, by number.")] = None,
) -> JSONResponse:
    """List the users whom the caller may know of."""
    with caller.reading() as work:
        found = service.list_users(work, caller.actor, caller.group_id, customer)
    return JSONResponse([told.user(one) for one in found])


@router.get("/{login}", responses=answers(shapes.User, 404, tagged=True))
def show_user(caller: Calling, login: Login) -> JSONResponse:
    """Show one user. The ETag is for `If-Match` of the change to come."""
    with caller.reading() as work, at_this_address(UnknownUserError):
        return _shown(service.show_user(work, caller.actor, caller.group_id, login))


@router.post("", status_code=201, responses=answers(shapes.User, 404, 409, status=201, tagged=True))
def add_user(caller: Calling, sent: NewUser, once: Once) -> JSONResponse:
    """Add a user of the company without rights, or a user of a customer with the right to see it."""
    typed = sent.model_dump()
    number, person, where = typed.pop("customer"), service.Person(**typed), (caller.actor, caller.group_id)

    def make(work: Work) -> str:
        if number is None:
            return service.add_user(work, *where, person, None).login
        return customer_users.add_customer_user(work, *where, number, person, None).login

    with caller.work() as work:
        made, new = made_once(work, caller.actor, once, lambda: make(work))
        added = work.users.find(caller.group_id, made)
        if added is None:
            raise UnknownUserError(made)
        return _shown(added, 201, {"Location": address("users", made), **repeated(new=new)})


@router.patch("/{login}", responses=_CHANGED)
def change_user(caller: Calling, login: Login, sent: UserChanges, seen: Seen) -> JSONResponse:
    """Change fields of a user; `active` false locks them out."""
    return _changed(caller, login, seen, service.change_user, sent.typed())


@router.post("/{login}/grant", responses=_CHANGED)
def grant_permissions(caller: Calling, login: Login, sent: Permissions, seen: Seen) -> JSONResponse:
    """Give a user rights beside those they have."""
    return _changed(caller, login, seen, service.grant, sent.permissions)


@router.post("/{login}/revoke", responses=_CHANGED)
def revoke_permissions(caller: Calling, login: Login, sent: Permissions, seen: Seen) -> JSONResponse:
    """Take rights away from a user."""
    return _changed(caller, login, seen, service.revoke, sent.permissions)


@router.delete("/{login}", status_code=204, responses=answers(None, 404, 409, 412, 428, status=204))
def delete_user(caller: Calling, login: Login, seen: Seen) -> Response:
    """Delete a user of a customer; users of the company are locked out instead."""
    with caller.work() as work:
        user = _held(caller, work, login, Verb.DELETE_CUSTOMER_USER, seen)
        customer_users.delete_customer_user(work, caller.actor, caller.group_id, user.login)
    return Response(status_code=204)


def _held(caller: Caller, work: Work, login: str, verb: Verb, seen: frozenset[str]) -> UserInfo:
    """Keep a user as they were seen, for whoever may do this to them."""
    with at_this_address(UnknownUserError):
        user = managed(work, caller.actor, caller.group_id, login, verb)
    return hold_user(work, user, seen)


def _changed(
    caller: Caller,
    login: str,
    seen: frozenset[str],
    change: Callable[..., UserInfo],
    what: Any,  # noqa: ANN401 - what is changed
) -> JSONResponse:
    with caller.work() as work:
        user = _held(caller, work, login, Verb.CHANGE_CUSTOMER_USER, seen)
        return _shown(change(work, caller.actor, caller.group_id, user.login, what))


def _shown(user: UserInfo, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(told.user(user), status, {"ETag": f'"{user_version(user)}"', **(headers or {})})
