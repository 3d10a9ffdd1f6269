"""Service protocols and *Send protocol* on the command line, with a real mail server (R-06, R-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.postoffice import PostOffice, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def office(shell: Shell, post: PostOffice, tmp_path: Path) -> Shell:
    """A customer with a service order on its way, three contacts, and a mail server."""
    file = tmp_path / "syncd.toml"
    text = file.read_text(encoding="utf-8").split("[mail]", maxsplit=1)[0]
    server = f'host = "127.0.0.1"\nport = {post.port}\nencryption = "none"\nsender = "b@example.com"\n'
    file.write_text(f"{text}\n[mail]\n{server}", encoding="utf-8")
    shell.ok("customer", "add", "7", "Åkes Hiss", "organisation_number=556036-0793")
    shell.ok("contact", "add", "7", "name=Eva Ek", "email=eva@example.com", "send_service_protocol=yes")
    shell.ok(
        "contact", "add", "7", "name=Bo", "email=bo@example.com", "send_work_orders=yes", "send_service_protocol=yes"
    )
    shell.ok("contact", "add", "7", "name=Chefen", "email=chef@example.com", "accounting=yes")
    shell.ok("article", "add", "RESA", "text=Resa", "unit=st")
    shell.ok("item", "add", "7", "service", "RESA")
    shell.ok("user", "add", "lisa", "--name", "Lisa Öberg")
    shell.ok("customer", "assign", "7", "lisa")
    shell.ok("order", "add", "7", "--kind", "order", "Årlig service", "type=service", "description=Hiss 2")
    return shell


def to(post: PostOffice) -> list[str]:
    return [envelope[1][0] for envelope in post.envelopes]


def test_a_protocol_is_written_and_mailed_to_the_contacts_with_the_flag(office: Shell, post: PostOffice) -> None:
    """Each gets what it is marked for, nobody else gets anything, and the order says to whom and when."""
    added = office.ok(
        "protocol", "add", "1", "text=Bytte lager", "--row", "Lager 6204", "date=2026-03-04", "--json"
    ).json
    assert added | {"created_at": ""} == {
        "number": "1", "order": "1", "customer_number": "7", "customer_name": "Åkes Hiss", "date": "2026-03-04",
        "technician": {"login": "lisa", "name": "Lisa Öberg"}, "text": "Bytte lager",
        "rows": [
            {"text": "Resa", "article": "RESA", "quantity": "1", "unit": "st"},
            {"text": "Lager 6204", "article": None, "quantity": None, "unit": None},
        ],
        "sent": [], "created_at": "", "created_by": "anna",
    }  # fmt: skip
    told = office.ok("order", "send", "1").out
    assert told == (
        "Sending the service protocol to eva@example.com.\n"
        "Sending the service protocol and the work order to bo@example.com.\n"
    )
    assert to(post) == ["eva@example.com", "bo@example.com"]
    assert post.letters[0]["Subject"] == "Bolaget: Service protocol 1"
    assert post.letters[1]["Subject"] == "Bolaget: Service protocol 1 and Work order 1"
    text = text_of(post.letters[0])
    for part in ("Customer: 7 Åkes Hiss", "Technician: Lisa Öberg", "Bytte lager", "- Resa, 1 st", "- Lager 6204"):
        assert part in text
    assert "Work order" not in text
    sent = office.ok("order", "show", "1", "--json").json["sent"]
    assert [(one["address"], one["protocol"], one["work_order"], one["state"], one["by"]) for one in sent] == [
        ("eva@example.com", "1", False, "sent", "anna"),
        ("bo@example.com", "1", True, "sent", "anna"),
    ]
    assert all(one["sent_at"] for one in sent)
    assert "service protocol 1 to Eva Ek <eva@example.com>, by anna" in office.ok("order", "show", "1").out
    assert "2 of" not in office.ok("protocol", "show", "1").out
    kinds = [one["kind"] for one in office.ok("customer", "history", "7", "--json").json]
    assert kinds[:2] == ["sent", "ordered"]


def test_the_same_is_sent_once_and_what_changed_is_sent_anew(office: Shell, post: PostOffice) -> None:
    """A second click sends nothing; a correction goes to those it concerns; --again is on purpose."""
    office.ok("protocol", "add", "1", "text=Bytte lagre")
    office.ok("order", "send", "1")
    assert "eva@example.com was sent the very same before" in office.ok("order", "send", "1").out
    assert len(post.letters) == 2
    office.ok("order", "set", "1", "description=Hiss 3")
    assert office.ok("order", "send", "1").out.startswith("Sending the service protocol and the work order to bo@")
    office.ok("protocol", "set", "1", "text=Bytte lager")
    office.ok("order", "send", "1")
    assert to(post)[2:] == ["bo@example.com", "eva@example.com", "bo@example.com"]
    office.ok("order", "send", "1", "--again")
    assert len(post.letters) == 7


def test_what_does_not_go_out_waits_and_shows(office: Shell, post: PostOffice) -> None:
    """The order is not held up by a mail server; tried again, both go out once."""
    office.ok("protocol", "add", "1")
    post.answers["RCPT"] = "450 later"
    office.ok("order", "send", "1")
    assert [one["state"] for one in office.ok("order", "show", "1", "--json").json["sent"]] == ["waiting", "waiting"]
    assert "on its way" in office.ok("order", "show", "1").out
    post.answers.clear()
    office.ok("mail", "retry")
    office.ok("mail", "send")
    assert [one["state"] for one in office.ok("order", "show", "1", "--json").json["sent"]] == ["sent", "sent"]
    assert len(post.letters) == 2


def test_mails_are_in_the_language_of_the_group(office: Shell, post: PostOffice) -> None:
    office.ok("settings", "set", "language=sv")
    office.ok("protocol", "add", "1")
    office.ok("order", "send", "1")
    assert post.letters[1]["Subject"] == "Bolaget: Serviceprotokoll 1 och Arbetsorder 1"
    assert "Status: ny" in text_of(post.letters[1])


def test_protocols_are_listed_on_the_customer(office: Shell) -> None:
    """Sortable by their headings, ten of them, and all when asked for."""
    for day in range(12, 0, -1):
        office.ok("protocol", "add", "1", f"date=2026-03-{day:02}", "technician=anna" if day % 2 else "technician=lisa")
    few = office.ok("protocol", "list", "--customer", "7", "--sort", "date")
    assert ("2026-03-01" in few.out, "2026-03-11" in few.out, "10 of 12 are shown" in few.err) == (True, False, True)
    assert "2026-03-11" in office.ok("protocol", "list", "--customer", "7", "--all").out
    names = [
        one["technician"]["login"] for one in office.ok("protocol", "list", "--sort", "-technician", "--json").json
    ]
    assert names == ["lisa"] * 6 + ["anna"] * 6
    assert [one["number"] for one in office.ok("protocol", "list", "--order", "1", "--limit", "2", "--json").json] == [
        "12",
        "11",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("protocol", "add", "2"), "Order 2 is no service order, so it has no protocols."),
        (("protocol", "add", "9"), "There is no such order."),
        (("protocol", "add", "1", "technician=nobody"), "There is no user nobody."),
        (("protocol", "add", "1", "date=x"), "date is not a date"),
        (("protocol", "show", "1"), "There is no such service protocol."),
        (("protocol", "set", "1", "text=x"), "There is no such service protocol."),
        (("order", "send", "1", "--protocol", "4"), "There is no such service protocol."),
        (("order", "send", "3"), "No contact of customer 8 is to be sent this."),
        (("order", "send", "4"), "Order 4 has no service protocol"),
    ],
)
def test_odd_input_gets_a_clear_answer(office: Shell, post: PostOffice, words: tuple[str, ...], told: str) -> None:
    """A message and a remedy; nobody is mailed."""
    office.ok("order", "add", "7", "--kind", "order", "Nytt lås")
    office.ok("customer", "add", "8", "Zeta")
    office.ok("contact", "add", "8", "name=Zoe", "email=zoe@example.com")
    office.ok("order", "add", "8", "--kind", "order", "Tvätt", "type=service")
    office.ok("customer", "add", "9", "Yta")
    office.ok("contact", "add", "9", "name=Ylva", "email=ylva@example.com", "send_service_protocol=yes")
    office.ok("order", "add", "9", "--kind", "order", "Golv", "type=service")
    answer = office(*words)
    assert (answer.code, answer.out) == (1, "")
    assert told in answer.err
    assert "Remedy: " in answer.err
    assert to(post) == []


def test_a_protocol_is_sent_with_its_own_order(office: Shell, post: PostOffice) -> None:
    office.ok("order", "add", "7", "--kind", "order", "Mer service", "type=service")
    office.ok("protocol", "add", "1")
    answer = office("order", "send", "2", "--protocol", "1")
    assert "Service protocol 1 belongs to order 1." in answer.err
    assert to(post) == []


def test_who_may_not_see_the_customer_sends_and_sees_nothing(office: Shell, post: PostOffice) -> None:
    """The same words as for what does not exist; a customer user reads its protocols and sends none."""
    office.ok("protocol", "add", "1")
    office.ok("user", "add", "max", "--name", "Max")
    office.ok("user", "grant", "max", "view_only_assigned")
    assert "There is no such order." in office("order", "send", "1", "--as", "max").err
    assert "There is no such service protocol." in office("protocol", "show", "1", "--as", "max").err
    assert office.ok("protocol", "list", "--as", "max", "--json").json == []
    office.ok("user", "add", "kim", "--customer", "7", "--name", "Kim")
    assert [one["number"] for one in office.ok("protocol", "list", "--as", "kim", "--json").json] == ["1"]
    assert office("order", "send", "1", "--as", "kim").code == 77
    assert to(post) == []
