"""`syncd user`: the people of a group and their rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syncd.cli.arguments import pairs, password_file_option, read_password
from syncd.cli.context import acting
from syncd.cli.output import json_option, note, print_json, print_pairs, print_table, say
from syncd.cli.root import CommandGroup
from syncd.register.access import CUSTOMER_USER_RIGHTS
from syncd.services.register import passwords, shapes, users
from syncd.services.register.customer_users import add_customer_user, delete_customer_user

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.ports.people import UserInfo

_RIGHTS = (
    f"Rights: {' '.join(users.GRANTABLE)}. Of a customer user: {' '.join(sorted(CUSTOMER_USER_RIGHTS))}, for its own "
    "customer alone."
)
_FIELDS = f"Fields: {' '.join(users.USER_FIELDS)}."
_LISTED = ("login", "name", "customer", "email", "administrator", "active")


@click.group(cls=CommandGroup)
def user() -> None:
    """The people of a group and their rights, and the users of its customers."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="First and last name.")
@click.option("--customer", metavar="NUMBER", help="A customer user: sees this customer's orders and reports alone.")
@click.option("--email", metavar="ADDRESS")
@click.option("--phone", metavar="NUMBER")
@click.option("--employee-number", metavar="NUMBER")
@password_file_option
@json_option
def add(login: str, *, customer: str | None, password_file: Path | None, as_json: bool, **typed: str) -> None:
    """Add a user, without rights; a customer user may view its customer. Without a password they cannot log in."""
    password = read_password(password_file) if password_file else None
    person = users.Person(login, **typed)
    with acting() as now:
        if customer is None:
            added = users.add_user(now.work, now.actor, now.group.id, person, password)
        else:
            added = add_customer_user(now.work, now.actor, now.group.id, customer, person, password)
    of = f" of customer {added.customer_number}" if added.customer_number else ""
    _tell(added, f"Added user {login}{of}.", as_json=as_json)


@user.command("list")
@click.option("--customer", metavar="NUMBER", help="Only the users of this customer.")
@json_option
def list_(*, customer: str | None, as_json: bool) -> None:
    """List everybody whom you may know of."""
    with acting(reading=True) as now:
        found = users.list_users(now.work, now.actor, now.group.id, customer)
    documents = [shapes.user(person) for person in found]
    if as_json:
        print_json(documents)
    else:
        print_table(_LISTED, ([document[name] for name in _LISTED] for document in documents))


@user.command()
@click.argument("login")
@json_option
def show(login: str, *, as_json: bool) -> None:
    """Show one user."""
    with acting(reading=True) as now:
        document = shapes.user(users.show_user(now.work, now.actor, now.group.id, login))
    if as_json:
        print_json(document)
    else:
        print_pairs({**document, "permissions": " ".join(document["permissions"])}.items())


@user.command("set", epilog=_FIELDS)
@click.argument("login")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(login: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change fields of a user; active=no locks them out."""
    with acting() as now:
        changed = users.change_user(now.work, now.actor, now.group.id, login, pairs(fields))
    _tell(changed, f"User {login} is saved.", as_json=as_json)


@user.command(epilog=_RIGHTS)
@click.argument("login")
@click.argument("rights", nargs=-1, required=True, metavar="PERMISSION...")
@json_option
def grant(login: str, rights: tuple[str, ...], *, as_json: bool) -> None:
    """Give rights to a user."""
    with acting() as now:
        changed = users.grant(now.work, now.actor, now.group.id, login, rights)
    _tell(changed, _rights(changed), as_json=as_json)


@user.command(epilog=_RIGHTS)
@click.argument("login")
@click.argument("rights", nargs=-1, required=True, metavar="PERMISSION...")
@json_option
def revoke(login: str, rights: tuple[str, ...], *, as_json: bool) -> None:
    """Take rights away from a user."""
    with acting() as now:
        changed = users.revoke(now.work, now.actor, now.group.id, login, rights)
    _tell(changed, _rights(changed), as_json=as_json)


@user.command()
@click.argument("login")
@password_file_option
def password(login: str, *, password_file: Path | None) -> None:
    """Give a user a new password: from a file, else one that is printed once."""
    new = read_password(password_file) if password_file else passwords.one_time()
    with acting() as now:
        users.set_password(now.work, now.actor, now.group.id, login, new, one_time=password_file is None)
    note(f"User {login} has a new password.")
    if password_file is None:
        say(new)


@user.command()
@click.argument("login")
def delete(login: str) -> None:
    """Delete a customer user. People of the company stand in orders and histories: lock them out, active=no."""
    with acting() as now:
        delete_customer_user(now.work, now.actor, now.group.id, login)
    say(f"User {login} is deleted.")


def _tell(changed: UserInfo, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.user(changed))
    else:
        say(message)


def _rights(changed: UserInfo) -> str:
    names = sorted(changed.permissions) + (["administrator"] if changed.administrator else [])
    return f"User {changed.login} may: {', '.join(names) or 'nothing'}."
