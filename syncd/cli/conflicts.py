"""`syncd conflicts`: questions that only a person can answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncd.cli.application import opened, typed
from syncd.cli.mailing import send_queued
from syncd.cli.output import json_option, note, print_json, say
from syncd.cli.root import CommandGroup
from syncd.cli.sync import personal_option
from syncd.cli.sync import tell as tell_runs
from syncd.errors import ChangedMeanwhileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from syncd.cli.application import Session
    from syncd.ports.records import ConflictInfo
    from syncd.services.conflicts import Reply
    from syncd.services.sync.attempts import Attempt

F = TypeVar("F", bound="Callable[..., Any]")

_FILTERS = {
    "connection": "NAME",
    "kind": "KIND",
    "customer": "NUMBER",
    "field": "FIELD",
    "status": "open|resolved|closed",
}

_SHOWN_IDS = 10


def _filter_options(command: F) -> F:
    for name, metavar in reversed(_FILTERS.items()):
        command = click.option(f"--{name}", metavar=metavar, help=f"Only this {name}.")(command)
    return command


def _filters(asked: Mapping[str, Any]) -> dict[str, str]:
    return {name: asked[name] for name in _FILTERS if asked[name] is not None}


@click.group(cls=CommandGroup)
def conflicts() -> None:
    """Questions that only a person can answer."""


@conflicts.command("list")
@_filter_options
@click.option("--all", "everything", is_flag=True, help="Closed and resolved ones, too.")
@personal_option
@json_option
def list_(*, everything: bool, as_json: bool, personal: bool, **asked: Any) -> None:  # noqa: ANN401 - the filters
    """List conflicts: the open ones, unless asked for others."""
    from syncd.cli.conflict_words import print_list
    from syncd.services.conflict_shape import conflict
    from syncd.services.conflicts import list_conflicts

    with opened() as session:
        found = list_conflicts(session.store, session.actor, session.group_id, _filters(asked), everything=everything)
        _reveal(session, found, personal=personal)
    documents = [conflict(one, personal=personal) for one in found]
    if as_json:
        print_json(documents)
    elif documents:
        print_list(documents)
        say(f"More about one, and how to answer it: {typed('conflicts', 'show', str(documents[0]['id']))}")
    else:
        say("No conflicts." if everything or asked["status"] else "No conflicts are open.")


@conflicts.command()
@click.argument("conflict_id", metavar="ID", type=int)
@personal_option
@json_option
def show(conflict_id: int, *, as_json: bool, personal: bool) -> None:
    """Show a conflict: both sides, what was last agreed, and what each answer does."""
    from syncd.services import conflicts as service
    from syncd.services.conflict_shape import conflict

    with opened() as session:
        found = service.show(session.store, session.actor, session.group_id, conflict_id)
        _reveal(session, [found], personal=personal)
        if as_json:
            print_json(conflict(found, personal=personal))
        else:
            _print(session, found, personal=personal)


def _print(session: Session, found: ConflictInfo, *, personal: bool = False) -> None:
    from syncd.cli.conflict_words import print_one
    from syncd.services.conflict_shape import conflict
    from syncd.services.conflict_trail import trail
    from syncd.services.conflicts import explain

    choices = explain(found) if found.status == "open" else {}
    print_one(conflict(found, personal=personal), trail(session.store, found), choices)


def _reveal(session: Session, found: Iterable[ConflictInfo], *, personal: bool) -> None:
    from syncd.services.register.masking import reveal

    if personal:
        ids = {one.customer_id for one in found if one.customer_id is not None}
        with session.store.work() as work:
            reveal(work, session.actor, sorted(ids))


@conflicts.command()
@click.argument("file", metavar="FILE.(csv|xlsx|json|html)", type=click.Path(path_type=Path))
@_filter_options
@click.option("--all", "everything", is_flag=True, help="Closed and resolved ones, too.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there already.")
@personal_option
@json_option
def export(file: Path, *, overwrite: bool, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - the filters
    """Write conflicts into a file: the open ones, unless asked for others."""
    from syncd.bootstrap import now
    from syncd.cli.output import progress
    from syncd.services.exports import check_target, write_file
    from syncd.services.exports.conflicts import Asked, conflict_sheet

    check_target(file, overwrite=overwrite)
    wanted = Asked(_filters(asked), everything=asked["everything"], personal=asked["personal"])
    with (
        opened() as session,
        progress("Writing") as advance,
        conflict_sheet(session.store, session.actor, session.group_id, wanted, made=now()) as sheet,
    ):
        number = write_file(file, sheet, overwrite=overwrite, advance=advance)
    if as_json:
        print_json({"file": str(file), "conflicts": number})
    else:
        say(f"Wrote {number} conflict{'' if number == 1 else 's'} into {file}.")


@conflicts.command()
@click.argument("conflict_id", metavar="[ID]", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="Every open conflict that the filters find.")
@_filter_options
@click.option("--take", type=click.Choice(["register", "accounting"]), help="This side's value.")
@click.option("--value", metavar="TEXT", help="Another value; for a group a JSON object of its fields.")
@click.option("--answer", metavar="WORD", help="One of the conflict's own answers.")
@click.option("--sync", "at_once", is_flag=True, help="Carry it out at once.")
@json_option
def resolve(conflict_id: int | None, *, at_once: bool, as_json: bool, **asked: Any) -> int:  # noqa: ANN401 - same
    """Answer a conflict, or all that the filters find. The next sync carries it out."""
    reply = _reply(asked)
    _refuse_contradictions(conflict_id, asked, reply)
    with opened() as session:
        if conflict_id is None:
            done, left = _resolve_all(session, _filters(asked), reply)
        else:
            done, left = [_resolve(session, conflict_id, reply, as_json=as_json)], {}
        attempts = _sync(session, done) if at_once else []
        if attempts:
            send_queued(session.app)
    _tell(_Told(done, left, attempts, single=conflict_id is not None), as_json=as_json)
    return _exit_code(done, left, attempts)


def _reply(asked: Mapping[str, Any]) -> Reply:
    from syncd.services.conflicts import Reply

    take, word, value = asked["take"], asked["answer"], asked["value"]
    if take is None and word is None and value is None:
        raise UsageError("How is it to be resolved?", remedy="Give --take, --value or --answer.")
    if take is not None and (word is not None or value is not None):
        raise UsageError("--take is an answer by itself.", remedy="Leave --answer and --value out.")
    return Reply(take or word or "value", value)


def _refuse_contradictions(conflict_id: int | None, asked: Mapping[str, Any], reply: Reply) -> None:
    if (conflict_id is None) == (not asked["everything"]):
        raise UsageError("Which conflict?", remedy="Give the ID of one, or --all with filters.")
    if conflict_id is not None and _filters(asked):
        raise UsageError("Filters go with --all.", remedy="Leave them out: the ID says which one.")
    if asked["everything"] and reply.value is not None:
        raise UsageError("--value is for one conflict.", remedy="Give its ID instead of --all.")
    if asked["status"] not in {None, "open"}:
        raise UsageError("Only open conflicts can be resolved.", remedy="Leave --status out.")


def _resolve(session: Session, conflict_id: int, reply: Reply, *, as_json: bool) -> ConflictInfo:
    """Record the answer. Where a side moved meanwhile, the conflict is shown anew before the answer is refused."""
    from syncd.bootstrap import capabilities
    from syncd.services import conflicts as service

    try:
        return service.resolve(session.store, session.actor, session.group_id, conflict_id, reply, capabilities)
    except ChangedMeanwhileError:
        if not as_json:
            _print(session, service.show(session.store, session.actor, session.group_id, conflict_id))
        raise


def _resolve_all(
    session: Session, filters: Mapping[str, str], reply: Reply
) -> tuple[list[ConflictInfo], dict[int, str]]:
    from syncd.bootstrap import capabilities
    from syncd.services import conflicts as service

    ids, left = service.resolve_all(session.store, session.actor, session.group_id, filters, reply, capabilities)
    return [service.show(session.store, session.actor, session.group_id, number) for number in ids], left


def _sync(session: Session, done: Iterable[ConflictInfo]) -> list[Attempt]:
    """Run the connections whose conflicts were answered."""
    from syncd.cli.carrying_out import run_all
    from syncd.ports.queue import Order
    from syncd.register.access import Verb

    session.require(Verb.SYNC)
    names = sorted({one.connection for one in done})
    return run_all(session, [session.connection(name) for name in names], Order(session.actor.login))


def _exit_code(done: list[ConflictInfo], left: Mapping[int, str], attempts: list[Attempt]) -> int:
    from syncd.cli.carrying_out import worst

    return worst([*(attempt.code for attempt in attempts), 1 if left and not done else 0])


class _Told:
    """What was resolved, what was not and why, and the runs that carried it out."""

    def __init__(
        self, done: list[ConflictInfo], left: Mapping[int, str], attempts: list[Attempt], *, single: bool
    ) -> None:
        self.done, self.left, self.attempts, self.single = done, left, attempts, single


def _tell(told: _Told, *, as_json: bool) -> None:
    for number, reason in told.left.items():
        note(f"Conflict {number} is left: {reason}.")
    if as_json:
        print_json(_document(told))
        return
    _say_resolved(told)
    if told.attempts:
        tell_runs(told.attempts, as_json=False, as_list=len(told.attempts) > 1)
    elif told.done:
        names = sorted({one.connection for one in told.done})
        say(f"The next sync carries it out: {typed('sync', *(names if len(names) == 1 else []))}")


def _say_resolved(told: _Told) -> None:
    ids = ", ".join(str(one.id) for one in told.done[:_SHOWN_IDS])
    more = f" and {len(told.done) - _SHOWN_IDS} more" if len(told.done) > _SHOWN_IDS else ""
    answer = (told.done[0].resolution or {}).get("answer") if told.done else None
    if not told.done:
        say("No conflict was resolved.")
    elif len(told.done) == 1:
        say(f"Conflict {ids} is resolved: {answer}.")
    else:
        say(f"Conflicts {ids}{more} are resolved: {answer}.")


def _document(told: _Told) -> dict[str, Any]:
    """One conflict as JSON shows it, or all of them; with the runs that carried them out, where asked for."""
    from syncd.services.conflict_shape import conflict

    shapes = [conflict(one) for one in told.done]
    runs = {"sync": [attempt.document for attempt in told.attempts]} if told.attempts else {}
    if told.single:
        return {**shapes[0], **runs}
    left = [{"id": number, "message": reason} for number, reason in told.left.items()]
    return {"resolved": shapes, "left": left, **runs}
