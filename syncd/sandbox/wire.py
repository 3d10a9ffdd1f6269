"""What goes over the wire, as values: a call, its answer, and the log line of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

JSON_TYPE = "application/json; charset=utf-8"
WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    raw_query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The body read as a posted form."""
        return dict(parse_qsl(self.body, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, sent after `delay` seconds; `cut` sends half of it, `silent` nothing; both close the connection."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE
    cut: bool = False
    silent: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the request log; status 0 means that nothing was answered."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    body: str | None
    answer: str
    at: datetime
    fault: str | None = None


class RequestLog(list[Request]):
    """What the server was asked, in order."""

    def writes(self) -> list[Request]:
        """Only what could change something in the API, whether or not it succeeded."""
        return [line for line in self if line.method in WRITING and line.path.startswith("/v2/")]


class App(Protocol):
    """What the generic server needs from a vendor."""

    def answer(self, call: Call) -> Answer:
        """Carry the call out."""
        ...

    def refusal(self, status: int, code: int | None = None) -> Answer:
        """The vendor's error body for a status, without carrying anything out."""
        ...

    def too_many(self, seconds: int, *, header: bool | None) -> Answer:
        """The vendor's answer to too many calls."""
        ...
