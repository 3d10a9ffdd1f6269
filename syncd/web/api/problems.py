"""What went wrong, as RFC 9457 says it: a status, a stable code, a message, a remedy, and the fields concerned.

Nothing that was sent comes back: whoever called may log the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from syncd.errors import (
    ChangedMeanwhileError,
    ConfigurationError,
    LockedError,
    NotAllowedError,
    NotFoundError,
    RefusedError,
    StopError,
    TryLaterError,
    UsageError,
)
from syncd.register.files import FileTooLargeError
from syncd.register.problems import InvalidFieldsError, InvalidValueError, Problem, readable
from syncd.services.register.api_tokens import WrongTokenError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.errors import SyncdError

MEDIA_TYPE = "application/problem+json"
REALM = {"WWW-Authenticate": 'Bearer realm="syncd"'}
AGAIN = {"Retry-After": "5"}

TITLES: dict[int, str] = {
    400: "The request cannot be read",
    401: "A valid token is needed",
    403: "Not allowed",
    404: "There is no such record",
    405: "This cannot be done here",
    409: "It contradicts what is there",
    412: "It was changed meanwhile",
    413: "The request is too large",
    415: "The request is of another type",
    422: "The input is refused",
    428: "Say what you have seen",
    429: "Too many requests",
    500: "Something unexpected happened",
    503: "Not now",
}
"""Every status that an answer about an error can have."""

_STATUS: tuple[tuple[type[SyncdError], int], ...] = (
    (WrongTokenError, 401),
    (FileTooLargeError, 413),
    (NotFoundError, 404),
    (ChangedMeanwhileError, 412),
    (NotAllowedError, 403),
    (RefusedError, 422),
    (UsageError, 422),
    (LockedError, 409),
    (TryLaterError, 503),
    (StopError, 409),
    (ConfigurationError, 503),
)
"""The first class that an error belongs to decides."""

_CONTRADICTIONS = frozenset(
    {
        "number_taken",
        "has_orders",
        "deactivated_customer",
        "already_decided",
        "led_by_accounting",
        "facility_taken",
        "not_held",
        "entry_taken",
        "entry_in_use",
        "entry_retired",
        "file_taken",
        "login_taken",
        "last_administrator",
        "colleague_stays",
        "no_service_order",
        "nobody_to_send",
    }
)
"""Codes of input that is right by itself, but not beside what is there."""

_DOCUMENT = "See the document of the API: GET /api/v1/openapi.json"
_LOOK = "Read it again, and repeat the change with its new ETag."

_OURS = ("syncd cannot answer this now.", "Try again; if it lasts, tell whoever runs syncd.")
"""What is wrong with the place where syncd runs is nothing for whoever calls: it stands in the log."""

_PLAIN: dict[str, tuple[str, str]] = {
    "unknown_customer": ("There is no such customer.", "Check the customer number."),
    "unknown_connection": ("There is no such connection.", "GET /api/v1/status shows all of them."),
    "unknown_conflict": ("There is no such conflict.", "GET /api/v1/conflicts shows the open ones."),
    "unknown_run": ("There is no such run.", "GET /api/v1/runs shows the latest ones."),
    "unknown_user": ("There is no such user.", "Check the login."),
    "deactivated_user": ("The user is deactivated.", "Assign somebody else, or have the user reactivated."),
    "number_taken": ("The customer number is taken.", "Choose another number, or leave it out for the next one."),
    "changed_meanwhile": ("It was changed meanwhile.", _LOOK),
    "deactivated_customer": ("The customer is deactivated: nothing new can be added to it.", "Reactivate it first."),
    "has_orders": ("The customer has orders, error reports or quotations.", "Deactivate it instead."),
}
"""Said here in other words: the usual ones name what was typed, or a person."""


@dataclass(frozen=True, slots=True)
class Told:
    """An error as it is told."""

    status: int
    code: str
    message: str
    remedy: str | None = None
    errors: tuple[Problem, ...] = ()

    def answer(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """Return it as a response."""
        about = {401: REALM, 503: AGAIN}.get(self.status, {})
        return JSONResponse(self.document(), self.status, {**about, **(headers or {})}, MEDIA_TYPE)

    def document(self) -> dict[str, Any]:
        """Return it as JSON. ``type`` is left to its default: ``code`` says which problem it is."""
        return {
            "title": TITLES[self.status],
            "status": self.status,
            "code": self.code,
            "detail": self.message,
            "message": self.message,
            "remedy": self.remedy,
            "field": self.errors[0].field if len(self.errors) == 1 else None,
            "errors": [_one(problem) for problem in self.errors],
        }


BROKEN = Told(500, "unexpected", "Something unexpected happened.", "Tell whoever runs syncd: it stands in the log.")


class Refusal(Exception):  # noqa: N818 - a way out, not a fault
    """What the API itself refuses, as it is to be told."""

    def __init__(self, told: Told, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(told.code)
        self.told = told
        self.headers = dict(headers or {})


def told(error: SyncdError) -> Told:
    """Return how an error is told."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    status = 409 if error.code in _CONTRADICTIONS else status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Told(status, error.code, *_OURS)
    message, remedy = _PLAIN.get(error.code, (error.message, error.remedy))
    return Told(status, error.code, message, remedy, _problems(error))


def _problems(error: SyncdError) -> tuple[Problem, ...]:
    match error:
        case InvalidValueError():
            return (error.problem,)
        case InvalidFieldsError():
            return error.problems
        case _:
            return ()


def _one(problem: Problem) -> dict[str, str]:
    return {"field": problem.field, "code": problem.code, "message": problem.message, "remedy": problem.remedy}


def misread(errors: Sequence[Any]) -> Told:
    """Return how a request is told that is not of the shape that the document of the API describes."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Told(400, "not_json", "The body is not JSON.", "Send one JSON object, in UTF-8.")
    problems = tuple({problem.field: problem for problem in map(_misread, reversed(errors))}.values())[::-1]
    message = " ".join(dict.fromkeys(problem.message for problem in problems))
    return Told(422, "invalid_fields", message, _DOCUMENT, problems)


def unknown(status: int) -> Told:
    """Return how it is told that an address does not exist, or does not take this verb."""
    if status == HTTPStatus.NOT_FOUND:
        return Told(404, "no_such_address", "There is no such address.", _DOCUMENT)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Told(405, "no_such_verb", "This address does not take that verb.", _DOCUMENT)
    return Told(400, "not_json", "The body cannot be read.", "Send one JSON object, in UTF-8.")


def _misread(error: Any) -> Problem:  # noqa: ANN401 - pydantic's own
    field = readable(str(error["loc"][1])) if len(error["loc"]) > 1 else "The body"
    reason = str(error["msg"])
    return Problem(field, f"is not as described: {reason[:1].lower()}{reason[1:]}", _DOCUMENT, "invalid_value")
