"""The shapes of what synchronising answers: conflicts, runs, and where everything stands."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from syncd.web.api.shapes import Shape, Text


class Conflict(Shape):
    """A question that only a person can answer, as `syncd conflicts show --json` prints it."""

    id: int
    connection: str
    kind: str
    customer_number: Text
    customer_name: Text
    field: Text
    base: Any
    register_: Any = Field(alias="register")  # every class of pydantic's has a method of this name
    accounting: Any
    status: Literal["open", "resolved", "closed"]
    choices: list[str]
    message: Text
    first_seen: str
    last_seen: str
    times_seen: int
    resolved_by: Text
    resolution: Text


class Conflicts(Shape):
    """A page of conflicts; `next` is the cursor of the one after it."""

    conflicts: list[Conflict]
    next: int | None


class Preview(Shape):
    """What one answer would reach: the conflicts that take it (at most 500 shown), and how many do not."""

    takes: list[Conflict]
    count: int
    others: int


class LeftOpen(Shape):
    """A conflict that was not answered, and why."""

    id: int
    message: str


class Answered(Shape):
    """Which conflicts were answered, and which were left."""

    resolved: list[int]
    left: list[LeftOpen]


class RunError(Shape):
    """Why a run did not end well."""

    code: Text
    message: Text
    remedy: Text


Counts = dict[str, int]
"""How many customers, fields and conflicts a run was about, by what was done."""


class Run(Shape):
    """A run, as `syncd runs list --json` prints it."""

    id: int
    connection: str
    kind: Literal["incremental", "full", "customer", "undo"]
    status: str
    started_at: str
    finished_at: Text
    error: RunError | None
    who: str
    counts: Counts
    requests: int
    undoes: Text


class Runs(Shape):
    """A page of runs, newest first; `next` is the cursor of the one after it."""

    runs: list[Run]
    next: int | None


class ReportedRun(Shape):
    """The run of a report."""

    id: int
    connection: str
    kind: str
    status: str
    started_at: str
    finished_at: Text
    error: RunError | None


class Action(Shape):
    """One thing that a run planned or did."""

    kind: str
    customer_number: Text
    target: str
    field: Text
    before: Any
    after: Any
    outcome: str
    message: Text


class Report(Shape):
    """What a run did, as `syncd runs show --json` prints it."""

    run: ReportedRun
    counts: Counts
    actions: list[Action]
    requests: int


class Ticket(Shape):
    """An order for a run, in the waiting line; `run` is the run that answered it, once it is `done`."""

    id: int
    connection: str
    kind: str
    customer: Text
    dry_run: bool
    approve: bool
    who: str
    state: Literal["waiting", "running", "done", "withdrawn"]
    asked_at: str
    run: int | None


class Status(BaseModel):
    """Where everything stands, as `syncd status --json` prints it."""

    daemon: dict[str, Any] | None
    database: dict[str, Any]
    connections: list[dict[str, Any]]
    mail: dict[str, Any]
