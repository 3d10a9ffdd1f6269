"""Templates: escaped by default, undefined names are errors, texts from the catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from syncd.web.pages.field_words import called
from syncd.web.pages.register_index import places
from syncd.web.pages.said import SAID
from syncd.web.pages.words import NAMES, catalogue

if TYPE_CHECKING:
    from syncd.register.language import Language
    from syncd.web.pages.words import Words

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"


@cache
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.globals |= {"languages": NAMES, "arrival": SAID.get, "called": called, "places": places}
    return made


def rendered(template: str, words: Words, **values: Any) -> str:  # noqa: ANN401 - what the template shows
    """A template filled in, in the reader's language."""
    return _environment(words.language).get_template(template).render(words=words, **values)
