"""Conflicts reviewed and resolved by administrators (S-80 to S-83)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.engine.fit import misfits
from syncd.engine.questions import CHOICES, EXPLAINED
from syncd.engine.rules import Rules
from syncd.engine.targets import with_targets
from syncd.errors import ChangedMeanwhileError, NotFoundError, RefusedError, UsageError
from syncd.register.access import Verb, require
from syncd.register.clean import clean
from syncd.register.custom_fields import CUSTOM_FIELDS, custom_fields
from syncd.register.fields import FIELDS
from syncd.register.numbers import check_number
from syncd.services.connections import UnknownConnectionError
from syncd.services.register.masking import refuse_masks
from syncd.values.equality import same
from syncd.values.units import UNITS, find_unit, unit_named

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from syncd.ports.records import ConflictInfo
    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor
    from syncd.register.fields import Field, Value
    from syncd.values.capabilities import Capabilities

FILTERS = ("connection", "kind", "customer", "field", "status", "text")
"""What narrows a list; ``text`` is looked for in the customer's number and name."""

WITH_VALUE = frozenset({"value", "accounting_only"})


class UnknownConflictError(NotFoundError):
    """The group has no such conflict."""

    code = "unknown_conflict"

    def __init__(self, conflict_id: int) -> None:
        super().__init__(f"there is no conflict {conflict_id}", remedy="`syncd conflicts list` shows the open ones.")


