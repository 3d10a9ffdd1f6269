"""Who may be paired with whom by a run, who may come or go on either side, and who must not be left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.machine.oracle import is_incomplete, must, typed_side, word
from tests.machine.vocabulary import REQUIRED_THERE, STRANGERS, TOO_LONG, UNITS, meaning

if TYPE_CHECKING:
    from tests.machine.looking import Pair
    from tests.machine.oracle import Oracle
    from tests.machine.passed import Passed


def check_pairs(oracle: Oracle, passed: Passed) -> None:
    """Every pair, old or new, is legal, and its fields went where they may go; nobody else was touched."""
    before, after = passed.before, passed.after
    must(before.here.keys() <= after.here.keys(), "a customer disappeared from the register")
    for pair in after.pairs():
        if pair in set(before.pairs()):
            _check_presence(passed, pair)
            if pair[0] in before.here and pair[1] in before.there:
                oracle.judge(passed, pair)
        else:
            _check_new(oracle, passed, pair)
    for pair in after.ended - before.ended:
        _check_ended(oracle, passed, pair)
    must(set(before.pairs()) <= set(after.pairs()) | after.ended, "a link was forgotten")
    for there in after.there.keys() - before.there.keys() - set(after.links.values()):
        _check_orphan(oracle, passed, there)
    _nobody_else(passed)
    if passed.sure:
        _nobody_is_left(oracle, passed)


def _check_presence(passed: Passed, pair: Pair) -> None:
    """A pair that lacks a side is asked about, or waits for a run that looks (S-61, S-62)."""
    before, after = passed.before, passed.after
    if not passed.must_settle(pair) or before.is_doubled(pair):
        return
    refused = pair[1] in before.there and is_incomplete(before, pair[1]) and bool(after.asked(pair))
    must(pair[0] in before.here or refused, f"the deletion of {before.name(pair)} was not carried over")
    if pair[1] not in before.there and (passed.full or passed.about):
        asked = any(one.kind == "missing_in_accounting" for one in after.asked(pair))
        must(asked, f"{before.name(pair)} is gone in accounting, and nobody is asked about it")


def _check_new(oracle: Oracle, passed: Passed, pair: Pair) -> None:
    before = passed.before
    here, there = pair
    must(passed.covers(pair), f"{before.name(pair)} is none of the run's business")
    must(not (passed.sure and before.is_doubled(pair)), f"{before.name(pair)} was paired, whose number is there twice")
    if here in before.here and there in before.there:
        _check_join(oracle, passed, pair)
        oracle.judge(passed, pair)
        return
    if there in before.there:
        must(oracle.settings.get("create_in_register", "true") == "true", "a customer was taken in against the setting")
    elif here in before.here:
        _check_created(oracle, passed, pair)
    oracle.met(passed.after, pair, passed.before.answers(pair), passed.earlier)


def _check_join(oracle: Oracle, passed: Passed, pair: Pair) -> None:
    before = passed.before
    if oracle.orphans.get(pair[1]) == pair[0]:
        return
    answers = {word(a) for a in before.answers(pair)}
    same_number = before.here[pair[0]]["number"] == before.there[pair[1]]["number"]
    must(same_number or "link" in answers, f"{before.name(pair)} was linked to another number")
    must(pair[0] in before.free_here() or oracle.allowed[pair[0]], f"{before.name(pair)} had a partner already")
    told = answers & {"same", "link"}
    must(not strangers(passed, pair) or told, f"{before.name(pair)}: two strangers were linked")


def strangers(passed: Passed, pair: Pair) -> bool:
    """Whether the two are clearly not one customer (S-11)."""
    ours, theirs = passed.before.here[pair[0]], passed.before.there[pair[1]]
    numbers = [meaning(ours["organisation_number"]), meaning(theirs["organisation_number"])]
    if all(numbers):
        return numbers[0] != numbers[1]
    return (ours["name"] in STRANGERS) != (theirs["name"] in STRANGERS)


def _check_created(oracle: Oracle, passed: Passed, pair: Pair) -> None:
    """Created once, under its number, with what the register says."""
    before, after = passed.before, passed.after
    oracle.created[pair[0]] += 1
    must(
        oracle.settings.get("create_in_accounting", "true") == "true" or oracle.allowed[pair[0]],
        "created against the setting",
    )
    must(
        oracle.created[pair[0]] <= 1 + oracle.allowed[pair[0]],
        f"{before.name(pair)} was created in accounting a second time",
    )
    for unit in UNITS:
        if oracle.rules(unit).way in {"both", "to_accounting"} or set(UNITS[unit]) & REQUIRED_THERE:
            typed = [
                typed_side(a, unit) for a in before.answers(pair) if a.field == unit and word(a) == "accounting_only"
            ]
            ours, theirs = (*typed, before.side_here(pair[0], unit))[0], after.side_there(pair[1], unit)
            read = passed.earlier is not None and theirs == passed.earlier.side_here(pair[0], unit)
            must(
                ours == theirs or read,
                f"{unit} of {before.name(pair)} was created as {theirs}, the register says {ours}",
            )


def _check_orphan(oracle: Oracle, passed: Passed, there: str) -> None:
    """Created by a run that could not put it down: somebody must have wanted it, once."""
    number = passed.after.there[there]["number"]
    wanting = [one for one in passed.before.numbered_here(number) if one not in passed.after.links]
    must(wanting and not passed.sure, f"accounting got customer {number} without a partner")
    _check_created(oracle, passed, (wanting[0], there))
    oracle.lost(passed.after, (wanting[0], there))


def _check_ended(oracle: Oracle, passed: Passed, pair: Pair) -> None:
    """A link ends because the customer was deleted here, or because an administrator said so; never otherwise."""
    before, after = passed.before, passed.after
    answers = {word(a) for a in before.answers(pair)}
    by_answer = answers & {"unlink", "deactivate", "create_again", "different"}
    must(pair[0] not in before.here or by_answer, f"the link of {before.name(pair)} ended for no reason")
    if pair[0] not in before.here and pair[1] in before.there:
        _check_deletion(oracle, passed, pair)
    elif "deactivate" in answers and pair[0] in after.here:
        must(after.here[pair[0]]["active"] is False, f"{before.name(pair)} was to be deactivated")


def _check_deletion(oracle: Oracle, passed: Passed, pair: Pair) -> None:
    """S-62."""
    before, after = passed.before, passed.after
    policy = oracle.settings.get("deletion", "deactivate")
    name = before.name(pair)
    if policy == "keep":
        must(after.there[pair[1]] == before.there[pair[1]], f"{name} was to be kept in accounting as it is")
    elif policy == "deactivate" or pair[1] in after.there:
        must(
            after.there[pair[1]]["active"] is False,
            f"{name} was deleted in the register and stays active in accounting",
        )


def _nobody_else(passed: Passed) -> None:
    """Those without a partner stay as they are, on both sides; nobody disappears."""
    before, after = passed.before, passed.after
    busy = {*before.pairs(), *after.pairs(), *(after.ended - before.ended)}
    for id_, fields in before.here.items():
        must(id_ in after.here, f"{before.name((id_, ''))} disappeared from the register")
        must(
            id_ in {p[0] for p in busy} or after.here[id_] == fields,
            f"{before.name((id_, ''))} was changed in the register",
        )
    for remote, row in before.there.items():
        same = after.there.get(remote) == row
        must(same or remote in {p[1] for p in busy}, f"{before.name((0, remote))} was changed in accounting")
    must(
        after.here.keys() <= before.here.keys() | {p[0] for p in busy}, "the register got a customer without a partner"
    )


def _nobody_is_left(oracle: Oracle, passed: Passed) -> None:
    """Whoever stands alone after an undisturbed run does so for a reason."""
    after = passed.after
    for here in after.free_here():
        if passed.must_settle((here, "")) and not _excused_here(oracle, passed, here):
            told = f"{after.name((here, ''))} is not in accounting, and nobody is asked about it"
            must(after.asked((here, "")), told)
    for there in after.free_there():
        if passed.must_settle_there(there) and not _excused_there(oracle, passed, there):
            told = f"{after.name((0, there))} is not in the register, and nobody is asked about it"
            must(after.asked((0, there)), told)


def _excused_here(oracle: Oracle, passed: Passed, here: int) -> bool:
    twins = _twins(passed, meaning(passed.before.here[here]["organisation_number"]))
    return (
        oracle.settings.get("create_in_accounting", "true") != "true" or twins or passed.before.is_doubled((here, ""))
    )


def _excused_there(oracle: Oracle, passed: Passed, there: str) -> bool:
    twins = _twins(passed, meaning(passed.before.there[there]["organisation_number"]))
    return oracle.settings.get("create_in_register", "true") != "true" or twins or passed.before.is_doubled((0, there))


def _twins(passed: Passed, organisation: object) -> bool:
    """Others share the organisation number: they wait until a person has told them apart (S-13)."""
    return organisation is not None and any(
        meaning(row["organisation_number"]) == organisation
        for row in (
            *(passed.before.here[one] for one in passed.before.free_here()),
            *(passed.before.there[one] for one in passed.before.free_there()),
        )
    )


def wanted_there(fields: dict[str, object]) -> bool:
    """Whether Visma can hold the customer at all."""
    return fields["name"] != TOO_LONG and all(fields[name] for name in REQUIRED_THERE)
