"""`syncd token`: tokens with which programs use the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.context import acting
from syncd.cli.output import json_option, note, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.register.scopes import SLICES
from syncd.services.register import api_tokens, shapes, users

if TYPE_CHECKING:
    from syncd.ports.api_tokens import ApiToken

_RIGHTS = (
    f"Rights: {' '.join(users.GRANTABLE)}. Of an administrator also: {' '.join(SLICES)}. "
    "The user is the one given with --as."
)
_LISTED = ("name", "user", "begins_with", "scope", "last_used_at", "expires_at")


@click.group(cls=CommandGroup)
def token() -> None:
    """Tokens with which programs use the API."""


@token.command(epilog=_RIGHTS)
@click.argument("name")
@click.option(
    "--scope", "scope", multiple=True, metavar="RIGHT", help="Only this right of the user's; may be repeated."
)
@click.option("--expires", metavar="DATE|DAYS", help="The last day (2027-01-31, UTC), or for how long (90d).")
@json_option
def add(name: str, *, scope: tuple[str, ...], expires: str | None, as_json: bool) -> None:
    """Make a token that acts as you, or as the user of --as. It is shown once."""
    from syncd.bootstrap import now as clock

    until = None if expires is None else api_tokens.expiry(expires, clock())
    with acting() as now:
        added, secret = api_tokens.add_token(
            now.work, now.actor, now.group.id, name, scope=scope or None, expires_at=until
        )
    if as_json:
        print_json({**shapes.api_token(added), "token": secret})
    else:
        note(f"Token {added.name} acts as {added.login}, {_scope(added)}. It is shown this once:")
        say(secret)


@token.command("list")
@click.option("--all", "revoked", is_flag=True, help="Revoked ones, too.")
@json_option
def list_(*, revoked: bool, as_json: bool) -> None:
    """List your tokens; administrators see everybody's."""
    with acting(reading=True) as now:
        found = api_tokens.list_tokens(now.work, now.actor, now.group.id, revoked=revoked)
    documents = [shapes.api_token(one) for one in found]
    if as_json:
        print_json(documents)
    elif documents:
        headings = (*_LISTED, "revoked_at") if revoked else _LISTED
        print_table(headings, ([_word(document[name]) for name in headings] for document in documents))
    else:
        say("No tokens.")


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Let a token be used no more, from this moment on."""
    with acting() as now:
        api_tokens.revoke_token(now.work, now.actor, now.group.id, name)
    say(f"Token {name.strip()} is revoked.")


def _scope(added: ApiToken) -> str:
    return "with all of that user's rights" if added.scope is None else f"within {', '.join(added.scope)}"


def _word(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return " ".join(value) if isinstance(value, list) else value
