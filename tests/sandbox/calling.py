"""A plain HTTP caller for the sandbox's own tests: no client library between test and wire."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox import Sandbox

SECONDS = 10
GOOD = {
    "Name": "Kunden AB",
    "InvoiceCity": "Umeå",
    "InvoicePostalCode": "903 26",
    "TermsOfPaymentId": "00000000-0000-4000-8000-000000000030",
    "IsPrivatePerson": False,
    "IsActive": True,
}
"""The smallest customer that POST accepts."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.text)

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.json["Data"]
        return rows

    @property
    def code(self) -> tuple[int, int]:
        """Status and error code."""
        return self.status, self.json["ErrorCode"]

    @property
    def fields(self) -> set[str]:
        """The properties that the refusal names."""
        return {error["Field"] for error in self.json["Errors"]}


def send(sandbox: Sandbox, method: str, path: str, body: str | None, headers: dict[str, str]) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.server.port, timeout=SECONDS)
    try:
        connection.request(method, path, body.encode() if body else None, headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.read().decode(), dict(answer.getheaders()))
    finally:
        connection.close()


class Caller:
    """A program with an access token."""

    def __init__(self, sandbox: Sandbox, token: str | None = None) -> None:
        self.sandbox = sandbox
        self.token = token or sandbox.issue_access_token()

    def __call__(self, method: str, resource: str, body: object = None, **query: object) -> Reply:
        """Call the API; a query's `_filter` stands for `$filter`."""
        names = {("$" + name[1:] if name.startswith("_") else name): value for name, value in query.items()}
        path = f"/v2/{resource}" + (f"?{urlencode(names)}" if names else "")
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return send(self.sandbox, method, path, text, headers)

    def get(self, resource: str, **query: object) -> Reply:
        return self("GET", resource, **query)

    def post(self, resource: str, body: object) -> Reply:
        return self("POST", resource, body)

    def put(self, resource: str, body: object) -> Reply:
        return self("PUT", resource, body)

    def overlay(self, kind: str, key: str, **changes: object) -> Reply:
        """Take what is stored, by number or id, change some of it, put everything back."""
        stored = json.loads(self.sandbox.company.raw(key))
        return self.put(f"{kind}/{stored['Id']}", stored | changes)

    def delete(self, resource: str) -> Reply:
        return self("DELETE", resource)

    def names(self, **query: object) -> list[str]:
        """The names of the customers that a listing shows, in its order."""
        return [row["Name"] for row in self.get("customers", **query).rows]


class Form:
    """A program or browser before the identity server."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def post(self, place: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Reply:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return send(self.sandbox, "POST", f"/identity/{place}", urlencode(form), kind | (headers or {}))

    def token(self, **form: str) -> Reply:
        """The token endpoint, with the client's secret in the body."""
        mine = {"client_id": self.sandbox.client_id, "client_secret": self.sandbox.client_secret}
        return self.post("connect/token", mine | form)

    def refresh(self, token: str) -> Reply:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def get(self, place: str, **query: str) -> Reply:
        return send(self.sandbox, "GET", f"/identity/{place}?{urlencode(query)}", None, {})


def control(sandbox: Sandbox, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
    """Call the control interface; a refusal is answered as its status."""
    text = json.dumps(body) if body is not None else None
    reply = send(sandbox, method, f"/control/{path}", text, {})
    return reply.json if reply.status == http.client.OK else reply.status
