"""The console in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from syncd.web.pages.words import Words, wished
from tests.web import texts

if TYPE_CHECKING:
    from tests.web.site import Site

_PLACE = re.compile(r"%\(\w+\)s")


def _forms(text: object) -> list[str]:
    """A text as said of one and of more; most have one form."""
    return [str(one) for one in text] if isinstance(text, list | tuple) else [str(text or "")]


def test_every_text_has_its_swedish() -> None:
    """No reader of Swedish meets English; what is in the catalogue is used somewhere."""
    kept = {message.id: _forms(message.string) for message in texts.kept() if message.id}
    found = {message.id for message in texts.found() if message.id}
    assert {text for text in found if not all(kept.get(text, [""]))} == set()
    assert kept.keys() == found


def test_a_translation_keeps_the_places_of_its_text() -> None:
    """Names, numbers and times are where the sentence needs them: none is lost, none invented."""
    for message in texts.kept():
        for one, other in zip(_forms(message.id), _forms(message.string), strict=True):
            assert set(_PLACE.findall(one)) == set(_PLACE.findall(other)), one


def test_the_first_language_that_the_console_speaks_is_taken() -> None:
    """By weight, then by order; whoever reads neither gets English."""
    assert wished("fi, sv-FI;q=0.8, en;q=0.5") == "sv"
    assert wished("en;q=0.5, sv") == "sv"
    assert wished("sv;q=0, en") == "en"
    assert wished("sv;q=x, de") is None
    assert wished("") is None


def test_a_page_is_read_in_the_readers_language(site: Site) -> None:
    """As the browser asks, unless the reader chose; the choice is kept with the user."""
    anna = site.logged_in(language="sv-SE")
    page = anna.get("/")
    assert ("Översikt" in page.text, 'lang="sv"' in page.html) == (True, True)
    page = anna.submit(page, "/language", language="en")
    assert "Overview" in page.text
    assert "Overview" in site.logged_in(language="sv").get("/").text
    stranger = site.browser(**{"Accept-Language": "sv"})
    login = stranger.get("/login")
    assert "Logga in" in login.text
    assert "Log in" in stranger.submit(login, "/language", language="en").text
    assert "Log in" in stranger.submit(login, "/language", language="xx").text


def test_times_and_numbers_are_written_as_the_reader_writes_them() -> None:
    """On the company's clock; an unknown clock is UTC."""
    swedish, english = Words("sv", "Europe/Stockholm"), Words("en", "Nowhere/At All")
    assert swedish.moment("2026-03-01T12:00:00Z") == "1 mars 2026 13:00"
    assert english.moment("2026-03-01T12:00:00Z") == "1 Mar 2026 12:00"
    assert swedish.number(12345) == "12\xa0345"
    assert swedish.count("%(num)s conflict", "%(num)s conflicts", 2) == "2 konflikter"
    assert (swedish.amount("12345.678"), english.amount("12345.678")) == ("12\xa0345,678", "12,345.678")
    assert (swedish.day("2026-11-24"), english.day("2026-11-24")) == ("24 nov. 2026", "24 Nov 2026")
    assert (english.amount("about ten"), english.day("soon")) == ("about ten", "soon")
