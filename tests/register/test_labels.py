"""What fields are called where people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.register.fields import FIELDS
from syncd.register.labels import LABELS, label
from syncd.register.language import LANGUAGES

if TYPE_CHECKING:
    from syncd.register.language import Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_name_of_its_own_in_every_language(language: Language) -> None:
    names = [label(name, language) for name in FIELDS]
    assert [name for name in FIELDS if name not in LABELS] == []
    assert len(set(names)) == len(names)


def test_a_field_is_called_differently_in_each_language() -> None:
    assert [label("invoice_postal_code", language) for language in LANGUAGES] == [
        "Invoice address, postal code",
        "Fakturaadress, postnummer",
    ]


def test_what_has_no_label_is_called_by_its_name() -> None:
    assert label("custom.elavtal", "sv") == "custom.elavtal"
