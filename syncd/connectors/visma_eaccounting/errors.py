"""What a refusal means: the vendor's error code is judged before the HTTP status (FACTS §4; sync.md §10).

Which HTTP status comes with a code is published for 401 and 429 only, so a status decides nothing that a code can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from syncd.errors import (
    CustomerError,
    DuplicateError,
    GoneError,
    NeedsAttentionError,
    NotNowError,
    RejectedError,
    StopError,
    TryLaterError,
)
from syncd.mapping.overlay import JsonValue, MalformedJsonError, parse

if TYPE_CHECKING:
    from syncd.connectors.http import Reply

VENDOR = "Visma eAccounting"

Meaning = Literal[
    "unauthorized", "throttled", "broken", "attention", "gone", "duplicate", "undeletable", "later", "query", "rejected"
]

ATTENTION = {
    4002: "Add the module that the company lacks in Visma eAccounting (sales or API).",
    4003: "Complete the start-up guide in Visma eAccounting.",
    4004: "The company is inactive: reactivate its subscription.",
    4006: "Authorize the connection again and grant every scope asked for.",
    4007: "Give the user who authorized the connection rights to customers and sales.",
    4009: "The company's product variant lacks this part: upgrade it, or switch our reference off.",
    4011: "Give the user who authorized the connection access to the company.",
    4012: "Log in to Visma eAccounting and accept the licence agreement.",
    4019: "The user who authorized the connection may only read: authorize with another user.",
    4034: "This is a sandbox client and a real company: use production credentials.",
}
"""What a person must put right, by code."""

_BY_CODE: dict[int, Meaning] = {
    **dict.fromkeys(ATTENTION, "attention"),
    3000: "gone",
    4000: "duplicate",
    4001: "undeletable",
    4005: "unauthorized",
    4010: "throttled",
    **dict.fromkeys((4025, 4100), "later"),
    **dict.fromkeys((5000, 5001, 5002), "broken"),
    **dict.fromkeys((6000, 6001), "query"),
}
_BY_STATUS: dict[int, Meaning] = {
    401: "unauthorized",
    403: "attention",
    404: "gone",
    408: "broken",
    409: "duplicate",
    429: "throttled",
}
_SERVER_ERROR = 500
_TWO_MEANINGS = 4002


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not a success, read as far as it goes."""

    status: int
    code: int | None = None
    text: str = field(default="", repr=False)
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, reply: Reply) -> Refusal:
        """Read the vendor's envelope; anything else is a status and nothing more."""
        try:
            body = parse(reply.text)
        except MalformedJsonError:
            body = None
        if not isinstance(body, dict):
            return cls(reply.status)
        text = body.get("DeveloperErrorMessage")
        return cls(
            reply.status,
            _code(body.get("ErrorCode")),
            text if isinstance(text, str) else "",
            _pairs(body.get("Errors")),
        )

    @property
    def meaning(self) -> Meaning:
        """What the refusal means, for the code or else for the status."""
        if self.code in _BY_CODE:
            return self._told_apart(_BY_CODE[self.code])
        if self.status >= _SERVER_ERROR:
            return "broken"
        return _BY_STATUS.get(self.status, "rejected")

    def _told_apart(self, meaning: Meaning) -> Meaning:
        """4002 is published twice: a missing module, and a record that cannot be written (FACTS §4)."""
        text = self.text.casefold()
        is_record = self.code == _TWO_MEANINGS and (self.fields or "createdorupdated" in text)
        return "rejected" if is_record and "module" not in text else meaning

    @property
    def label(self) -> str:
        """Status and code, for messages."""
        return f"{self.status}" if self.code is None else f"{self.status}, error {self.code}"


def stopping(refusal: Refusal) -> StopError | None:
    """The error that ends a run, if the refusal is of that kind."""
    if refusal.meaning != "attention":
        return None
    remedy = ATTENTION.get(refusal.code or 0, "Check the rights of the user who authorized the connection.")
    return NeedsAttentionError(f"{VENDOR} refuses this connection ({refusal.label})", remedy=remedy)


def of_customer(refusal: Refusal) -> CustomerError:
    """What the refusal of a write means for the one record that was written."""
    match refusal.meaning:
        case "gone":
            return GoneError(f"{VENDOR} does not know the record ({refusal.label})")
        case "duplicate":
            return DuplicateError(f"{VENDOR} already has such a record ({refusal.label})")
        case "undeletable":
            return RejectedError(f"{VENDOR} does not delete what is in use", code="cannot_delete")
        case "later":
            return NotNowError(f"{VENDOR} could not check the VAT number ({refusal.label})", code=str(refusal.code))
        case _:
            return rejected(refusal)


def rejected(refusal: Refusal) -> RejectedError:
    """The refusal of the values, with the vendor's own words per field."""
    names = sorted({name for name, _ in refusal.fields if name})
    about = f": {', '.join(names)}" if names else ""
    return RejectedError(
        f"{VENDOR} refused the values ({refusal.label}){about}",
        fields=refusal.fields or ((("", refusal.text),) if refusal.text else ()),
    )


def unexpected(refusal: Refusal, what: str) -> TryLaterError:
    """A refusal that should not come at all when reading."""
    return TryLaterError(
        f"{VENDOR} answered {refusal.label} when asked for {what}", remedy="Check api_url if this lasts."
    )


def _code(value: JsonValue) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _pairs(value: JsonValue) -> tuple[tuple[str, str], ...]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return tuple((_text(row.get("Field") or row.get("Key")), _text(row.get("Message"))) for row in rows)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
