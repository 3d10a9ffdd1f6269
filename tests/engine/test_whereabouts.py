from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from syncd.engine.whereabouts import Whereabouts, agrees, whereabouts
from tests.engine.builders import a_record, some_rules

if TYPE_CHECKING:
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord

SENT: dict[str, Value] = {"number": "1001", "name": "Alfa AB", "phone": "08-111 11", "invoice_city": "Umeå"}


def _new(number: str | None = "5001", remote_id: str = "r-1", **changed: Value) -> RemoteRecord:
    held = {name: value for name, value in SENT.items() if name != "number"}
    return a_record(number, remote_id=remote_id, **{**held, **changed})


def _found(*records: RemoteRecord) -> Whereabouts:
    return whereabouts(SENT, records, some_rules())


def test_the_only_new_record_with_all_that_was_sent_is_ours_whatever_its_number() -> None:
    """A bookkeeper renumbered it; what he added beside it, and how he writes the phone, says nothing against it."""
    for record in (_new(), _new(None), _new(phone="0811111", email="a@alfa.example")):
        assert _found(record, _new(remote_id="r-2", name="Beta AB", phone=None)).ours is record


def test_a_record_with_the_number_is_ours_unless_something_speaks_against_it() -> None:
    """Listed late: it is told by its number as at once (S-42); another identity is another question (S-11)."""
    ours, copy = _new("1001", phone=None), _new(remote_id="r-2")
    assert _found(ours, copy).ours is ours
    assert _found(_new("1001", name="Öknens Buss")) == Whereabouts()


def test_of_two_with_the_number_neither_is_taken() -> None:
    """Where accounting lets a number be given twice."""
    one, other = _new("1001"), _new("1001", remote_id="r-2")
    assert _found(one, other) == Whereabouts(alike=(one, other))


def test_a_create_that_was_erased_agrees_with_nobody() -> None:
    """Personal data law took what was sent away: nothing that is left of it tells customers apart (R-14)."""
    for erased in ({}, {"number": "1001"}, dict.fromkeys(SENT)):
        assert not agrees(erased, _new("1001"), some_rules())
        assert not agrees(erased, a_record(name=None), some_rules())


@pytest.mark.parametrize("changed", [{"name": "Nya Kraftverket i Norr"}, {"phone": None}, {"invoice_city": "Luleå"}])
def test_a_new_record_that_holds_a_part_of_it_is_for_a_person(changed: dict[str, Value]) -> None:
    """Renumbered and worked on, or another customer like it: nobody can know."""
    record = replace(_new(), fields={**_new().fields, **changed})
    assert _found(record) == Whereabouts(alike=(record,))


def test_the_very_name_reminds_however_alike_names_must_be() -> None:
    """With `name_likeness` at its highest, no other name does."""
    same, other = _new(phone=None), _new(remote_id="r-2", name="Alva AB", phone=None)
    assert whereabouts(SENT, [same, other], some_rules(name_likeness=100)) == Whereabouts(alike=(same,))


def test_of_two_that_hold_all_of_it_neither_is_taken() -> None:
    """The likeliest come first."""
    part, one, other = _new(remote_id="r-0", phone=None), _new(), _new("5002", remote_id="r-2")
    assert _found(part, one, other) == Whereabouts(alike=(one, other, part))


def test_a_town_and_a_country_remind_of_nobody() -> None:
    """Half the register lives there."""
    assert _found(_new(name="Öknens Buss", phone="08-999")) == Whereabouts()
