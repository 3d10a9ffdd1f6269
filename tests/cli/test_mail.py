"""Mail as an administrator sets it up and watches it, with a real mail server and real processes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine

from syncd import bootstrap
from syncd.ports.mail import NewMessage
from syncd.settings import load
from tests.cli.connected import SYNCD, connected
from tests.postoffice import PASSWORD, USER, Authority, PostOffice, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as made:
        yield made


def set_up(post: PostOffice, *lines: str) -> None:
    """What an administrator writes under [mail]."""
    file = Path("syncd.toml")
    text = file.read_text(encoding="utf-8").split("[mail]", maxsplit=1)[0]
    given = dict(line.split(" = ", 1) for line in lines)
    known = {"host": '"127.0.0.1"', "port": str(post.port), "encryption": '"none"', "sender": '"syncd@example.com"'}
    told = "\n".join(f"{key} = {value}" for key, value in {**known, "timeout_seconds": "20", **given}.items())
    file.write_text(f"{text}\n[mail]\n{told}\n", encoding="utf-8")


@pytest.fixture
def office(shell: Shell, post: PostOffice) -> Shell:
    """A shell whose configuration names a mail server, with a technician who may see the two customers."""
    set_up(post)
    shell.ok("user", "add", "lisa", "--name", "Lisa", "--email", "lisa@example.com")
    shell.ok("user", "grant", "lisa", "view")
    shell.ok("customer", "add", "1", "Åkes")
    shell.ok("customer", "add", "2", "Örns")
    return shell


def test_a_test_mail_shows_whether_mail_works(shell: Shell, post: PostOffice) -> None:
    """In the group's language; where it does not work the reason is told."""
    set_up(post)
    assert "127.0.0.1 took the test mail" in shell.ok("mail", "test", "eva@example.com").out
    shell.ok("settings", "set", "language=sv")
    shell.ok("mail", "test", "eva@example.com")
    assert [letter["Subject"] for letter in post.letters] == ["Test mail from syncd", "Provmejl från syncd"]
    assert "å, ä och ö" in text_of(post.letters[1])
    assert shell("mail", "test", "eva").code == 1
    post.answers["RCPT"] = "550 nobody"
    refused = shell("mail", "test", "eva@example.com")
    assert (refused.code, "refused the letter (550)" in refused.err) == (1, True)
    post.answers["MAIL"] = "553 not you"
    refused = shell("mail", "test", "eva@example.com")
    assert (refused.code, "Check sender" in refused.err) == (69, True)


def test_a_server_with_encryption_and_password_is_set_up(shell: Shell, tmp_path: Path) -> None:
    """The password in a file, the authority too."""
    authority = Authority.found(tmp_path)
    (tmp_path / "mail_password").write_text(f"{PASSWORD}\n")
    (tmp_path / "mail_password").chmod(0o600)
    with PostOffice(starttls=authority.context(), login=True) as post:
        keys = ('encryption = "starttls"', f'user = "{USER}"', 'password_file = "mail_password"', 'ca_file = "ca.pem"')
        set_up(post, *keys, 'host = "localhost"', 'reply_to = "office@example.com"')
        shell.ok("mail", "test", "eva@example.com")
        assert "ok     mail: localhost answers (starttls)" in shell("doctor").out
        assert post.letters[0]["Reply-To"] == "office@example.com"
        (tmp_path / "mail_password").write_text("wrong")
        wrong = shell("doctor")
        assert wrong.code == 69
        assert "WRONG  mail: the mail server cannot be used: it refused the login" in wrong.out
        assert "wrong" not in wrong.out.replace("WRONG", "")
        (tmp_path / "mail_password").unlink()
        lost = shell("mail", "test", "eva@example.com")
        assert (lost.code, "mail.password_file" in lost.err) == (78, True)


def test_without_a_mail_server_everything_else_works(shell: Shell) -> None:
    """The doctor notes it, sending says what is missing, assigning does not mind."""
    shell.ok("user", "add", "lisa", "--name", "Lisa", "--email", "lisa@example.com")
    shell.ok("customer", "add", "1", "Åkes")
    shell.ok("customer", "assign", "1", "lisa")
    assert "note   mail: no mail server is set up" in shell("doctor").out
    for words in (("mail", "send"), ("mail", "test", "eva@example.com")):
        answer = shell(*words)
        assert (answer.code, "Set host and sender under [mail]" in answer.err) == (78, True)
    assert shell.ok("mail", "list", "--json").json[0]["state"] == "waiting"
    assert "mail list" not in shell.ok("status").out
    assert shell.ok("status", "--json").json["mail"]["waiting"] == 1


