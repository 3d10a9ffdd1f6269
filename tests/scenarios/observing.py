"""What accounting holds and was asked to write, looked at from outside: raw texts, request log, sums."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.scenarios.words import DERIVED, MAPPED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.sandbox import Request, Sandbox

CUSTOMERS = "customers"
DOCUMENT_KINDS = ("orders", "customerinvoicedrafts", "quotes", "quotedrafts")
REFERENCE_KEYS = frozenset({"OurReference", "CompanyReference", "ModifiedUtc"})
ACTED = frozenset({"timeout_after", "error_500_after"})
"""Faults that hide the answer of a request which was carried out, unless accounting would have refused it."""
HARMLESS = frozenset({None, "call", "call_after", "slow", "late", "wrong_types", "missing_field"})
"""Faults, and none, whose answer says whether the request was carried out."""
SPOILT = frozenset({"reset_mid_body", "cut_json"})
"""Faults that spoil the answer, but leave the status that the request deserved in accounting's own log."""

GOOD = range(200, 300)


def members(raw: str) -> dict[str, str]:
    """The exact text of each top-level key of a JSON object."""
    decoder, found, at = json.JSONDecoder(), {}, raw.index("{") + 1
    while raw[at:].lstrip()[:1] != "}":
        at = raw.index('"', at)
        key, at = decoder.raw_decode(raw, at)
        at = raw.index(":", at) + 1
        at += len(raw[at:]) - len(raw[at:].lstrip())
        _, end = decoder.raw_decode(raw, at)
        found[key], at = raw[at:end], end
        at += raw[at:].lstrip()[:1] == ","
    return found


def changed_keys(before: str, after: str) -> set[str]:
    """The keys whose text differs."""
    old, new = members(before), members(after)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


@dataclass
class Snapshot:
    """The exact text of every record, by id."""

    customers: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sandbox: Sandbox) -> Snapshot:
        """What accounting holds now."""
        records = sandbox.company.records
        documents = {one.id: one.text for kind in DOCUMENT_KINDS for one in records[kind]}
        return cls({one.id: one.text for one in records[CUSTOMERS]}, documents)

    def trespasses(self, now: Snapshot, chosen: Iterable[str] = ()) -> list[str]:
        """Keys that a run changed and syncd has no business with, but for the places an administrator ``chose``."""
        allowed = MAPPED | DERIVED | frozenset(chosen)
        return [
            *_beyond(self.customers, now.customers, allowed),
            *_beyond(self.documents, now.documents, REFERENCE_KEYS),
        ]


def _beyond(before: dict[str, str], after: dict[str, str], allowed: frozenset[str]) -> Iterable[str]:
    for id_, text in after.items():
        if before.get(id_, text) != text:
            yield from sorted(changed_keys(before[id_], text) - allowed)


def writes(lines: Iterable[Request]) -> Counter[str]:
    """What the vendor carried out, by method and kind, each record once: ``POST customer``, ``PUT document`` ..."""
    done = {
        (line.method, line.path, at if line.method == "POST" else 0) for at, line in enumerate(lines) if _acted(line)
    }
    return Counter(f"{method} {'customer' if '/customers' in path else 'document'}" for method, path, _ in done)


def _acted(line: Request) -> bool:
    writing = line.method in {"POST", "PUT", "PATCH", "DELETE"} and line.path.startswith("/v2/")
    return writing and (line.fault in ACTED or (line.fault in HARMLESS | SPOILT and line.status in GOOD))


def customers_read(lines: Iterable[Request]) -> int:
    """How many customers the listings showed."""
    listings = (line for line in lines if line.method == "GET" and line.path == "/v2/customers")
    return sum(line.answer.count('"CustomerNumber":') for line in listings)


def claims(document: dict[str, Any]) -> Counter[str]:
    """What a report says was written to accounting, in the same words."""
    done = [line for line in document["actions"] if line["outcome"] == "done"]
    there = [line for line in done if line["target"] == "accounting"]
    deleted = {line["customer_number"] for line in there if "deleted in accounting" in (line["message"] or "")}
    created = [line for line in there if line["kind"] == "create_in_accounting"]
    changed = {line["customer_number"] for line in there if line["kind"] != "create_in_accounting"} - deleted
    return Counter(
        {
            "POST customer": len(created),
            "PUT customer": len(changed),
            "DELETE customer": len(deleted),
            "PUT document": sum(line["target"] == "document" for line in done),
        }
    )
