"""Every open question has a cause that a person can see (S-80, S-83); a fault or a crash is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.machine.oracle import is_incomplete, must
from tests.machine.pairing import wanted_there
from tests.machine.vocabulary import STRANGERS, meaning

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.records import ConflictInfo
    from tests.machine.looking import Look
    from tests.machine.passed import Passed


def check_questions(passed: Passed) -> None:
    """After an undisturbed run, every open question is about something that is so; none is asked twice."""
    look = passed.after
    keys = [(one.subject, one.kind, one.field) for one in look.questions]
    must(len(keys) == len(set(keys)), "one question is open twice")
    for one in look.questions:
        if passed.must_settle((one.customer_id or 0, one.remote_id or "")):
            _check(look, one)


def _check(look: Look, one: ConflictInfo) -> None:
    told = f"{one.kind} ({one.field or 'the whole customer'}) about customer {one.customer_number}"
    must(one.status == "open", f"the answer to {told} was not carried out")
    if one.field is None or not _is_linked(look, one):
        cause = CAUSES.get(one.kind)
        must(cause is not None, f"nobody knows a question {told}: {one.message}")
        must(cause is None or cause(look, one), f"a question without a cause: {told}: {one.message}")


def _is_linked(look: Look, one: ConflictInfo) -> bool:
    """The fields of a pair are judged one by one elsewhere."""
    return one.customer_id in look.links and one.customer_id in look.here


def _identity(look: Look, one: ConflictInfo) -> bool:
    ours = look.here.get(one.customer_id or 0)
    theirs = look.there.get(one.remote_id or "")
    if ours is None or theirs is None:
        return False
    numbers = meaning(ours["organisation_number"]), meaning(theirs["organisation_number"])
    if all(numbers):
        return numbers[0] != numbers[1]
    return (ours["name"] in STRANGERS) != (theirs["name"] in STRANGERS)


def _duplicate(look: Look, one: ConflictInfo) -> bool:
    ours = look.here.get(one.customer_id or 0)
    theirs = look.there.get(one.remote_id or "")
    return bool(ours and theirs and meaning(ours["organisation_number"]) == meaning(theirs["organisation_number"]))


def _misfit(look: Look, one: ConflictInfo) -> bool:
    ours = look.here.get(one.customer_id or 0)
    return ours is not None and not wanted_there(dict(ours))


def _missing(look: Look, one: ConflictInfo) -> bool:
    return look.links.get(one.customer_id or 0, "") not in look.there


def _taken(look: Look, one: ConflictInfo) -> bool:
    """Somebody else holds the number on the side where it is wanted."""
    ours = look.number_here(one.customer_id or 0)
    if ours is not None:
        return bool(look.numbered_there(ours))
    return bool(look.numbered_here(look.number_there(one.remote_id or "")))


def _doubled(look: Look, one: ConflictInfo) -> bool:
    return len(look.numbered_there(one.customer_number)) > 1


def _rejected(look: Look, one: ConflictInfo) -> bool:
    return one.remote_id in look.there and is_incomplete(look, str(one.remote_id))


CAUSES: dict[str, Callable[[Look, ConflictInfo], bool]] = {
    "identity": _identity,
    "possible_duplicate": _duplicate,
    "does_not_fit": _misfit,
    "missing_in_accounting": _missing,
    "number_taken": _taken,
    "duplicate_number": _doubled,
    "rejected": _rejected,
}