def test_whoever_is_assigned_is_mailed_when_the_command_is_done(office: Shell, post: PostOffice) -> None:
    """Once; and unassigned once."""
    assert office.ok("customer", "assign", "1", "lisa").out == "Assigned 1 to 1.\n"
    office.ok("customer", "assign", "1", "lisa")
    office.ok("customer", "unassign", "1", "lisa")
    subjects = [letter["Subject"] for letter in post.letters]
    assert subjects == ["Customer 1 was assigned to you", "Customer 1 is no longer assigned to you"]
    assert office.ok("mail", "send").out == "Sent 0, failed 0.\n"
    assert office.ok("mail", "list").out == "No mail waits, and none was given up.\n"
    assert office.ok("mail", "list", "--all", "--json").json[0] == {
        **office.ok("mail", "list", "--all", "--limit", "1", "--json").json[0],
        "kind": "unassigned", "login": "lisa", "to": "lisa@example.com", "state": "sent", "subject": "", "attempts": 1,
    }  # fmt: skip


def test_a_mail_server_that_fails_fails_no_command(office: Shell, post: PostOffice) -> None:
    """Assigning is done, and says so; the mail waits and is sent later."""
    post.hang = "DATA"
    answer = office.ok("customer", "assign", "1", "lisa", "--json")
    assert answer.json["assigned"][0]["login"] == "lisa"
    (waiting,) = office.ok("mail", "list", "--json").json
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    listed = office.ok("mail", "list").out
    assert "lisa" in listed
    assert "did not answer in time" in listed
    post.hang = None
    post.answers["MAIL"] = "553 not you"
    assert office.ok("mail", "retry").out == "1 mail due now: syncd mail send\n"
    failed = office("mail", "send", "--json")
    assert (failed.code, failed.json["sent"], failed.json["error"]["remedy"]) == (69, 0, "Check sender under [mail].")
    post.answers.clear()
    assert office.ok("mail", "retry", "--json").json == {"due": 1}
    assert office.ok("mail", "send", "--json").json == {"sent": 1, "failed": 0, "error": None}


def test_mails_that_do_not_go_out_show(office: Shell, post: PostOffice) -> None:
    """In status while they wait for long, in status and doctor once they are given up."""
    post.answers["DATA"] = "451 later"
    office.ok("customer", "assign", "1", "lisa")
    assert "waiting for the mail server" not in office.ok("status").out
    with time_machine.travel(bootstrap.now().replace(year=2027)):
        assert "1 mail waiting for the mail server: syncd mail list" in office.ok("status").out
        post.answers["DATA"] = "554 never"
        assert "failed 1" in office.ok("mail", "send").out
        assert "1 mail could not be sent: syncd mail list" in office.ok("status").out
        assert office.ok("status", "--json").json["mail"]["given_up"] == 1
        assert "note   mails: 1 could not be sent" in office("doctor").out


def test_mails_are_the_administrators(office: Shell) -> None:
    """Nobody else sees or sends them."""
    for words in (("list",), ("send",), ("retry",), ("test", "eva@example.com")):
        assert office("mail", *words, "--as", "lisa").code == 77


