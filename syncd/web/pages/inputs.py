"""Forms made from the register's vocabulary: what stands in each field, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncd.register.custom_fields import PREFIX
from syncd.services.register.masking import masked
from syncd.web.pages.field_words import called, choice_called

if TYPE_CHECKING:
    from syncd.register.fields import Field, Value
    from syncd.web.pages.problem_words import Told
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words

_MODES = {
    "email": "email",
    "phone": "tel",
    "url": "url",
    "percent": "decimal",
    "decimal": "decimal",
}
_CHOSEN = {"flag": ("yes", "no"), "type": ("company", "private")}
_LONG = frozenset({"name", "title", "text"})
TICKED = "tick"


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form; a ``long`` one gets twice the room.

    ``mine`` is what a form held that came too late; ``led`` names who leads the field, ``needed`` who needs it.
    """

    name: str
    label: str
    value: str = ""
    widget: str = "line"
    mode: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suggested: tuple[str, ...] = ()
    required: bool = False
    help: str = ""
    problem: Told | None = None
    mine: str = ""
    led: str = ""
    needed: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields beneath one heading; ``folded`` while nobody needs them."""

    title: str
    inputs: tuple[Input, ...]
    folded: bool = False


def input_of(field: Field, value: Value, words: Words, label: str | None = None, *, ticked: bool = False) -> Input:
    """A field with its value; personal identity numbers are masked. ``ticked``: nothing is the same as no."""
    widget, options = (TICKED, ()) if ticked and field.kind == "flag" else _widget(field, words)
    return Input(
        name=field.name,
        label=label or called(field.name, words),
        value=text_of(field.name, value),
        widget=widget,
        mode=_MODES.get(field.kind, ""),
        options=options,
        required=field.required and widget != TICKED,
        long=field.lines or field.name in _LONG,
    )


def _widget(field: Field, words: Words) -> tuple[str, tuple[tuple[str, str], ...]]:
    values = field.choices if field.kind == "choice" else _CHOSEN.get(field.kind, ())
    if values:
        own = field.name.startswith(PREFIX)
        return "choice", tuple(
            (value, value if own and field.choices else choice_called(value, words)) for value in values
        )
    if field.kind == "date":
        return "date", ()
    return ("text" if field.lines else "line"), ()


def text_of(name: str, value: Any) -> str:  # noqa: ANN401 - any value of a field
    """A value as a form shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(masked(name, value)) if value is not None else ""


def typed(visit: Visit, names: Iterable[str]) -> dict[str, str]:
    """What a form holds of these fields; what it does not hold is left out."""
    return {name: _plain(visit.typed(name)) for name in names if name in visit.form}


def changed(sent: Mapping[str, str], stored: Mapping[str, Any]) -> dict[str, Value]:
    """What somebody changed: fields whose text is another one than the form had shown."""
    return {name: text for name, text in sent.items() if text != _plain(text_of(name, stored.get(name)))}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def filled(section: Section, sent: Mapping[str, str], problems: Mapping[str, Told]) -> Section:
    """A section as somebody typed it, with what is wrong with it."""
    return _each(section, lambda one: replace(one, value=sent.get(one.name, one.value), problem=problems.get(one.name)))


def outdated(section: Section, sent: Mapping[str, str]) -> Section:
    """A section as it is stored now, beside what a form held that came too late."""

    def beside(one: Input) -> Input:
        mine = sent.get(one.name, one.value)
        return replace(one, mine=mine if mine != _plain(one.value) else "")

    return _each(section, beside)


def led(section: Section, directions: Mapping[str, str]) -> Section:
    """A section that says which fields accounting leads."""
    return _each(section, lambda one: replace(one, led=directions.get(one.name, "")))


def needed(section: Section, names: Mapping[str, str]) -> Section:
    """A section that asks for what accounting cannot do without, too."""

    def ask(one: Input) -> Input:
        new = one.name in names and not one.required and not one.led
        return replace(one, required=True, needed=names[one.name]) if new else one

    return _each(section, ask)


def _each(section: Section, change: Callable[[Input], Input]) -> Section:
    inputs = tuple(change(one) for one in section.inputs)
    seen = any(one.problem or one.mine or one.value for one in inputs)
    return replace(section, inputs=inputs, folded=section.folded and not seen)
