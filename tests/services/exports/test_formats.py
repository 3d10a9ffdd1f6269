"""One sheet in every format, read back by programs that are not ours."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from typing_extensions import override

from syncd.services.exports import FORMATS, Column, Sheet, write
from syncd.services.exports.csv_format import guarded, unguarded
from syncd.services.exports.sheet import moment
from syncd.services.exports.xlsx_format import MOST_CHARACTERS, TooMuchForExcelError, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syncd.register.language import Language

MADE = datetime(2026, 11, 24, 3, 25, tzinfo=UTC)
EVENING_BEFORE = "2026-11-24T01:30:00+02:00"
DANGEROUS = ["=1+1", "=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3", "@import", "\t=1", "\r=1", " =1", "\uff1d1+1", "'=1"]


def sheet(documents: Iterable[dict[str, Any]], language: Language = "en", title: str = "Kunder") -> Sheet:
    columns = (
        Column("Nummer", lambda one: one.get("number")),
        Column("Namn & ort", lambda one: one.get("name")),
        Column("Sedd", lambda one: moment(one.get("seen"))),
        Column("Antal", lambda one: one.get("times")),
    )
    return Sheet(title, columns, documents, MADE, language, "kind: <field>")


def written(form: str, what: Sheet) -> bytes:
    stream = io.BytesIO()
    write(what, form, stream)
    return stream.getvalue()


def read_csv(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def read_xlsx(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


class Page(HTMLParser):
    """A page as a browser reads it: its tags, and the text of its cells."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._cell = False
        self.feed(data.decode())

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._cell = tag in {"td", "th"}
        if tag == "tr":
            self.rows.append([])
        if self._cell:
            self.rows[-1].append("")

    @override
    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell:
            self.rows[-1][-1] += data

    @override
    def handle_endtag(self, tag: str) -> None:
        self._cell = False


ONE: dict[str, Any] = {
    "number": "0042",
    "name": 'Åkes; "Rör" & <b>Värme</b>, HB\nUmeå',
    "seen": EVENING_BEFORE,
    "times": 3,
}


def test_csv_opens_in_excel_with_its_letters_whole() -> None:
    """A byte order mark, lines as Windows ends them; quotes, separators and line breaks stay in their cell."""
    data = written("csv", sheet([ONE]))
    assert data.startswith("\ufeffNummer,".encode())
    assert data.endswith(b"\r\n")
    assert read_csv(data) == [
        ["Nummer", "Namn & ort", "Sedd", "Antal"],
        ["0042", ONE["name"], "2026-11-23 23:30", "3"],
    ]


