"""The fields of a customer in the order of its form: the header, ways to reach it, addresses, everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.register.fields import ADDRESS_PARTS, ADDRESSES, CONTACT_FIELDS
from syncd.register.vocabulary import COST_CENTER, ORDER_NUMBER
from syncd.web.pages.field_words import called, part_called
from syncd.web.pages.inputs import Section, input_of
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syncd.register.fields import Value
    from syncd.services.register.vocabulary import Vocabulary
    from syncd.web.pages.inputs import Input
    from syncd.web.pages.words import Words

HEADER = ("type", "organisation_number", "vat_number", COST_CENTER.name, ORDER_NUMBER.name)
WAYS = ("email", "phone", "mobile", "website", "language", "currency")
TAX = ("property_designation", "apartment_number", "housing_association_number")
TERMS = ("discount_percentage", "terms_of_payment")
NOTES = ("note", "comments")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_("Ways to reach the customer"), WAYS),
    (_("Tax reduction"), TAX),
    (_("Terms"), TERMS),
    (_("Notes"), NOTES),
)
"""What the card shows, and the form asks for, beneath a heading of its own."""

HELPS = {
    "comments": _("Customer users never see this."),
    "organisation_number": _("Of a private person: the personal identity number. It is shown masked."),
}


def sections(
    known: Vocabulary, values: Mapping[str, Value], letters: tuple[str, ...], words: Words, *, new: bool
) -> Iterator[Section]:
    """A customer's form. A ``new`` one begins with its first contact, too."""
    fields = known.fields(letters)
    labels = {one.name: one.label for one in known.custom}

    def inputs(names: Iterable[str], *, parts: bool = False) -> tuple[Input, ...]:
        label = part_called if parts else called
        return tuple(
            replace(
                input_of(fields[name], values.get(name), words, labels.get(name) or label(name, words)),
                help=words.say(HELPS[name]) if name in HELPS else "",
            )
            for name in names
            if name in fields
        )

    ways, *others = (Section(words.say(title), inputs(names), folded=names == TAX) for title, names in GROUPS)
    yield Section(words.say(_("Customer")), inputs(("name", *HEADER, *labels)))
    yield ways
    if new:
        yield Section(words.say(_("Contact person")), inputs(CONTACT_FIELDS), folded=True)
    for kind in ADDRESSES:
        names = (f"{kind}_{part}" for part in ADDRESS_PARTS)
        yield Section(called(f"{kind}_address", words), inputs(names, parts=True), folded=kind != ADDRESSES[0])
    yield from others


def names_of(form: Iterable[Section]) -> list[str]:
    """The names of a form's fields."""
    return [one.name for section in form for one in section.inputs]
