"""From what is known of one customer to what follows: the only place where cases are told apart (S-10 to S-17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syncd.engine.actions import CreateInAccounting, CreateInRegister, Decision, EndLink
from syncd.engine.fit import misfits
from syncd.engine.identity import doubt
from syncd.engine.numbers import obstacle_in_accounting, obstacle_in_register
from syncd.engine.pair import Both, decide_both, push_digest
from syncd.engine.questions import Question
from syncd.engine.state import Agreed, Pair
from syncd.register.custom_fields import is_own
from syncd.register.fields import FIELDS
from syncd.values.equality import is_empty
from syncd.values.units import unit_named, unit_of

if TYPE_CHECKING:
    from syncd.engine.fit import Misfit
    from syncd.engine.numbers import Numbers
    from syncd.engine.questions import Kind
    from syncd.engine.rules import Rules
    from syncd.engine.state import Answer, Local, Shown
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord


def decide(pair: Pair, rules: Rules, numbers: Numbers) -> tuple[Decision, ...]:
    """Decide one customer. Usually one decision; *create anyway* for two records is two."""
    number = pair.remote.number if pair.remote is not None else pair.number
    if number is not None and number in numbers.doubled:
        return (Decision(pair, questions=(_doubled(pair, number),)),)
    local, remote = pair.local, pair.remote
    if pair.link is not None:
        return (_linked(pair, rules, numbers),)
    if local is None:
        return () if remote is None else (_only_remote(pair, remote, rules, numbers),)
    if remote is None:
        return (_only_local(pair, local, rules, numbers),)
    if local.number == remote.number:
        return (_matched(pair, local, remote, rules, numbers),)
    return _twins(pair, local, remote, rules, numbers)


def _linked(pair: Pair, rules: Rules, numbers: Numbers) -> Decision:
    """A held pair: both sides there, or one of them gone."""
    if pair.local is None:
        return _deleted_here(pair, rules)
    if pair.remote is None:
        return _missing_there(pair, pair.local, rules, numbers)
    return decide_both(Both(pair, pair.local, pair.remote, rules, numbers))


def _ask(pair: Pair, kind: Kind, message: str, field: str | None = None, **more: Any) -> Question:  # noqa: ANN401 - Question's own fields
    remote_id = pair.remote.remote_id if pair.remote is not None else None
    return Question(kind, pair.key, pair.number, pair.name, message, field, remote_id=remote_id, **more)


def _doubled(pair: Pair, number: str) -> Question:
    """S-14: neither of two remote customers with one number is touched."""
    message = f"more than one customer in accounting has number {number}: give each its own there"
    return Question("duplicate_number", f"number:{number}", number, pair.name, message)


def _matched(pair: Pair, local: Local, remote: RemoteRecord, rules: Rules, numbers: Numbers) -> Decision:
    """The same number on both sides, not yet linked: one customer, if nothing speaks against it (S-11)."""
    answer = _answered(pair, "identity", local, remote, rules)
    reason = doubt(local.fields, remote.fields, likeness=rules.name_likeness)
    if answer is not None and answer.word == "different":
        return Decision(pair, EndLink(pair, "different"), carried=(answer.conflict_id,))
    if answer is None and reason is not None:
        message = f"number {local.number} on both sides, but {reason}: are they one customer?"
        question = _ask(
            pair, "identity", message, register=_portrait(local.fields), accounting=_portrait(remote.fields)
        )
        return Decision(pair, questions=(question,))
    return _joined(pair, local, remote, rules, numbers, answer)


def _joined(
    pair: Pair, local: Local, remote: RemoteRecord, rules: Rules, numbers: Numbers, answer: Answer | None
) -> Decision:
    decision = decide_both(Both(pair, local, remote, rules, numbers))
    carried = (*decision.carried, answer.conflict_id) if answer is not None else decision.carried
    return Decision(pair, decision.action, decision.questions, carried)


def _answered(pair: Pair, kind: Kind, local: Local, remote: RemoteRecord, rules: Rules) -> Answer | None:
    """A person's answer about two records that still are the two he looked at (S-82)."""
    answer = pair.answer(kind)
    if answer is None:
        return None
    seen = ((answer.seen_register, local.fields), (answer.seen_accounting, remote.fields))
    alike = all(rules.all_same(shown, shown, now) for shown, now in seen if isinstance(shown, Mapping))
    return answer if alike else None


def _portrait(fields: Mapping[str, Value]) -> Shown:
    """What tells two records apart."""
    return {name: fields.get(name) for name in ("number", "name", "organisation_number")}


