"""Conflicts in a file, as a bookkeeper reads them (S-85)."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.questions import CHOICES, Question
from syncd.errors import NotAllowedError, RefusedError, UsageError
from syncd.register.access import Actor
from syncd.register.language import LANGUAGES
from syncd.services.conflict_words import ANSWERS, KINDS, STATUSES
from syncd.services.exports import write
from syncd.services.exports.conflicts import Asked, conflict_sheet

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author
    from syncd.register.language import Language
    from syncd.store.uow import Store

MADE = datetime(2026, 11, 24, tzinfo=UTC)
PERSON = "811228-9874"
PHONE = Question("field", "customer:1", "1001", "Åkes Bygg AB", "both sides changed phone", "phone", "a", "b", "c")
STREETS: list[dict[str, str | None]] = [
    {"invoice_line1": f"Åsgatan {n}", "invoice_city": "Umeå", "invoice_line2": None} for n in (1, 2, 3)
]
ADDRESS = replace(PHONE, field="invoice_address", base=STREETS[0], register=STREETS[1], accounting=STREETS[2])
CITY_ALONE: dict[str, str | None] = {"mail_city": "Å", "mail_line2": None}
TOO_LONG = Question("does_not_fit", "customer:2", "1002", "Öst", "too long", "mail_address", register=CITY_ALONE)
ACTIVE = Question(
    "field", "customer:3", "1003", "Väst", "both changed", "active", base=None, register=True, accounting=False
)


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def ask(store: Store, connection: int, *questions: Question, customer: int | None = None) -> None:
    with store.work() as work:
        for question in questions:
            work.conflicts.ask(connection, question, customer)
        work.commit()


def exported(store: Store, actor: Actor, group: GroupInfo, form: str, asked: Asked | None = None) -> str:
    stream = io.BytesIO()
    with conflict_sheet(store, actor, group.id, asked or Asked(), made=MADE) as sheet:
        write(sheet, form, stream)
    return stream.getvalue().decode("utf-8-sig")


def rows(store: Store, actor: Actor, group: GroupInfo, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(store, actor, group, "csv"), newline=""), delimiter=delimiter))


def test_a_bookkeeper_reads_what_differs(store: Store, actor: Actor, group: GroupInfo, connection: int) -> None:
    """Customer, question, field and both sides in words; of an address only what differs."""
    ask(store, connection, PHONE, ADDRESS, TOO_LONG, ACTIVE)
    phone, address, too_long, active = rows(store, actor, group)
    assert phone == {
        "Conflict": phone["Conflict"],
        "Customer number": "1001",
        "Customer": "Åkes Bygg AB",
        "Connection": "visma",
        "Question": "The two sides differ",
        "Field": "Phone",
        "Last agreed": "a",
        "Register": "b",
        "Accounting": "c",
        "Explanation": "both sides changed phone",
        "Status": "Open",
        "Answer": "",
        "Answered by": "",
        "First seen (UTC)": "2026-03-01 12:00",
        "Last seen (UTC)": "2026-03-01 12:00",
        "Times seen": "1",
    }
    assert (address["Field"], address["Accounting"]) == ("Invoice address", "Invoice address, line 1: Åsgatan 3")
    assert (too_long["Register"], too_long["Accounting"]) == ("Postal address, city: Å", "")
    assert (active["Last agreed"], active["Register"], active["Accounting"]) == ("", "yes", "no")


def test_a_swedish_group_gets_swedish_headings(store: Store, actor: Actor, group: GroupInfo, connection: int) -> None:
    """And words, and the separator that its Excel expects."""
    ask(store, connection, PHONE)
    with store.work() as work:
        work.groups.set_settings(group.id, {"language": "sv"})
        work.commit()
    (phone,) = rows(store, actor, group, ";")
    assert (phone["Fråga"], phone["Fält"], phone["Bokföringen"]) == ("Sidorna skiljer sig åt", "Telefon", "c")
    assert phone["Status"] == "Öppen"


def test_filters_narrow_a_file_as_they_narrow_a_list(
    store: Store, actor: Actor, group: GroupInfo, connection: int
) -> None:
    """Open ones unless others are asked for; a filter that makes no sense is refused."""
    ask(store, connection, PHONE, ADDRESS, TOO_LONG)
    with store.work() as work:
        (first, *_) = work.conflicts.pending(connection)
        work.conflicts.resolve(first.id, "anna", {"answer": "register"})
        work.commit()

    def found(everything: bool = False, **filters: str) -> list[Any]:  # noqa: FBT001, FBT002
        return [one["field"] for one in json.loads(exported(store, actor, group, "json", Asked(filters, everything)))]

    assert found() == ["invoice_address", "mail_address"]
    assert found(everything=True) == ["phone", "invoice_address", "mail_address"]
    assert found(status="resolved") == ["phone"]
    assert found(kind="does_not_fit", connection="visma", customer="1002", field="mail_address") == ["mail_address"]
    assert found(customer="1003") == []
    assert "kind: field" in exported(store, actor, group, "html", Asked({"kind": "field"}))
    with pytest.raises(UsageError):
        found(kind="nonsense")
    with pytest.raises(RefusedError, match="nowhere"):
        found(connection="nowhere")


def test_personal_numbers_are_masked_in_every_format(
    store: Store, actor: Actor, group: GroupInfo, connection: int
) -> None:
    """In values, names and explanations alike."""
    question = replace(
        PHONE, field="organisation_number", register=PERSON, name=f"Åke {PERSON}", message=f"is {PERSON}"
    )
    ask(store, connection, question)
    for form in ("csv", "json", "html"):
        text = exported(store, actor, group, form)
        assert PERSON not in text
        assert text.count("811228-****") == 3


def test_whoever_sees_whole_numbers_is_written_down(
    store: Store, actor: Actor, group: GroupInfo, connection: int, by: Author
) -> None:
    """In the history of each customer, and before the first number is shown."""
    with store.work() as work:
        customer = work.customers.insert(group.id, {"name": "Åke"}, [], by).id
        work.commit()
    ask(store, connection, replace(PHONE, field="organisation_number", register=PERSON), customer=customer)
    ask(store, connection, TOO_LONG)
    with conflict_sheet(store, actor, group.id, Asked(personal=True), made=MADE) as sheet:
        with store.reading() as work:
            assert work.customers.history(customer)[0].kind == "unmasked"
        assert PERSON in str(list(sheet.documents))


def test_only_administrators_take_conflicts_out(store: Store, group: GroupInfo, connection: int) -> None:
    """A file holds what the list shows."""
    ask(store, connection, PHONE)
    nobody = Actor("kalle", "Kalle")
    with pytest.raises(NotAllowedError), conflict_sheet(store, nobody, group.id, Asked(), made=MADE):
        pass


def test_another_groups_conflicts_are_not_shown(store: Store, actor: Actor, group: GroupInfo, connection: int) -> None:
    """Nor counted."""
    ask(store, connection, PHONE)
    with store.work() as work:
        other = work.groups.create("Another")
        work.commit()
    assert len(rows(store, actor, group)) == 1
    assert rows(store, actor, other) == []


def test_a_stream_of_conflicts_is_read_from_one_moment(
    store: Store, actor: Actor, group: GroupInfo, connection: int
) -> None:
    """What is asked while the file is written is not half in it."""
    ask(store, connection, *(replace(PHONE, subject=f"customer:{n}") for n in range(1200)))
    with conflict_sheet(store, actor, group.id, Asked(), made=MADE) as sheet:
        documents = iter(sheet.documents)
        next(documents)
        ask(store, connection, TOO_LONG)
        assert sum(1 for _ in documents) == 1199


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_status_and_answer_has_words(language: Language) -> None:
    """In every language."""
    assert list(KINDS) == list(CHOICES)
    assert set(ANSWERS) == {answer for answers in CHOICES.values() for answer in answers}
    for words in (KINDS, STATUSES, ANSWERS):
        told = [text.to(language) for text in words.values()]
        assert len(set(told)) == len(told)
