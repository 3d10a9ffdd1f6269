"""What each refusal of Visma eAccounting leads to, whatever HTTP status it comes with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syncd.connectors.http import Reply
from syncd.connectors.visma_eaccounting.errors import ATTENTION, Refusal, of_customer, stopping
from syncd.errors import (
    CustomerError,
    DuplicateError,
    GoneError,
    NeedsAttentionError,
    NotNowError,
    RejectedError,
)

CODES = Path(__file__).resolve().parents[3] / "shared" / "api" / "eaccounting" / "error-codes.json"


def refusal(status: int, code: object = None, text: str | None = None, errors: object = None) -> Refusal:
    body = {"ErrorCode": code, "DeveloperErrorMessage": text, "ErrorId": "x", "Errors": errors}
    return Refusal.of(Reply(status, json.dumps(body), {}))


@pytest.mark.parametrize("status", [400, 403, 404, 409])
@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        *((code, "attention") for code in ATTENTION),
        *((3000, "gone"), (4000, "duplicate"), (4001, "undeletable"), (4005, "unauthorized"), (4010, "throttled")),
        *((4025, "later"), (4100, "later"), (5000, "broken"), (5001, "broken"), (5002, "broken")),
        *((6000, "query"), (6001, "query")),
        pytest.param("3000", "gone", id="a code written as text"),
    ],
)
def test_the_code_is_judged_before_the_status(status: int, code: object, meaning: str) -> None:
    """The same refusal leads to the same action, however the server dresses it."""
    assert refusal(status, code).meaning == meaning


@pytest.mark.parametrize("code", [None, 2000, 4035, 9999, True, "x"])
@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        *((400, "rejected"), (422, "rejected"), (405, "rejected"), (401, "unauthorized"), (403, "attention")),
        *((404, "gone"), (408, "broken"), (409, "duplicate"), (429, "throttled"), (500, "broken"), (503, "broken")),
    ],
)
def test_without_a_known_code_the_status_decides(code: object, status: int, meaning: str) -> None:
    """An unknown code does not stop syncd from understanding the rest."""
    assert refusal(status, code).meaning == meaning


@pytest.mark.parametrize("text", ["", "<html>", "[]", "7"])
def test_a_refusal_without_a_body_is_a_status(text: str) -> None:
    """A bare 404 is understood as well as one with words."""
    found = Refusal.of(Reply(404, text, {}))
    assert (found.meaning, found.code, found.fields) == ("gone", None, ())


def test_4002_is_told_apart() -> None:
    """A missing module stops the run; a record that cannot be written concerns that record alone."""
    module = refusal(403, 4002, "ForbiddenRequestException - No access to module: api_standard")
    record = refusal(400, 4002, "CanNotBeCreatedOrUpdatedException - The resource can not be changed.")
    fields = refusal(400, 4002, None, [{"Field": "Name", "Message": "no"}])
    assert (module.meaning, record.meaning, fields.meaning) == ("attention", "rejected", "rejected")


@pytest.mark.parametrize("code", sorted(ATTENTION))
def test_what_a_person_must_put_right_is_said(code: int) -> None:
    """Every licence, scope or rights error comes with its own remedy."""
    error = stopping(refusal(400, code))
    assert isinstance(error, NeedsAttentionError)
    assert error.remedy == ATTENTION[code]
    assert str(code) in error.message


def test_a_bare_403_asks_for_rights() -> None:
    """Without a code the remedy is a general one."""
    error = stopping(refusal(403))
    assert error is not None
    assert "rights" in str(error.remedy)
    assert stopping(refusal(400, 2000)) is None


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        (3000, GoneError, "gone"),
        (4000, DuplicateError, "duplicate"),
        (4001, RejectedError, "cannot_delete"),
        (4025, NotNowError, "4025"),
        (4100, NotNowError, "4100"),
        (2000, RejectedError, "rejected"),
        (6000, RejectedError, "rejected"),
    ],
)
def test_a_refused_write_concerns_one_customer(code: int, kind: type[CustomerError], name: str) -> None:
    """The run goes on with the others, and the code tells what to do with this one."""
    error = of_customer(refusal(400, code))
    assert type(error) is kind
    assert error.code == name


def test_the_vendors_field_errors_are_kept() -> None:
    """The administrator reads which field was refused and why; the message itself names fields only."""
    errors = [{"Field": "Name", "Message": "too long: Svensson"}, {"Key": "Vat", "Message": None}, {"Message": 7}, "x"]
    error = of_customer(refusal(400, 2000, "Validation", errors))
    assert isinstance(error, RejectedError)
    assert error.fields == (("Name", "too long: Svensson"), ("Vat", ""), ("", ""))
    assert error.message.endswith(": Name, Vat")
    assert "Svensson" not in error.message


def test_a_refusal_without_field_errors_keeps_its_text() -> None:
    """Also a rule that names no field is shown in the vendor's own words."""
    error = of_customer(refusal(400, 4035, "ForceBookkeepVat can not be true"))
    assert isinstance(error, RejectedError)
    assert error.fields == (("", "ForceBookkeepVat can not be true"),)
    bare = of_customer(refusal(400))
    assert isinstance(bare, RejectedError)
    assert bare.fields == ()


@pytest.mark.skipif(not CODES.is_file(), reason="the vendor's error codes are not beside the checkout")
def test_every_published_code_has_a_meaning() -> None:
    """No code of the vendor's own list ends in a crash."""
    for entry in json.loads(CODES.read_text(encoding="utf-8"))["codes"]:
        found = refusal(400, entry["code"])
        assert (stopping(found) or of_customer(found)).message