def test_swedish_csv_is_separated_as_swedish_excel_expects() -> None:
    """By semicolons; otherwise everything would land in the first column."""
    data = written("csv", sheet([ONE], "sv"))
    assert data.decode("utf-8-sig").splitlines()[0] == "Nummer;Namn & ort;Sedd;Antal"
    assert read_csv(data, ";")[1][:2] == ["0042", ONE["name"]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_is_never_a_formula_in_csv(text: str) -> None:
    """Excel and LibreOffice would carry it out when the file is opened."""
    rows = read_csv(written("csv", sheet([{"number": "1", "name": text}])))
    assert rows[1][1] == f"'{text}"


@pytest.mark.parametrize("text", ["+46 90 12 34 56", "-12", "1001", "a=b", "Rör & Värme", "'citat'", ""])
def test_a_harmless_text_is_left_as_it_is_in_csv(text: str) -> None:
    """A phone number with its country is no formula."""
    assert guarded(text) == text


@given(st.text() | st.text(alphabet="'=+-@ \t\r\n1a\uff1d", max_size=6))
def test_what_was_guarded_can_be_read_back_unchanged(text: str) -> None:
    """An upload of an exported file changes nothing."""
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", [*DANGEROUS, "0042", "https://example.com", "1e5", "", "a\x01b"])
def test_a_text_is_a_text_in_excel(text: str) -> None:
    """Never a formula, a link or a number: leading zeros stay."""
    data = written("xlsx", sheet([{"number": "1", "name": text}]))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "<hyperlink" not in page
    if text and text.isprintable():
        assert read_xlsx(data)[1][1] == text


def test_excel_counts_and_dates_what_are_numbers_and_times() -> None:
    """So that they can be summed and sorted."""
    rows = read_xlsx(written("xlsx", sheet([ONE])))
    assert rows[0] == ["Nummer", "Namn & ort", "Sedd", "Antal"]
    assert rows[1][2:] == [datetime(2026, 11, 23, 23, 30), 3.0]  # noqa: DTZ001 - Excel knows no zones


@pytest.mark.parametrize("title", ["[Kunder]: a/b\\c*?'", "K" * 40])
def test_a_title_becomes_the_name_of_the_page_in_excel(title: str) -> None:
    """Without what Excel forbids there."""
    data = written("xlsx", sheet([], title=title))
    (name,) = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\")


def test_excel_is_not_given_what_it_would_cut() -> None:
    """Nothing is left out silently: the file is refused, and what helps is said."""
    longest = "å" * MOST_CHARACTERS
    assert read_xlsx(written("xlsx", sheet([{"name": longest}])))[1][1] == longest
    with pytest.raises(TooMuchForExcelError, match=r"32767 characters \(row 2\)") as refused:
        written("xlsx", sheet([{"name": f"{longest}å"}]))
    assert "CSV or JSON" in str(refused.value.remedy)


def test_excel_holds_a_million_rows_and_no_more() -> None:
    """Tried with fewer."""
    rows = [{"number": str(n)} for n in range(4)]
    write_xlsx(sheet(rows[:3]), io.BytesIO(), most_rows=3)
    with pytest.raises(TooMuchForExcelError, match="more than 3 rows"):
        write_xlsx(sheet(rows), io.BytesIO(), most_rows=3)


def test_json_holds_the_documents_whole() -> None:
    """Also what no column shows."""
    documents: list[dict[str, Any]] = [{"number": "0042", "more": {"å": [1, None, True]}}, {"number": "43"}]
    data = written("json", sheet(documents))
    assert json.loads(data) == documents
    assert "å" in data.decode()


def test_html_shows_values_and_runs_none_of_them() -> None:
    """Every value is text; the page needs nothing from elsewhere and lets nothing run."""
    evil: dict[str, Any] = {"number": "<script>alert(1)</script>", "name": '"><img src=x onerror=alert(1)>', "times": 0}
    data = written("html", sheet([ONE, evil], "sv", title="<Kunder>"))
    page = Page(data)
    assert page.rows[1] == ["0042", ONE["name"], "2026-11-23 23:30", "3"]
    assert page.rows[2] == [evil["number"], evil["name"], "", "0"]
    assert not {"script", "img", "b", "link", "iframe"} & set(page.tags)
    assert "Skapad 2026-11-24 03:25 UTC · kind: <field>" in page.text
    assert "Rader: 2" in page.text
    assert b"default-src 'none'" in data
    assert b'<html lang="sv">' in data
    assert b"http://" not in data
    assert b"https://" not in data


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_sheet_is_a_file_that_opens(form: str) -> None:
    """With its headings, and nothing below them."""
    data = written(form, sheet([]))
    match form:
        case "csv":
            assert read_csv(data) == [["Nummer", "Namn & ort", "Sedd", "Antal"]]
        case "xlsx":
            assert read_xlsx(data) == [["Nummer", "Namn & ort", "Sedd", "Antal"]]
        case "json":
            assert json.loads(data) == []
        case _:
            assert "There is nothing to show." in Page(data).text


class BrokenOffError(Exception):
    """Reading went wrong half-way."""


@pytest.mark.parametrize("form", FORMATS)
def test_a_hundred_thousand_rows_are_streamed(form: str) -> None:
    """Each document is dropped before the next ones are made: memory does not grow with the register."""
    alive = most = 0

    class Counted(dict[str, Any]):
        """A document that knows how many of its kind there are."""

        def __init__(self, number: int) -> None:
            nonlocal alive, most
            super().__init__(number=str(number))
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    data = written(form, sheet(Counted(number) for number in range(100_000)))
    assert most < 10
    match form:
        case "csv":
            assert len(read_csv(data)) == 100_001
        case "xlsx":
            assert len(read_xlsx(data)) == 100_001
        case "json":
            assert len(json.loads(data)) == 100_000
        case _:
            assert data.count(b"<tr>") == 100_001


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_an_error_of_the_file(form: str) -> None:
    """And not one of the format's library."""
    with pytest.raises(OSError, match="No space left"), open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        write(sheet([ONE]), form, full)


def test_a_stream_stays_open_for_what_comes_after(tmp_path: Any) -> None:  # noqa: ANN401
    """A failed export closes nothing that it did not open."""

    def broken() -> Iterator[dict[str, Any]]:
        yield ONE
        raise BrokenOffError

    for form in FORMATS:
        with (tmp_path / form).open("wb") as stream:
            with pytest.raises(BrokenOffError):
                write(sheet(broken()), form, stream)
            assert not stream.closed
