"""`syncd mail`: mails on their way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened, typed
from syncd.cli.output import json_option, note, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from syncd.cli.application import Session
    from syncd.connectors.smtp import SmtpServer
    from syncd.ports.mail import Queued

_SHOWN = ("id", "kind", "login", "to", "subject", "state", "attempts", "next_try", "last_error", "sent_at")


@click.group(cls=CommandGroup)
def mail() -> None:
    """Mails on their way out."""


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a test mail to ADDRESS now, and tell what the mail server says."""
    from syncd.bootstrap import now
    from syncd.ports.clock import stamp
    from syncd.register.access import Verb
    from syncd.register.clean import clean
    from syncd.services.mail.trial import trial

    with opened() as session:
        session.require(Verb.SETTINGS)
        to = str(clean("email", address) or "")
        server = _server(session)
        with session.store.reading() as work:
            language = work.groups.settings(session.group_id).language
        trial(server, to, language, stamp(now()))
    say(f"{server.host} took the test mail. Look whether it arrives.")


@mail.command()
@json_option
def send(*, as_json: bool) -> int:
    """Send everything that is due now."""
    from syncd.register.access import Verb

    with opened() as session:
        session.require(Verb.SETTINGS)
        _server(session)
        done = session.app.mailer().deliver_due()
    if as_json:
        error = None if done.error is None else {"message": done.error.message, "remedy": done.error.remedy}
        print_json({"sent": done.sent, "failed": done.failed, "error": error})
    else:
        say("Another process is sending." if done.busy else f"Sent {done.sent}, failed {done.failed}.")
    if done.error is None:
        return 0
    note(done.error.message)
    note(f"Remedy: {done.error.remedy}")
    return done.error.exit_code


@mail.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was sent or dropped, of the last month.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@json_option
def list_(*, everything: bool, limit: int, as_json: bool) -> None:
    """List mails that wait or were given up, newest first."""
    from syncd.services.mail.queue import STATES, list_messages

    with opened() as session:
        states = STATES if everything else STATES[:2]
        found = list_messages(session.store, session.actor, session.group_id, states, limit)
    if as_json:
        print_json([_shape(one) for one in found])
    elif found:
        headings = ("id", "kind", "to", "state", "attempts", "next try (UTC)", "last error")
        print_table(headings, (_row(one) for one in found))
    else:
        say("No mails." if everything else "No mail waits, and none was given up.")


def _shape(one: Queued) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _SHOWN}


def _row(one: Queued) -> tuple[object, ...]:
    next_try = one.next_try[:16].replace("T", " ") if one.state == "waiting" else ""
    return one.id, one.kind, one.login or one.to, one.state, one.attempts, next_try, one.last_error


@mail.command()
@json_option
def retry(*, as_json: bool) -> None:
    """Let everything that waits or was given up be tried again at once."""
    from syncd.services.mail.queue import retry as again

    with opened() as session:
        number = again(session.store, session.actor, session.group_id)
    if as_json:
        print_json({"due": number})
    else:
        say(f"{number} mail{'' if number == 1 else 's'} due now: {typed('mail', 'send')}")


def _server(session: Session) -> SmtpServer:
    server = session.app.mail_server()
    if server is None:
        raise ConfigurationError("no mail server is set up", remedy="Set host and sender under [mail].")
    return server