def test_two_processes_send_everything_once(office: Shell, post: PostOffice, tmp_path: Path) -> None:
    """At the same time, each a program of its own."""
    post.answers["DATA"] = "451 not yet"
    for number in range(3, 13):
        office.ok("customer", "add", str(number), "Åkes")
        office.ok("customer", "assign", str(number), "lisa")
    post.answers.clear()
    office.ok("mail", "retry")
    both = [
        subprocess.Popen([SYNCD, "mail", "send", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert sum(one["sent"] for one in told) == 10
    assert len({letter["Message-ID"] for letter in post.letters}) == len(post.letters) == 10


def test_another_sender_is_left_alone(office: Shell) -> None:
    """The second one says so and is done."""
    opened = bootstrap.open_store(load())
    with opened.work() as work:
        group = work.groups.only()
        assert group is not None
        work.outbox.add(group.id, NewMessage("test", "a", "x", "y", address="eva@example.com"))
        work.commit()
    with opened.lock("mail") as got:
        assert got
        assert office.ok("mail", "send").out == "Another process is sending.\n"
    opened.database.close()


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def test_a_sync_sends_what_waits_and_fails_for_no_mail(visma: Connected, post: PostOffice) -> None:
    """After its answer, whatever the mail server does."""
    visma.ok("user", "add", "lisa", "--name", "Lisa", "--email", "lisa@example.com")
    visma.ok("user", "grant", "lisa", "view")
    visma.ok("customer", "add", "1", "Åkes", "invoice_city=Umeå", "invoice_postal_code=1")
    visma.ok("customer", "assign", "1", "lisa")
    set_up(post)
    post.cut = "DATA"
    visma.sync(code=3)
    post.cut = None
    visma.ok("mail", "retry")
    visma.sync("--approve")
    assert [letter["Subject"] for letter in post.letters] == ["Customer 1 was assigned to you"]


def test_notifications_are_listed_and_read(office: Shell) -> None:
    """One's own; with names for those who may see them."""
    office.ok("customer", "assign", "1", "lisa")
    office.ok("customer", "assign", "2", "lisa")
    assert office.ok("notifications", "list").out == "No unread notifications.\n"
    listed = office.ok("notifications", "list", "--as", "lisa")
    assert "Customer 1 was assigned to you" in listed.out
    assert "1 Åkes" in listed.out
    assert "syncd --as lisa notifications read --all" in listed.out
    newest, oldest = office.ok("notifications", "list", "--as", "lisa", "--json").json
    assert newest == {
        "id": newest["id"], "kind": "assigned", "message": "Customer 2 was assigned to you", "about": None, "count": 1,
        "customers": [{"number": "2", "name": "Örns"}], "who": "anna", "when": newest["when"], "read": False,
    }  # fmt: skip
    read = office.ok("notifications", "read", str(oldest["id"]), "--as", "lisa")
    assert read.out == "Marked 1 notification as read.\n"
    assert office.ok("notifications", "read", "--all", "--as", "lisa", "--json").json == {"read": 1}
    assert office.ok("notifications", "list", "--all", "--as", "lisa", "--json").json[0]["read"] is True
    assert office.ok("notifications", "list", "--all").out == "No notifications.\n"
    assert office("notifications", "read").code == 64
    assert office("notifications", "read", "1", "--all").code == 64


def test_a_user_decides_about_mail(office: Shell, post: PostOffice) -> None:
    """Or their administrator does; the notification inside the program stays."""
    assert office.ok("user", "set", "lisa", "email_notices=no", "--json").json["email_notices"] is False
    office.ok("customer", "assign", "1", "lisa")
    assert post.letters == []
    assert len(office.ok("notifications", "list", "--as", "lisa", "--json").json) == 1


def test_administrators_are_told_what_waits_for_them_once(visma: Connected, post: PostOffice) -> None:
    """A first run that is held, then a conflict; never the same at every run."""
    set_up(post)
    visma.ok("user", "set", "anna", "email=anna@example.com")
    visma.ok("customer", "add", "1", "Åkes Bygg", "phone=08-100 10 10", "invoice_city=Umeå", "invoice_postal_code=1")
    visma.sync(code=3)
    visma.sync(code=3)
    visma.sync("visma", "--approve")
    visma.ok("customer", "set", "1", "phone=08-200 20 20")
    visma.company.edit_customer("1", Telephone="08-300 30 30")
    visma.sync()
    visma.sync()
    assert [letter["Subject"] for letter in post.letters] == ["Bolaget: a run is held", "Bolaget: 1 new conflict"]
    assert "syncd sync visma --approve" in text_of(post.letters[0])
    assert "The two sides differ: 1\n" in text_of(post.letters[1])
    visma.ok("conflicts", "resolve", "1", "--take", "register", "--sync")
    visma.sync()
    assert len(post.letters) == 2


def test_assigned_technicians_are_mailed_of_a_new_order(office: Shell, post: PostOffice) -> None:
    """When the command is done; the customer is not told."""
    office.ok("customer", "set", "1", "email=kund@example.com")
    office.ok("customer", "assign", "1", "lisa")
    office.ok("order", "add", "1", "--kind", "error_report", "Pumpen läcker")
    assert [letter["Subject"] for letter in post.letters][1:] == ["New error report for customer 1"]
    assert post.envelopes[1][1] == ["lisa@example.com"]
