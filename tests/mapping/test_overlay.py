"""What syncd does not understand of a customer goes back to accounting exactly as it came."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.mapping.overlay import (
    Ambiguous,
    JsonValue,
    MalformedJsonError,
    _members,
    dump,
    overlay,
    parse,
    parse_object,
    split_page,
)

SPACE = st.text(alphabet=" \t\r\n", max_size=3)
VALUES = st.sampled_from(
    (
        *("0.10", "1250.00", "1e3", "-0", "-0.0", "9007199254740993", "null", "true", "false", '""'),
        *('"\\u00e5 \\/ \\ud800"', '"a}{][,:\\""', '{"a" : [ 1.50 , {"b":null} ] }', "[]", "{}"),
    )
)
KEYS = st.text(max_size=4)
CHANGES = st.dictionaries(KEYS, st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)), max_size=4)


@st.composite
def objects(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """An object in any style, with the text of each of its values."""
    pairs = draw(st.dictionaries(KEYS, VALUES, max_size=5))
    members = [
        draw(SPACE)
        + json.dumps(key, ensure_ascii=draw(st.booleans()))
        + draw(SPACE)
        + ":"
        + draw(SPACE)
        + text
        + draw(SPACE)
        for key, text in pairs.items()
    ]
    return draw(SPACE) + "{" + (",".join(members) or draw(SPACE)) + "}" + draw(SPACE), pairs


def pieces(raw: str) -> dict[str, str]:
    """The exact text of each value."""
    return {key: raw[member.start : member.end] for key, member in _members(raw)[0].items()}


@given(objects(), CHANGES)
def test_only_the_changed_values_change(found: tuple[str, dict[str, str]], changes: dict[str, JsonValue]) -> None:
    """Every value that nobody touched keeps its exact text, and the keys keep their order."""
    raw, texts = found
    after = pieces(overlay(raw, changes))
    assert after == {**texts, **{key: dump(value) for key, value in changes.items()}}
    assert list(after) == [*texts, *(key for key in changes if key not in texts)]


@given(objects(), CHANGES)
def test_the_bytes_between_the_values_stay(found: tuple[str, dict[str, str]], changes: dict[str, JsonValue]) -> None:
    """Putting the old values back gives back the very text that accounting sent."""
    raw, texts = found
    known = {key: value for key, value in changes.items() if key in texts}
    changed = overlay(raw, known)
    for key, member in reversed(_members(changed)[0].items()):
        changed = changed[: member.start] + texts[key] + changed[member.end :]
    assert changed == raw
    assert overlay(raw, {}) == raw


def test_a_customer_is_changed_in_place() -> None:
    """A new phone number leaves discounts, unknown keys and spacing alone."""
    raw = '{ "Phone": "08-1",\n "Share":0.10, "Future": {"x": [1e3]}, "Name":null }'
    expected = '{ "Phone": "08-22 22",\n "Share":0.10, "Future": {"x": [1e3]}, "Name":null,"City":"Å" }'
    assert overlay(raw, {"Phone": "08-22 22", "City": "Å"}) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"a":1,}', '{"a":1 "b":2}', '{"a":1} x', "{,}", '{"a" 1}', "{1:2}", '{"a":1,"a":2}'),
        *('{"a":NaN}', '{"a":01}', '{"a":"\n"}', '{"a":' + "[" * 5000, '{"a":1e99999999999999999999}'),
    ],
)
def test_what_is_not_one_clear_object_is_refused(text: str) -> None:
    """A broken or ambiguous answer is never written back, and it is said in words what is wrong with it."""
    with pytest.raises(MalformedJsonError, match=" "):
        overlay(text, {"a": 1})


@pytest.mark.parametrize("text", ['{"a":1} x', "[1]", "nul", '"x'])
def test_a_broken_document_is_not_read(text: str) -> None:
    """Half an answer is no answer."""
    with pytest.raises(MalformedJsonError, match=" "):
        parse_object(text)


def test_numbers_keep_their_digits() -> None:
    """A discount of 0.1250 is read as exactly that."""
    assert parse("[0.1250, 7]") == [Decimal("0.1250"), 7]
    assert dump(Decimal("0.1250")) == "0.1250"
    assert dump(Decimal("1E-8")) == "0.00000001"


def test_a_repeated_key_is_noticed_at_any_depth() -> None:
    """When a key stands twice, nobody guesses which one was meant."""
    value = parse('[{"a":1,"a":2}]')
    assert isinstance(value, list)
    assert isinstance(value[0], Ambiguous)


def test_a_page_is_split_into_the_exact_texts_of_its_records() -> None:
    """Each customer of a page is kept as it was written there."""
    meta, rows = split_page('{"Meta": {"TotalNumberOfResults": 2}, "Data": [ {"Id":"a","n":1.50} , 7 ], "More": 1}')
    assert meta == {"TotalNumberOfResults": 2}
    assert rows == [('{"Id":"a","n":1.50}', {"Id": "a", "n": Decimal("1.50")}), ("7", 7)]


def test_a_page_without_meta_is_still_a_page() -> None:
    """Missing page counts do not hide the customers."""
    assert split_page('{"Data":[]}') == ({}, [])


@pytest.mark.parametrize(
    "text", ["<html>", '{"Meta":{}}', '{"Data":{}}', '{"Data":[1,]}', '{"Data":[1 2]}', '{"Meta":[],"Data":[]}']
)
def test_a_broken_page_is_refused_as_a_whole(text: str) -> None:
    """No customer is taken from half a page."""
    with pytest.raises(MalformedJsonError, match=" "):
        split_page(text)
