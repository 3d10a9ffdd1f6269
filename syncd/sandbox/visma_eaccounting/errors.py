"""The vendor's error envelope (facts §4) as exceptions that any handler may raise."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from syncd.sandbox import jsontext
from syncd.sandbox.wire import Answer

ERROR_TYPE = "application/json;charset=UTF-8"
VALIDATION = 2000
NOT_FOUND = 3000
DUPLICATE = 4000
NOT_DELETABLE = 4001
NOT_ALLOWED_NOW = 4002
NOT_ACTIVE = 4004
NOT_AUTHORIZED = 4005
SCOPES = 4006
VARIANT = 4009
TOO_MANY = 4010
READ_ONLY_USER = 4019
VAT_NUMBER = 4025
FORCED_VAT = 4035
EXTERNAL = 4100
QUERY = 6000
DATE = 6001

TEXTS = {
    VALIDATION: "ValidationException - One or more properties are not valid.",
    NOT_FOUND: "ResourceNotFoundException - The requested resource was not found.",
    DUPLICATE: "ConflictException - The resource exists already.",
    NOT_DELETABLE: "CanNotBeDeletedException - The resource is in use.",
    NOT_ALLOWED_NOW: "CanNotBeCreatedOrUpdatedException - The resource can not be changed.",
    4003: "ForbiddenRequestException - The startup guide is not completed.",
    NOT_ACTIVE: "ForbiddenRequestException - The company is not active.",
    NOT_AUTHORIZED: ("AuthorizationException - Authorization has been denied for this request."),
    SCOPES: "ForbiddenRequestException - The token lacks the required scope.",
    4007: "ForbiddenRequestException - Permission denied.",
    VARIANT: "ForbiddenRequestException - Not available in the company's product variant.",
    4011: "ForbiddenRequestException - The user has no access to this company.",
    4012: "ForbiddenRequestException - The licence agreement is not accepted.",
    READ_ONLY_USER: "ForbiddenRequestException - A read-only user can not change anything.",
    VAT_NUMBER: "InvalidVatNumberException - The VAT number is not valid.",
    4034: "ForbiddenRequestException - Not allowed with a sandbox client.",
    FORCED_VAT: "ValidationException - ForceBookkeepVat can not be true inside the EU.",
    EXTERNAL: "ExternalServiceValidationException - The VIES service did not answer.",
    5000: "InternalServerError - An unhandled error occurred.",
    5001: "CantReachSystemDependency - A dependency did not answer in time.",
    5002: "OperationCanceled - The operation was cancelled.",
    QUERY: "QueryParameterException - A query parameter is not valid.",
    DATE: "InvalidInputException - The date is not valid.",
}


def field_error(field: str, message: str) -> dict[str, str]:
    """One entry of ``Errors``; its ErrorCode is a text."""
    return {"Field": field, "ErrorCode": str(VALIDATION), "Message": message, "Key": field}


def envelope(code: int, message: str, errors: list[dict[str, str]] | None) -> str:
    """The body of every refusal."""
    return jsontext.dumps(
        {
            "ErrorCode": code,
            "DeveloperErrorMessage": message,
            "ErrorId": str(uuid4()),
            "Errors": errors,
        }
    )


class ApiError(Exception):
    """A refusal, with the status, the code and the fields at fault."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or TEXTS.get(code, f"Error {code}")
        self.errors = errors
        self.headers = headers or {}

    def answer(self) -> Answer:
        """The refusal as it goes over the wire."""
        body = envelope(self.code, self.message, self.errors)
        return Answer(self.status, body, self.headers, ERROR_TYPE)


class InvalidError(ApiError):
    """400 with 2000: fields are missing, too long or of the wrong form."""

    def __init__(self, *errors: dict[str, str]) -> None:
        super().__init__(400, VALIDATION, errors=list(errors))

    @classmethod
    def one(cls, field: str, message: str) -> InvalidError:
        """A refusal because of one field."""
        return cls(field_error(field, message))


class QueryError(ApiError):
    """400 with 6000, or 6001 for a date."""

    def __init__(self, message: str, code: int = QUERY) -> None:
        name = TEXTS[code].partition(" - ")[0]
        super().__init__(400, code, f"{name} - {message}")


class QuotaError(ApiError):
    """429: too many calls in a minute; the wait is named in the text."""

    def __init__(self, limit: int, seconds: int, *, header: bool) -> None:
        text = f"API calls quota exceeded! maximum admitted {limit} per Minute. Try again in {seconds} seconds."
        headers: dict[str, Any] = {"Retry-After": str(seconds)} if header else {}
        super().__init__(429, TOO_MANY, text, headers=headers)
