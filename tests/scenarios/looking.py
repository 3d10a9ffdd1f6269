"""Compares what a scenario expects with what is there; a difference is told in the scenario's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.visma_eaccounting.books import NoSuchRecordError
from tests.scenarios import words
from tests.scenarios.schema import ConflictShown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.ports.records import ConflictInfo
    from tests.scenarios.interpret import Play
    from tests.scenarios.schema import Expect, Then

ABOUT = " ~ "
"""After this a sentence says what the line's message speaks of."""


def check_report(play: Play, expect: Expect, document: dict[str, Any], customers_read: int) -> None:
    """Compare a run's report with what the scenario expects."""
    run = document["run"]
    error = run["error"] or {}
    if expect.status is not None:
        assert run["status"] == expect.status, (run, [words.action(x) for x in document["actions"]])
    if expect.kind is not None:
        assert run["kind"] == expect.kind
    if expect.error is not None:
        assert error.get("code") == expect.error, run
    for part in ("message", "remedy"):
        wanted = getattr(expect, part)
        assert wanted is None or wanted in str(error.get(part)), (part, error)
    _check_actions(expect, document["actions"])
    for name, count in expect.counts.items():
        assert document["counts"][name] == count, (name, document["counts"])
    if expect.requests_at_most is not None:
        assert document["requests"] <= expect.requests_at_most
    if expect.customers_read_at_most is not None:
        assert customers_read <= expect.customers_read_at_most
    if expect.conflicts is not None:
        _check_conflicts(play, expect.conflicts)


def _check_actions(expect: Expect, lines: list[dict[str, Any]]) -> None:
    if expect.actions is not None:
        missing, rest = _matched(expect.actions, lines)
        told = [_told(line) for line in rest]
        assert (missing, told) == ([], []), "expected but not reported, and reported but not expected"
    missing, _ = _matched(expect.some_actions, lines)
    assert not missing, [_told(line) for line in lines]


def _matched(sentences: Sequence[str], lines: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """What was expected in vain, and the lines that nobody expected."""
    rest, missing = list(lines), []
    for sentence in sentences:
        found = next((line for line in rest if _reads(line, sentence)), None)
        if found is None:
            missing.append(sentence)
        else:
            rest.remove(found)
    return missing, rest


def _reads(line: dict[str, Any], sentence: str) -> bool:
    text, _, about = sentence.partition(ABOUT)
    return words.action(line) == text and about in (line["message"] or "")


def _told(line: dict[str, Any]) -> str:
    return words.action(line) + (f"{ABOUT}{line['message']}" if line["message"] else "")


def open_conflicts(play: Play, status: str = "open") -> list[str]:
    """The conflicts as sentences."""
    return sorted(_sentence(one) for one in play.world.conflicts(status))


def _sentence(one: ConflictInfo) -> str:
    return words.conflict(one.kind, one.customer_number, one.field)


def _check_conflicts(play: Play, expected: Sequence[str | ConflictShown]) -> None:
    wanted = [one if isinstance(one, str) else words.conflict(one.kind, one.customer, one.field) for one in expected]
    assert open_conflicts(play) == sorted(wanted), "open conflicts"
    for one in expected:
        if isinstance(one, ConflictShown):
            name = words.conflict(one.kind, one.customer, one.field)
            _check_conflict(one, next(c for c in play.world.conflicts() if _sentence(c) == name))


def _check_conflict(wanted: ConflictShown, found: ConflictInfo) -> None:
    for side, value in (("base", wanted.base), ("register", wanted.register_), ("accounting", wanted.accounting)):
        assert value in ("any", getattr(found, side)), (side, getattr(found, side))
    assert wanted.choices is None or sorted(found.choices) == sorted(wanted.choices), found.choices
    assert wanted.times_seen is None or found.times_seen == wanted.times_seen, found.times_seen
    assert wanted.message is None or wanted.message in found.message, found.message


def check(play: Play, then: Then) -> None:
    """Compare what both sides hold with what the scenario says."""
    _check_register(play, then)
    _check_accounting(play, then)
    world = play.world
    if then.conflicts is not None:
        _check_conflicts(play, then.conflicts)
    for status, wanted in (("closed", then.closed_conflicts), ("resolved", then.resolved_conflicts)):
        assert wanted is None or open_conflicts(play, status) == sorted(wanted), status
    for number, state in then.links.items():
        assert world.link_state(number) == state, f"the link of {number}"
    for number, lines in then.history.items():
        told = [f"{h.field} {words.said(h.before)} -> {words.said(h.after)} by {h.who}" for h in world.history(number)]
        assert [line for line in lines if line not in told] == [], told
    if then.writes_at_vendor is not None:
        assert {k: n for k, n in play.seen.items() if n} == {k: n for k, n in then.writes_at_vendor.items() if n}
    if then.connection is not None:
        assert world.connection.state == then.connection


def _check_register(play: Play, then: Then) -> None:
    for number, wanted in then.here.items():
        found = play.world.customer(number)
        if wanted == "absent":
            assert found is None, f"{number} is in the register"
            continue
        assert found is not None, f"{number} is not in the register"
        held = {name: found.fields.get(name) for name in wanted}
        assert held == wanted, f"{number} in the register"
    if then.numbers_in_register is not None:
        assert play.world.numbers() == sorted(then.numbers_in_register)


def _check_accounting(play: Play, then: Then) -> None:
    company = play.world.company
    for number, wanted in then.there.items():
        try:
            found = company.customer(number)
        except NoSuchRecordError:
            assert wanted == "absent", f"{number} is not in accounting"
            continue
        assert wanted != "absent", f"{number} is in accounting"
        assert {name: found.get(name) for name in wanted} == wanted, f"{number} in accounting"
    if then.numbers_in_accounting is not None:
        held = [str(c["CustomerNumber"]) for c in company.customers() if c["CustomerNumber"]]
        assert sorted(held) == sorted(then.numbers_in_accounting)
    for name, fields in then.documents.items():
        document = company.document(play.documents[name])
        assert {key: document.get(key) for key in fields} == fields, name
