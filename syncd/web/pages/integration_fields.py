"""A connection field by field: which way, who wins, what fits, and the places chosen for fields without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from syncd.engine.rules import Policy
from syncd.engine.targets import WITHOUT_PLACE, fitting
from syncd.register.labels import label
from syncd.services.register.vocabulary import vocabulary_of
from syncd.values.capabilities import Direction
from syncd.values.units import UNITS
from syncd.web.pages import setting_words
from syncd.web.pages.field_words import part_called
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syncd.ports.records import ConnectionInfo
    from syncd.values.capabilities import FieldRule, Target
    from syncd.values.units import Unit
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words

_CHARACTERS = _("%(number)s characters")
_TEXT = "text"
_ALL_WAYS: tuple[str, ...] = get_args(Direction)


@dataclass(frozen=True, slots=True)
class Field:
    """A setting in the form. ``options`` where its values are a closed list."""

    key: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    number: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field, or a group of fields: its settings, and what accounting can hold of it."""

    label: str
    settings: tuple[Field, ...]
    limit: str


def meaning(word: str, words: Words) -> str:
    """A word of a setting in words."""
    return words.say(setting_words.VALUES.get(word, word))


def field_rows(visit: Visit, connection: ConnectionInfo, values: Mapping[str, str]) -> Iterator[FieldRow]:
    """The fields that the accounting system has by itself."""
    rules, words = visit.house.holds(connection.system).fields, visit.words
    for name, unit in UNITS.items():
        known = [rules[member] for member in unit.members if member in rules]
        if known:
            called = label(name, words.language)
            ways = _ways(name, called, values, known[0].direction, words)
            yield FieldRow(called, (ways, _wins(name, called, values, words)), _limits(unit, rules, words))


def place_rows(visit: Visit, connection: ConnectionInfo, values: Mapping[str, str]) -> Iterator[FieldRow]:
    """The fields that are sent only to a place that somebody chose: the group's own, notes, the mail address."""
    can, words = visit.house.holds(connection.system), visit.words
    with visit.reading() as work:
        custom = [one for one in vocabulary_of(work, visit.group_id).custom if not one.retired]
    own = {one.name: one.type for one in custom}
    names = {**{name: label(name, words.language) for name in WITHOUT_PLACE}, **{one.name: one.label for one in custom}}
    for name, called in names.items() if can.targets else ():
        chosen = values.get(f"field.{name}.target", "")
        places = dict.fromkeys((*fitting(name, can, own), *([chosen] if chosen else ())))
        options = (("", words.say(_("Not sent"))), *((one, _place(one, can.targets, words)) for one in places))
        target = Field(f"field.{name}.target", called, chosen, options)
        rest = _of_a_place(name, called, values, words, text=own.get(name, _TEXT) == _TEXT)
        yield FieldRow(called, (target, *rest) if places else (), "")


def _of_a_place(name: str, called: str, values: Mapping[str, str], words: Words, *, text: bool) -> tuple[Field, ...]:
    """Which way, and who wins; what is no text goes one way: what somebody types there need not be one."""
    if text:
        return _ways(name, called, values, "both", words), _wins(name, called, values, words)
    return (_ways(name, called, values, "to_accounting", words, ("to_accounting", "off")),)


def _ways(
    name: str,
    called: str,
    values: Mapping[str, str],
    default: str,
    words: Words,
    ways: Iterable[str] = _ALL_WAYS,
) -> Field:
    key = f"field.{name}.direction"
    return Field(key, called, values.get(key, default), tuple((way, meaning(way, words)) for way in ways))


def _wins(name: str, called: str, values: Mapping[str, str], words: Words) -> Field:
    key, as_connection = f"field.{name}.policy", ("", words.say(_("As for the whole connection")))
    wins = (as_connection, *((one, meaning(one, words)) for one in get_args(Policy)))
    return Field(key, called, values.get(key, ""), wins)


def _place(name: str, targets: Mapping[str, Target], words: Words) -> str:
    called = words.say(setting_words.PLACES.get(name, name))
    limit = targets[name].limit if name in targets else None
    return f"{called} ({words.say(_CHARACTERS, number=words.number(limit))})" if limit else called


def _limits(unit: Unit, rules: Mapping[str, FieldRule], words: Words) -> str:
    """What a person should know before accounting refuses a value."""
    told = ((member, _limit(rules[member], words)) for member in unit.members if member in rules)
    if unit.is_group:
        return words.list(f"{part_called(member, words)}: {text}" for member, text in told if text)
    return words.list(text for _member, text in told if text)


def _limit(rule: FieldRule, words: Words) -> str:
    limit = [words.say(_CHARACTERS, number=words.number(rule.limit))] if rule.limit else []
    return words.list([*limit, *([words.say(_("required"))] if rule.required else [])])