def _twins(pair: Pair, local: Local, remote: RemoteRecord, rules: Rules, numbers: Numbers) -> tuple[Decision, ...]:
    """One organisation number under two customer numbers: linked or created only when a person says so (S-13)."""
    answer = _answered(pair, "possible_duplicate", local, remote, rules)
    if answer is None and not (rules.create_in_accounting or rules.create_in_register):
        return ()
    if answer is None:
        message = _alike(pair, local, remote)
        question = _ask(
            pair, "possible_duplicate", message, register=_portrait(local.fields), accounting=_portrait(remote.fields)
        )
        return (Decision(pair, questions=(question,)),)
    if answer.word == "link":
        return (_joined(pair, local, remote, rules, numbers, answer),)
    here = _only_local(Pair(local=local, answers=pair.answers, refused=pair.refused), local, rules, numbers)
    there = _only_remote(Pair(remote=remote), remote, rules, numbers)
    carried = (answer.conflict_id,) if here.action is not None else ()
    return (replace(here, carried=(*here.carried, *carried)), there)


def _alike(pair: Pair, local: Local, remote: RemoteRecord) -> str:
    """Why two records with different numbers may be one customer."""
    if pair.sent_by is None:
        return f"number {local.number} here and {remote.number} in accounting have the same organisation number"
    sent = f"customer {local.number} was sent to accounting by run {pair.sent_by} without an answer"
    return f"{sent}, and number {remote.number} there, which is new, may be it"


def _only_remote(pair: Pair, remote: RemoteRecord, rules: Rules, numbers: Numbers) -> Decision:
    """Only in accounting: import it (S-12), unless its number forbids (S-17, R-03)."""
    if is_empty(remote.number):
        message = "a customer in accounting has no number: give it one there"
        return Decision(pair, questions=(_ask(pair, "no_number", message),))
    if not rules.create_in_register:
        return Decision(pair)
    if pair.copy_of is not None:
        return _one_too_many(pair, remote, rules, numbers)
    return wanted_here(pair, remote, rules, numbers)


def _one_too_many(pair: Pair, remote: RemoteRecord, rules: Rules, numbers: Numbers) -> Decision:
    """It holds what was sent for a customer that was then sent again: imported only when a person says so (S-42)."""
    answer = pair.answer("possible_duplicate")
    if answer is None:
        message = (
            f"number {remote.number} in accounting may be a second record of customer {pair.copy_of}, whose create"
        )
        remedy = "was once not answered: delete it there, or answer *create* if it is another customer"
        question = _ask(
            pair, "possible_duplicate", f"{message} {remedy}", accounting=_portrait(remote.fields), choices=("create",)
        )
        return Decision(pair, questions=(question,))
    decision = wanted_here(pair, remote, rules, numbers)
    return replace(decision, carried=(*decision.carried, answer.conflict_id)) if decision.action else decision


def wanted_here(pair: Pair, remote: RemoteRecord, rules: Rules, numbers: Numbers) -> Decision:
    """A customer that the register is to have: imported, or the question why it cannot be."""
    obstacle = obstacle_in_register(str(remote.number), rules, numbers)
    if obstacle is not None:
        question = _ask(pair, obstacle.kind, obstacle.message, "number", accounting=remote.number, choices=())
        return Decision(pair, questions=(question,))
    if is_empty(remote.fields.get("name")):
        message = "a customer in accounting has no name: the register requires one"
        return Decision(pair, questions=(_ask(pair, "does_not_fit", message, "name", choices=()),))
    questions = tuple(
        _ask(pair, "does_not_fit", reason, unit_of(name).name, choices=()) for name, reason in remote.unfit.items()
    )
    return Decision(pair, _import(pair, remote, rules), questions)


def _import(pair: Pair, remote: RemoteRecord, rules: Rules) -> CreateInRegister:
    shown = remote.fields
    taken = {name: shown[name] for name in rules.imported if name in shown}
    filled = {name: value for name, value in taken.items() if not is_empty(value)}
    left = (name for name in rules.flows("to_accounting") if name in shown and is_empty(shown[name]))
    empty = (name for name in (*left, *(taken.keys() - filled.keys())) if not _defaults(name))
    base = dict.fromkeys(empty, Agreed(None, None))
    base.update((name, Agreed(value, value)) for name, value in filled.items())
    return CreateInRegister(pair, filled, base)


def _defaults(name: str) -> bool:
    """Whether the register puts a default of its own where accounting holds nothing."""
    return name in FIELDS and FIELDS[name].default is not None


def _only_local(pair: Pair, local: Local, rules: Rules, numbers: Numbers) -> Decision:
    """Only in the register: create it (S-12), unless accounting cannot hold it (S-23)."""
    if not rules.create_in_accounting:
        return Decision(pair)
    return wanted_there(pair, local, rules, numbers)


def wanted_there(pair: Pair, local: Local, rules: Rules, numbers: Numbers) -> Decision:
    """A customer that accounting is to have: created, or the question why it cannot be."""
    mark = push_digest(local, None)
    if mark in pair.refused:
        return Decision(pair, questions=(_refused(pair, mark),))
    obstacle = obstacle_in_accounting(local.number, rules, numbers)
    if obstacle is not None:
        question = _ask(pair, obstacle.kind, obstacle.message, "number", register=local.number, choices=())
        return Decision(pair, questions=(question,))
    return _create(pair, local, rules)


