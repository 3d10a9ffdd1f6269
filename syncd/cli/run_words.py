"""Runs in words and tables, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.cli.application import typed
from syncd.cli.output import note, print_table, say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MANY_ROWS = 100
"""Rows of a plan that are shown; the report has all of them."""

_EMPTY = "(empty)"
_WHAT = {
    "create_in_accounting": "create in accounting",
    "update_in_accounting": "change in accounting",
    "create_in_register": "create in the register",
    "update_in_register": "change in the register",
    "renumber": "renumber",
    "deactivate": "deactivate",
    "reactivate": "reactivate",
    "our_reference": "our reference",
    "open_conflict": "ask",
    "close_conflict": "question has gone",
}
_PLACES = {"accounting": " in accounting", "register": " in the register", "document": "", None: ""}
_WITHOUT_PLACE = ("renumber", "deactivate", "reactivate")
_COUNTED = {
    "create_in_accounting": ("customer created in accounting", "customers created in accounting"),
    "update_in_accounting": ("field changed in accounting", "fields changed in accounting"),
    "create_in_register": ("customer created in the register", "customers created in the register"),
    "update_in_register": ("field changed in the register", "fields changed in the register"),
    "renumber": ("customer renumbered", "customers renumbered"),
    "deactivate": ("customer deactivated", "customers deactivated"),
    "reactivate": ("customer reactivated", "customers reactivated"),
    "our_reference": ("reference written", "references written"),
    "conflicts_opened": ("conflict opened", "conflicts opened"),
    "conflicts_closed": ("conflict closed", "conflicts closed"),
    "rejected": ("customer refused by accounting", "customers refused by accounting"),
    "errors": ("customer failed", "customers failed"),
}
_LEADS = {
    "planned": "Planned, nothing written",
    "held": "Held, nothing written",
    "succeeded": "Done",
    "partial": "Done, but not everything",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "running": "Under way",
}


def print_lines(actions: Sequence[Mapping[str, Any]], names: Sequence[str | None], *, most: int | None = None) -> None:
    """Print what was done, or would be: a row per line of the report."""
    rows = [_row(action, name) for action, name in zip(actions, names, strict=True)]
    if rows:
        print_table(("number", "name", "what", "field", "before → after", "outcome"), rows[:most])
    if most is not None and len(rows) > most:
        say(f"… and {len(rows) - most} more.")


def _row(action: Mapping[str, Any], name: str | None) -> tuple[object, ...]:
    outcome = action["outcome"] + (f": {action['message']}" if action["message"] else "")
    return action["customer_number"], name, _what(action), action["field"], _change(action), outcome


def _what(action: Mapping[str, Any]) -> str:
    kind = str(action["kind"])
    place = _PLACES[action["target"]] if kind in _WITHOUT_PLACE else ""
    return f"{_WHAT.get(kind, kind)}{place}"


_QUESTIONS = frozenset({"open_conflict", "close_conflict"})
"""Actions that change no value."""


def _change(action: Mapping[str, Any]) -> str:
    if action["field"] is None or action["kind"] in _QUESTIONS:
        return ""
    before, after = (shown(action[name]) or _EMPTY for name in ("before", "after"))
    return before if before == after else f"{before} → {after}"


def counted(counts: Mapping[str, int]) -> Iterator[str]:
    """What a run did, in words: nothing is said of what did not happen."""
    for name, (one, more) in _COUNTED.items():
        number = counts.get(name, 0)
        if number:
            yield f"{number} {one if number == 1 else more}"


def print_summary(document: Mapping[str, Any]) -> None:
    """Print how a run ended, on one line."""
    run, counts = document["run"], document["counts"]
    told = list(counted(counts))
    if not told and run["kind"] == "undo" and run["status"] in {"succeeded", "planned"}:
        say("Nothing to take back.")
        return
    if not told and run["status"] in {"succeeded", "planned"}:
        say(f"Nothing to do: {run['connection']} is in step ({_customers(counts['in_step'])}).")
        return
    in_step = [f"{counts['in_step']} in step"] if counts["in_step"] else []
    words = ", ".join([*told, *in_step])
    say(f"{_LEADS.get(run['status'], run['status'])}{': ' if words else ''}{words}.")


def _customers(number: int) -> str:
    return f"{number} customer{'' if number == 1 else 's'}"


def print_end(document: Mapping[str, Any], command: Sequence[str], *, open_conflicts: int = 0) -> None:
    """Print what a person should know and do next; ``command`` is what was typed for this run."""
    run = document["run"]
    name, error = run["connection"], run["error"]
    if run["status"] == "held":
        say(f"Reason: {error['message']}.")
        say(f"To approve exactly this plan: {typed(*command, '--approve')}")
    elif run["status"] == "planned" and error is not None:
        say(f"A run would be held: {error['message']}.")
        say(f"To approve exactly this plan: {typed(*command, '--approve')}")
    if open_conflicts:
        waits = "1 conflict waits" if open_conflicts == 1 else f"{open_conflicts} conflicts wait"
        say(f"{waits} for an answer: {typed('conflicts', 'list', '--connection', name)}")


def note_error(document: Mapping[str, Any]) -> None:
    """Print why a run failed, and what helps, beside the output."""
    run = document["run"]
    if run["error"] is None or run["status"] in {"held", "planned"}:
        return
    note(run["error"]["message"])
    if run["error"]["remedy"]:
        note(f"Remedy: {run['error']['remedy']}")
