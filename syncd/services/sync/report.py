"""The report of a run: what was planned or done, counted by kind, and how it ended (S-55, cli.md JSON shapes)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.lines import Line
    from syncd.errors import SyncdError
    from syncd.ports.records import RunInfo

REJECTED = "rejected: "
"""How the message of a line begins that the vendor refused."""

_KINDS = (
    "create_in_accounting",
    "update_in_accounting",
    "create_in_register",
    "update_in_register",
    "renumber",
    "deactivate",
    "reactivate",
    "our_reference",
)


def counts(lines: Iterable[Line], *, in_step: int) -> dict[str, int]:
    """Count lines by kind: those done, or planned where nothing was done yet."""
    told = list(lines)
    by_kind = Counter(line.kind for line in told if line.outcome in {"done", "planned"})
    failed = {line.subject for line in told if line.outcome in {"failed", "unknown"}}
    refused = {line.subject for line in told if (line.message or "").startswith(REJECTED)}
    return {
        **{kind: by_kind[kind] for kind in _KINDS},
        "conflicts_opened": by_kind["open_conflict"],
        "conflicts_closed": by_kind["close_conflict"],
        "in_step": in_step,
        "rejected": len(failed & refused),
        "errors": len(failed - refused),
    }


def status(counted: Mapping[str, int]) -> str:
    """How a run that came to its end ended."""
    return "partial" if counted["rejected"] or counted["errors"] else "succeeded"


def told(error: SyncdError) -> dict[str, str | None]:
    """An error as a report shows it."""
    return {"code": error.code, "message": error.message, "remedy": error.remedy}


_ERROR = ("code", "message", "remedy")


def document(run: RunInfo, lines: Iterable[Line]) -> dict[str, Any]:
    """The ``sync`` document of cli.md."""
    return {
        "run": {
            "id": run.id,
            "connection": run.connection,
            "kind": run.kind,
            "status": run.status,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "error": {name: run.error.get(name) for name in _ERROR} if run.error is not None else None,
        },
        "counts": {**counts((), in_step=0), **run.counts},
        "actions": [_action(line) for line in lines],
        "requests": run.requests,
    }


def _action(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "customer_number": line.customer_number,
        "target": line.target,
        "field": line.field,
        "before": line.before,
        "after": line.after,
        "outcome": line.outcome,
        "message": line.message,
    }


_EXITS = {"held": 3, "partial": 1, "interrupted": 143}


def exit_code(run: RunInfo) -> int:
    """The exit code that a run stands for (cli.md, Exit codes)."""
    if run.status in _EXITS:
        return _EXITS[run.status]
    if run.status != "failed":
        return 0
    return int((run.error or {}).get("exit_code", 69))