class DecidedAlreadyError(RefusedError):
    """Somebody else answered, or the cause has gone."""

    code = "already_decided"

    def __init__(self, conflict_id: int, status: str) -> None:
        super().__init__(f"conflict {conflict_id} is {status} already", remedy="There is nothing to decide.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What an administrator answers; ``value`` is the text typed, where the answer takes one.

    ``why`` is a reason in their own words.
    """

    word: str
    value: str | None = None
    why: str | None = None


def list_conflicts(
    store: Store, actor: Actor, group_id: int, filters: Mapping[str, str], *, everything: bool = False
) -> tuple[ConflictInfo, ...]:
    """Conflicts of a group, narrowed by ``FILTERS``; open ones unless ``everything`` or a status is asked for."""
    with store.reading() as work:
        return tuple(each_conflict(work, actor, group_id, filters, everything=everything))


def each_conflict(
    work: Work,
    actor: Actor,
    group_id: int,
    filters: Mapping[str, str],
    *,
    everything: bool = False,
    after: int = 0,
) -> Iterator[ConflictInfo]:
    """Stream what ``list_conflicts`` returns, beginning after this id."""
    require(actor, Verb.RESOLVE)
    ids, chosen = narrowed(work, group_id, filters, everything=everything)
    return work.conflicts.each(connection_ids=ids, filters=chosen, after=after)


def narrowed(
    work: Work, group_id: int, filters: Mapping[str, str], *, everything: bool = False
) -> tuple[list[int], dict[str, str]]:
    """The connections and the filters to look with. Raises ``UnknownConnectionError``, ``UsageError``."""
    chosen = dict(filters)
    name = chosen.pop("connection", None)
    if not everything and "status" not in chosen:
        chosen["status"] = "open"
    _check_filters(chosen)
    connections = work.connections.list(group_id)
    if name is not None and name not in {c.name for c in connections}:
        raise UnknownConnectionError(name)
    return [c.id for c in connections if name in {None, c.name}], chosen


def _check_filters(chosen: Mapping[str, str]) -> None:
    words = {"kind": tuple(CHOICES), "status": ("open", "resolved", "closed"), "field": (*UNITS, "our_reference")}
    for name, allowed in words.items():
        own = name == "field" and find_unit(chosen.get(name)) is not None
        if name in chosen and chosen[name] not in allowed and not own:
            raise UsageError(f"--{name} {chosen[name]}: must be one of {', '.join(allowed)}")


def show(store: Store, actor: Actor, group_id: int, conflict_id: int) -> ConflictInfo:
    """One conflict of the group."""
    require(actor, Verb.RESOLVE)
    with store.reading() as work:
        return _found(work, group_id, conflict_id)


def _found(work: Work, group_id: int, conflict_id: int) -> ConflictInfo:
    conflict = work.conflicts.get(conflict_id)
    if conflict is None or work.connections.get(conflict.connection_id).group_id != group_id:
        raise UnknownConflictError(conflict_id)
    return conflict


def explain(conflict: ConflictInfo) -> dict[str, str]:
    """What each choice of a conflict would do, in plain words."""
    return {choice: EXPLAINED[choice] for choice in conflict.choices}


def version_of(conflict: ConflictInfo) -> str:
    """Name what somebody who looks at a conflict sees; seen again unchanged, it is the same."""
    decided = conflict.status, conflict.resolution
    shown = *decided, conflict.base, conflict.register, conflict.accounting, conflict.choices, conflict.message
    return f"{conflict.id}-{hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]}"


def resolve(  # noqa: PLR0913 - an answer, what its author saw, and what can be held
    store: Store,
    actor: Actor,
    group_id: int,
    conflict_id: int,
    reply: Reply,
    holds: Callable[[str], Capabilities],
    *,
    seen: Container[str] | None = None,
) -> ConflictInfo:
    """Record an administrator's answer; the next run carries it out.

    ``holds`` tells what the accounting system of that name can hold; ``seen`` is what the administrator looked at,
    where that is known (``version_of``). Raises ``NotAllowedError``, ``RefusedError``
    for an answer the conflict does not take or a value that accounting cannot hold, and ``ChangedMeanwhileError``
    when a side moved after the conflict was last shown: it is then shown anew (S-82).
    """
    require(actor, Verb.RESOLVE)
    with store.work() as work:
        conflict = _found(work, group_id, conflict_id)
        if seen is not None and version_of(conflict) not in seen:
            raise ChangedMeanwhileError(f"conflict {conflict_id}")
        _refuse_wrong_answer(conflict, reply)
        typed = _checked(work, conflict, reply.value, holds) if reply.word in WITH_VALUE else None
        changed = _refresh(work, conflict)
        if not changed:
            why = {"why": reply.why} if reply.why else {}
            work.conflicts.resolve(conflict_id, actor.login, {"answer": reply.word, "value": typed, **why})
            work.conflicts.touch(conflict)
        work.commit()
        if changed:
            raise ChangedMeanwhileError(f"customer {conflict.customer_number}")
        return _found(work, group_id, conflict_id)


def _refuse_wrong_answer(conflict: ConflictInfo, reply: Reply) -> None:
    if conflict.status == "closed" or not conflict.pending:
        raise DecidedAlreadyError(conflict.id, conflict.status)
    if reply.word not in conflict.choices:
        offered = ", ".join(conflict.choices) or "none: it closes by itself once its cause is mended"
        raise RefusedError(
            f"{reply.word} is no answer to a conflict {conflict.kind}", remedy=f"Its answers: {offered}."
        )
    if reply.word in WITH_VALUE and reply.value is None:
        raise UsageError(f"the answer {reply.word} needs a value", remedy="Give it with --value TEXT.")


def _checked(
    work: Work, conflict: ConflictInfo, text: str | None, holds: Callable[[str], Capabilities]
) -> Value | dict[str, Value]:
    """A typed value that the register takes and accounting can hold; else it would only be asked about again (S-23)."""
    connection = work.connections.get(conflict.connection_id)
    lengths = work.groups.settings(connection.group_id)
    bounds = (lengths.customer_number_min_length, lengths.customer_number_max_length)
    own = custom_fields(work.catalogues.list(connection.group_id, CUSTOM_FIELDS, retired=True))
    typed = _typed(conflict, text or "", bounds, {**FIELDS, **{one.name: one.field for one in own}})
    can = with_targets(holds(connection.system), connection.settings)
    values = typed if isinstance(typed, dict) else {str(conflict.field): typed}
    unfit = misfits({name: value for name, value in values.items() if can.supports(name)}, Rules(can))
    if unfit:
        raise RefusedError("; ".join(item.reason for item in unfit))
    return typed


def _typed(
    conflict: ConflictInfo, value: str, bounds: tuple[int, int], known: Mapping[str, Field]
) -> Value | dict[str, Value]:
    """Check a typed value as if it had been typed into the register; a group takes a JSON object of its members."""
    unit = unit_named(str(conflict.field))
    refuse_masks({unit.name: value})
    if not unit.is_group:
        if unit.name == "number":
            return check_number(value, minimum=bounds[0], maximum=bounds[1])
        return clean(unit.name, value, known=known)
    members = _object(unit.name, value)
    unknown = sorted(set(members) - set(unit.members))
    if unknown:
        raise RefusedError(f"{unknown[0]} is not part of {unit.name}", remedy=f"Its parts: {', '.join(unit.members)}.")
    odd = next((name for name, text in members.items() if not isinstance(text, str | None)), None)
    if odd is not None:
        raise RefusedError(f"{odd} must be text or null", remedy='Write it in quotes, such as "903 26".')
    shown = conflict.register if isinstance(conflict.register, Mapping) else {}
    typed = {name: clean(name, text) for name, text in members.items()}
    return {**{name: shown.get(name) for name in unit.members}, **typed}


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RefusedError(f"{name} is a group: --value takes a JSON object of its fields")
    return found


def _refresh(work: Work, conflict: ConflictInfo) -> bool:
    """Whether a side moved since the conflict was last shown; if so it now shows what is there."""
    unit = find_unit(conflict.field)
    if unit is None or conflict.kind == "rejected":
        return False
    local = work.customers.load(conflict.customer_id) if conflict.customer_id is not None else None
    found = work.mirrors.load(conflict.connection_id, [conflict.remote_id]) if conflict.remote_id else {}
    remote = found.get(conflict.remote_id or "")
    ours = _now(conflict.register, local.fields if local is not None else None, unit.name)
    theirs = _now(conflict.accounting, remote.fields if remote is not None else None, unit.name)
    if _alike(unit.name, ours, conflict.register) and _alike(unit.name, theirs, conflict.accounting):
        return False
    work.conflicts.show_anew(conflict.id, ours, theirs)
    return True


def _now(shown: Any, fields: Mapping[str, Value] | None, name: str) -> Any:
    """The present values in the shape in which the conflict shows them."""
    if fields is None:
        return shown
    if isinstance(shown, Mapping):
        return {member: fields.get(member) for member in shown}
    return fields.get(name)


def _alike(name: str, one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(same(member, one.get(member), other.get(member)) for member in other)
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return bool(one == other)
    return same(name, one, other)


def resolve_all(
    store: Store,
    actor: Actor,
    group_id: int,
    filters: Mapping[str, str],
    reply: Reply,
    holds: Callable[[str], Capabilities],
) -> tuple[list[int], dict[int, str]]:
    """Answer every open conflict that the filters find and that takes the answer.

    Returns the ids resolved, and why the others were not.
    """
    require(actor, Verb.RESOLVE)
    found = list_conflicts(store, actor, group_id, {**filters, "status": "open"})
    return resolve_these(store, actor, group_id, found, reply, holds)


def resolve_these(
    store: Store,
    actor: Actor,
    group_id: int,
    conflicts: Iterable[ConflictInfo],
    reply: Reply,
    holds: Callable[[str], Capabilities],
) -> tuple[list[int], dict[int, str]]:
    """Answer conflicts, each as it is given here: one that was changed since is left, with the reason."""
    done: list[int] = []
    left: dict[int, str] = {}
    for conflict in conflicts:
        try:
            resolve(store, actor, group_id, conflict.id, reply, holds, seen={version_of(conflict)})
            done.append(conflict.id)
        except RefusedError as error:
            left[conflict.id] = error.message
    return done, left