def _refused(pair: Pair, mark: str) -> Question:
    """The vendor refused this very write: it is not sent again until the customer changes."""
    refusal = pair.refused[mark]
    choices = () if refusal.field else None
    return _ask(pair, refusal.kind, refusal.message, refusal.field, digest=mark, choices=choices)  # type: ignore[arg-type]


def _create(pair: Pair, local: Local, rules: Rules) -> Decision:
    """A create with everything that fits; what does not fit is asked, and holds the create up if it is required."""
    wanted = _wanted(local, rules)
    answers = [a for a in pair.answers if a.kind == "does_not_fit" and a.word == "accounting_only"]
    answers = [a for a in answers if _still_shown(a, local, rules)]
    for answer in answers:
        wanted.update(_shortened(answer, wanted))
    unfit = misfits(wanted, rules)
    asked = {unit_of(item.field).name for item in unfit}
    dropped = {name for unit in asked for name in unit_named(unit).members}
    held_up = any(rules.rule(name).required for name in dropped & wanted.keys())
    sent = {n: v for n, v in wanted.items() if n not in dropped and not is_empty(v)}
    action = None if held_up else CreateInAccounting(pair, sent)
    carried = () if held_up else tuple(a.conflict_id for a in answers if a.field not in asked)
    return Decision(pair, action, _misfit_questions(pair, local, unfit), carried)


def _wanted(local: Local, rules: Rules) -> dict[str, Value]:
    """What accounting is to hold of a new customer; what it cannot do without goes along, whatever the direction."""
    required = {name for name, rule in rules.capabilities.fields.items() if rule.required}
    names = rules.flows("both", "to_accounting") | required | (rules.capabilities.fields.keys() & {"number", "name"})
    own = sorted(name for name in names if is_own(name))
    return {name: local.fields[name] for name in (*FIELDS, *own) if name in names and name in local.fields}


def _still_shown(answer: Answer, local: Local, rules: Rules) -> bool:
    """Whether the register still holds what a person looked at when he answered (S-82)."""
    if isinstance(answer.seen_register, Mapping):
        return rules.all_same(answer.seen_register, answer.seen_register, local.fields)
    name = str(answer.field)
    return rules.same(name, answer.seen_register, local.fields.get(name))


def _shortened(answer: Answer, wanted: Mapping[str, Value]) -> dict[str, Value]:
    typed = answer.value if isinstance(answer.value, Mapping) else {str(answer.field): answer.value}
    return {name: value for name, value in typed.items() if name in wanted}


def _misfit_questions(pair: Pair, local: Local, unfit: tuple[Misfit, ...]) -> tuple[Question, ...]:
    """One question per unit, naming every member that does not fit."""
    units = {unit_of(item.field).name: unit_of(item.field) for item in unfit}
    return tuple(
        _ask(
            pair,
            "does_not_fit",
            "; ".join(item.reason for item in unfit if item.field in unit.members),
            unit.name,
            register={n: local.fields.get(n) for n in unit.members} if unit.is_group else local.fields.get(unit.name),
            choices=("accounting_only",),
        )
        for unit in units.values()
    )


def _missing_there(pair: Pair, local: Local, rules: Rules, numbers: Numbers) -> Decision:
    """Gone in accounting: a person decides; nothing is deleted here (S-61)."""
    answer = pair.answer("missing_in_accounting")
    if answer is None:
        message = f"customer {local.number} no longer exists in accounting"
        return Decision(pair, questions=(_ask(pair, "missing_in_accounting", message),))
    carried = (answer.conflict_id,)
    match answer.word:
        case "create_again":
            alone = Pair(local=local, answers=pair.answers, refused=pair.refused)
            fresh = wanted_there(alone, local, rules, numbers)
            action = fresh.action
            if isinstance(action, CreateInAccounting):
                action = replace(action, replaces=pair.link)
            return Decision(fresh.pair, action, fresh.questions, (*fresh.carried, *carried) if action else ())
        case "deactivate":
            return Decision(pair, EndLink(pair, "missing_in_accounting", here="deactivate"), carried=carried)
        case _:
            return Decision(pair, EndLink(pair, "unlinked"), carried=carried)


def _deleted_here(pair: Pair, rules: Rules) -> Decision:
    """Deleted in the register: deactivated, deleted or kept in accounting, and the link ends (S-62)."""
    remote = pair.remote
    if remote is None or rules.deletion == "keep":
        return Decision(pair, EndLink(pair, "deleted_in_register"))
    mark = push_digest(None, remote)
    if mark in pair.refused:
        return Decision(pair, questions=(_refused(pair, mark),))
    if rules.deletion == "delete" and rules.capabilities.can_delete:
        return Decision(pair, EndLink(pair, "deleted_in_register", there="delete"))
    active = remote.fields.get("active") is not False
    return Decision(pair, EndLink(pair, "deleted_in_register", there="deactivate" if active else None))
