"""What stands before every answer: limits of what comes in, headers of what goes out, a word when something breaks."""

from __future__ import annotations

import hashlib
import time
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from syncd.web.api.problems import Refusal, Told

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger("syncd.web.api")

DOOR = "syncd.door"
"""Where in the scope of a request stands who lets callers in."""

MARK = "syncd.mark"
"""Where in the scope of a request stands what tells it from every other one."""

TOLD = "syncd.told"
"""Where in the scope of a request stands what its line in the log says of it."""

LARGEST = 256 * 1024
"""Bytes that may be sent at once."""

ACCEPTED = frozenset({"application/json", "application/merge-patch+json"})

FORM = "multipart/form-data"

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer. There is no header that lets a page of another origin read one."""

_TOO_LARGE = Told(413, "too_large", f"More than {LARGEST // 1024} KiB were sent.", "Send it in several requests.")
_TOO_LARGE_FILE = Told(
    413, "file_too_large", "The file is too large.", "limits.upload_megabytes says how large it may be."
)
_OTHER_TYPE = Told(415, "not_json", "The body is not JSON.", "Send the header: Content-Type: application/json")


class Guard:
    """Wraps the API, and tells it at which door to ask."""

    def __init__(self, app: ASGIApp, door: object, *, largest_file: int) -> None:
        self._app = app
        self._door = door
        self._largest_file = largest_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        began, answered = time.monotonic(), _Answered(send)
        inner = {**scope, DOOR: self._door, TOLD: {}, "path": _segmented(scope)}
        try:
            await self._answer(inner, receive, answered)
        except ClientDisconnect:
            return  # nobody waits for an answer, and what was not sent to its end is not carried out
        except Exception as error:  # noqa: BLE001 - the one place: nobody above could explain it
            _tell_broken(error)  # it was answered further inside
        _tell_answered(inner, answered.status, time.monotonic() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _holds_file(scope):
            await self._app(scope, _counted(receive, self._largest_file + LARGEST), send)
            return
        body = await _read(scope, receive)
        refused = _TOO_LARGE if body is None else _wrong_type(scope, body)
        if refused is not None:
            await refused.answer()(scope, receive, send)
            return
        scope[MARK] = _mark(scope, body or b"")
        await self._app(scope, _once(body or b"", receive), send)


class _Answered:
    """Sends with our headers, and remembers the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message).update(HEADERS)
        await self._send(message)


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None for one that is too large."""
    length = Headers(scope=scope).get("content-length", "0")
    if length.isdigit() and int(length[:20]) > LARGEST:
        return None
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST:
            return None
        if not message.get("more_body", False):
            return body


def _holds_file(scope: Scope) -> bool:
    """Whether a file may come: it is read where it is known who sends it, and never kept in memory as a whole."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return scope["method"] == "POST" and str(scope["path"]).endswith("/files") and kind == FORM


def _counted(receive: Receive, most: int) -> Receive:
    """Hand out what comes, as long as it is not more than this."""
    came = 0

    async def counted() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise Refusal(_TOO_LARGE_FILE)
        return message

    return counted


def _once(body: bytes, receive: Receive) -> Receive:
    """Hand out the body that was read, then whatever comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again


def _mark(scope: Scope, body: bytes) -> str:
    asked = f"{scope['method']} {scope['path']}?".encode() + bytes(scope["query_string"])
    return hashlib.sha256(asked + b"\n" + body).hexdigest()


def _wrong_type(scope: Scope, body: bytes) -> Told | None:
    headers = Headers(scope=scope)
    kind, _, parameters = headers.get("content-type", "").partition(";")
    plain = "content-encoding" not in headers and parameters.strip().lower() in {"", "charset=utf-8"}
    return None if not body or (plain and kind.strip().lower() in ACCEPTED) else _OTHER_TYPE


def _segmented(scope: Scope) -> str:
    """Return the path with a slash that belongs to a customer number told apart from those between segments."""
    raw = scope["raw_path"].decode("ascii", "replace")
    return "/".join(quote(unquote(segment), safe="") for segment in raw.split("/"))


def _tell_broken(error: Exception) -> None:
    """An error's own words may quote somebody's data: its kind and place do."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("request.broken", error=type(error).__name__, at=f"{place.filename}:{place.lineno}")


def _tell_answered(scope: Scope, status: int | None, seconds: float) -> None:
    _log.info(
        "request.answered",
        method=scope["method"],
        status=status,
        milliseconds=round(seconds * 1000),
        **scope[TOLD],
    )
