"""Errors are told in the reader's language, with what helps, whoever raised them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import syncd
from syncd.errors import RefusedError
from syncd.register.problems import InvalidValueError
from syncd.web.pages.faults import TEXTS, in_words, told
from syncd.web.pages.sentences import SENTENCES, sentence
from syncd.web.pages.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = Path(syncd.__file__).parent
ROOMS = ("engine", "register", "services", "store", "web/pages")
BY_SENTENCE = {"RefusedError", "UsageError", "NotAllowedError"}
"""Errors without a code of their own: their words are found by what they say."""

ELSEWHERE: dict[str, set[str] | None] = {
    "services/connections.py": {"which connection?"},
    "services/conflict_lists.py": {"sort X: must be one of X"},
    "services/conflicts.py": {
        "--X X: must be one of X", "X is a group: --value takes a JSON object of its fields",
        "X is not part of X", "X must be text or null",
    },
    "services/linking.py": None,
    "services/register/acting.py": None,
    "services/exports/files.py": None,
    "services/uploads/reading.py": {"FILE is neither CSV nor Excel."},
    "services/uploads/storing.py": {"There is no register X."},
    "store/users.py": {"A user has no X to change."},
}  # fmt: skip
"""What the command line alone asks for, by file; None: the whole file."""

BUILT = {
    ("engine/settings.py", "X: X"),
    ("engine/settings.py", "X: must be a whole number, 0 X"),
    ("engine/targets.py", "X: X"),
    ("services/undo.py", "run X wrote nothing: X"),
}
"""Put together from parts, each of which stands in ``SENTENCES``."""

WITHOUT_A_PAGE = {
    "bad_group_name", "group_taken", "file_exists", "unwritable_file", "wrong_headings", "key_reused", "wrong_token",
    "nobodys_token", "token_name_taken", "mail_server", "mail_not_now", "mail_refused", "interrupted", "login_company",
    "invalid_value", "invalid_fields", "unknown_field", "number_not_allowed", "protocol",
}  # fmt: skip
"""Of the command line, the API or mails; told by their fields; or by a page of their own."""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for file in sorted((PLACE / room).rglob("*.py")):
            yield str(file.relative_to(PLACE)), ast.parse(file.read_text(encoding="utf-8"))


def _said(node: ast.expr) -> str | None:
    """A text of the code, with X for whatever is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)
        case _:
            return None


def _raised() -> Iterator[tuple[str, str]]:
    for file, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BY_SENTENCE and node.args:
                coded = any(keyword.arg == "code" for keyword in node.keywords)
                text = _said(node.args[0])
                if text is not None and not coded:
                    yield file, text


def test_every_refusal_that_a_page_can_meet_has_words_of_its_own() -> None:
    """A sentence that somebody adds is missed here before a reader of Swedish meets it in English."""
    swedish, found = Words("sv"), list(_raised())
    assert len(found) > 30
    spared = {(file, text) for file, text in found if file in ELSEWHERE and text in (ELSEWHERE[file] or {text})}
    unknown = {(file, text) for file, text in found if not sentence(text, swedish)}
    assert sorted(unknown - BUILT - spared) == []


def test_every_code_of_an_error_has_words_of_its_own() -> None:
    """Or no page meets it."""
    codes = {
        str(one.value.value)
        for _file, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for one in node.body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "code" and isinstance(one.value, ast.Constant)
    }
    assert codes - TEXTS.keys() - WITHOUT_A_PAGE == set()


def test_what_is_filled_in_stays_what_it_is() -> None:
    """Every sentence finds its own words again, in both languages."""
    for text in SENTENCES:
        names = {part.partition(")")[0]: "7" for part in text.split("%(")[1:]}
        told_in_english = text % names if names else text
        assert sentence(told_in_english, Words("en")) == told_in_english
        assert sentence(told_in_english, Words("sv")) not in {None, told_in_english}


@pytest.mark.parametrize(
    ("message", "remedy", "swedish"),
    [
        ("retry_at: must be true or false", None, ("retry_at: ska vara true eller false.", "")),
        (
            "a connection named x exists already",
            "Choose another name.",
            ("En anslutning med namnet x finns redan.", "Välj ett annat namn."),
        ),
        (
            "run 7 wrote nothing: it was held",
            "Start it: syncd sync",
            ("Körning 7 skrev ingenting: den stoppades av en broms.", ""),
        ),
        ("nobody knows this", "Do that.", ("Nobody knows this.", "Do that.")),
    ],
)
def test_a_refusal_is_told_in_swedish(message: str, remedy: str | None, swedish: tuple[str, str]) -> None:
    """Commands are of no use on a page; what has no words is told in English, and marked as such."""
    fault = in_words("refused", message, remedy, Words("sv"))
    assert (fault.message, fault.remedy) == swedish
    assert fault.language == ("en" if "nobody" in message else None)
    english = in_words("refused", message, None, Words("en")).message
    assert english.casefold() == f"{message}."


def test_a_wrong_value_is_told_by_its_field() -> None:
    """Where there is no form that could show it beside the field."""
    error = InvalidValueError("phone", "is not a phone number", "Use digits, spaces, dashes, brackets and +.")
    assert told(error, Words("sv")).message.startswith("Telefon: Är inget telefonnummer.")
    assert told(RefusedError("x"), Words("en")).status == 422
