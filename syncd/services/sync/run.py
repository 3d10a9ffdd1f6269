"""One run, told as a list: lock, check the company, settle, fetch, plan, weigh, apply, report (S-50 to S-58)."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from syncd.engine import settings as engine_settings
from syncd.engine.actions import EndLink
from syncd.errors import LockedError, NeedsAttentionError, NeedsConsentError, RefusedError, SyncdError
from syncd.services.retention import forget_reports
from syncd.services.sync import report
from syncd.services.sync.apply import apply
from syncd.services.sync.company import check_company
from syncd.services.sync.context import InterruptedRunError, RunContext
from syncd.services.sync.fetch import CUSTOMERS, fetch
from syncd.services.sync.finish import finish, finish_planned, kind_of
from syncd.services.sync.gather import gather
from syncd.services.sync.gather_undo import gather_undo, read_report
from syncd.services.sync.questions import close_settled
from syncd.services.sync.seek import seek_all
from syncd.services.sync.settle import settle_all
from syncd.services.sync.weighing import approved, rules_mark, weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from syncd.engine.actions import Decision
    from syncd.engine.plan import Plan
    from syncd.ports import Connector
    from syncd.ports.queue import Order
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Store, Work
    from syncd.services.sync.context import Progress, Stop


_log = structlog.wrap_logger(logging.getLogger(__name__), wrapper_class=structlog.stdlib.BoundLogger)


class Witness(Protocol):
    """Remembers outside the database how many runs a connection began: a restored backup knows fewer (S-73)."""

    def last(self, connection_id: int) -> int:
        """The highest run counter ever noted; 0 where nothing is kept."""
        ...

    def note(self, connection_id: int, counter: int) -> None:
        """Remember a run's counter durably."""
        ...


class UnforeseenError(SyncdError):
    """A fault of this program. Named without its words, which may show values."""

    code = "unforeseen"

    def __init__(self, error: Exception) -> None:
        remedy = "The log tells more; please report it. What was done is recorded, the next run continues."
        super().__init__(f"the run ended in a fault of the program ({type(error).__name__})", remedy=remedy)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs connections.

    ``connect`` opens a connector; ``seconds`` is a monotonic clock for durations; ``keep_days`` is how long reports
    are kept.
    """

    store: Store
    connect: Callable[[ConnectionInfo], Connector]
    witness: Witness
    stop: Stop
    progress: Progress
    seconds: Callable[[], float]
    keep_days: int = 90

    def run(self, connection: ConnectionInfo, order: Order, *, wait: float = 600) -> RunInfo:
        """Run a connection past the waiting line, when it is free.

        Raises ``LockedError`` when another run holds the connection for longer than ``wait`` seconds.
        """
        with self.turn(connection, wait=wait) as free:
            if not free:
                raise LockedError(f"another run of {connection.name} is under way", remedy="Wait for it to end.")
            return self.run_now(connection, order)

    def turn(self, connection: ConnectionInfo, *, wait: float = 0.0) -> AbstractContextManager[bool]:
        """Hold the connection across processes; the context yields whether it was free within ``wait`` seconds."""
        return self.store.lock(f"run-{connection.id}", wait=wait)

    def run_now(self, connection: ConnectionInfo, order: Order) -> RunInfo:
        """Run the connection that the caller holds; every error ends up in the run's report."""
        forget_reports(self.store, connection.id, self.keep_days)
        with self.store.work() as work:
            work.runs.interrupt_unfinished(connection.id)
            counter = work.connections.count_run(connection.id)
            self._notice_restored(work, connection.id, counter)
            run_id = work.runs.start(
                connection.id, kind_of(order), trigger=order.trigger, who=order.who, undoes=order.undoes
            )
            work.commit()
        with structlog.contextvars.bound_contextvars(**_about(run_id, connection, order)):
            begun = self.seconds()
            with self._ending_in_report(connection, run_id):
                self.witness.note(connection.id, counter)
                self._run(connection.id, order, run_id, counter)
            with self.store.reading() as work:
                run = work.runs.get(run_id)
            assert run is not None  # noqa: S101 - just stored
            _log_line(run, self.seconds() - begun)
        return run

    def _notice_restored(self, work: Work, connection_id: int, counter: int) -> None:
        """A restored database stays one until an administrator has approved the comparison after it (S-73).

        Noticed with the very first run counted after it, whatever becomes of that run.
        """
        if self.witness.last(connection_id) >= counter:
            progress = work.connections.get(connection_id).progress
            work.connections.save(connection_id, progress={**progress, "restored": True})

    @contextmanager
    def _ending_in_report(self, connection: ConnectionInfo, run_id: int) -> Iterator[None]:
        """Whatever stops the run goes into its report, and into the connection's state where a person must act."""
        try:
            yield
        except SyncdError as error:
            self._finish_failed(connection, run_id, error)
        except KeyboardInterrupt:
            self._finish_failed(connection, run_id, InterruptedRunError("the run was interrupted"))
            raise
        except Exception as error:
            self._finish_failed(connection, run_id, UnforeseenError(error))
            raise

    def _finish_failed(self, connection: ConnectionInfo, run_id: int, error: SyncdError) -> None:
        status = "interrupted" if error.code == InterruptedRunError.code else "failed"
        told = {**report.told(error), "exit_code": error.exit_code}
        with self.store.work() as work:
            counted = report.counts(work.runs.lines(run_id), in_step=0)
            work.runs.finish(run_id, status=status, error=told, counts=counted)
            if isinstance(error, NeedsConsentError | NeedsAttentionError) and error.code != "paused":
                state = "needs_consent" if isinstance(error, NeedsConsentError) else "needs_attention"
                work.connections.save(connection.id, state=state, attention=report.told(error))
            work.commit()

    def _run(self, connection_id: int, order: Order, run_id: int, counter: int) -> None:
        with self.store.reading() as work:
            connection = work.connections.get(connection_id)
        if connection.paused:
            raise _paused(connection)
        if connection.state == "needs_consent":
            raise _without_consent(connection)
        store = self.store.fenced(connection_id, counter)
        connector = self.connect(connection)
        try:
            ctx = self._context(store, connection, order, connector)
            ctx.run_id, ctx.counter = run_id, counter
            _prepare(ctx)
            _stages(ctx)
        finally:
            connector.close()

    def _context(self, store: Store, connection: ConnectionInfo, order: Order, connector: Connector) -> RunContext:
        company = check_company(store, connection, connector)
        can = connector.capabilities()
        with store.reading() as work:
            lengths = work.groups.settings(connection.group_id)
        numbers = (lengths.customer_number_min_length, lengths.customer_number_max_length)
        return RunContext(
            store=store,
            connector=connector,
            connection=connection,
            order=order,
            rules=engine_settings.rules(connection.settings, can, company, numbers=numbers),
            limits=engine_settings.limits(connection.settings),
            references=engine_settings.reference_rules(connection.settings, can, company),
            stop=self.stop,
            progress=self.progress,
            seconds=self.seconds,
        )


def _about(run_id: int, connection: ConnectionInfo, order: Order) -> dict[str, Any]:
    """What every line of a run's log says of itself."""
    customer = {"customer": order.customer} if order.customer is not None else {}
    return {"run": run_id, "connection": connection.name, **customer}


def _log_line(run: RunInfo, seconds: float) -> None:
    """The one line that tells a run to whoever reads logs: no names, no values."""
    code = run.error.get("code") if run.error is not None else None
    counted = {kind: count for kind, count in run.counts.items() if count}
    told = {"run": run.id, "connection": run.connection, "kind": run.kind, "status": run.status, "error": code}
    _log.info("run.finished", **told, requests=run.requests, seconds=round(seconds, 3), **counted)


def _without_consent(connection: ConnectionInfo) -> NeedsConsentError:
    """Nothing is asked of a vendor whose consent has ended: there is no retry storm (S-46)."""
    told = connection.attention.get("message") or f"{connection.name} has no consent"
    return NeedsConsentError(told, remedy=f"Run `syncd connection authorize {connection.name}`.")


def _paused(connection: ConnectionInfo) -> NeedsAttentionError:
    remedy = f"Run `syncd connection resume {connection.name}`."
    return NeedsAttentionError(f"{connection.name} is paused", remedy=remedy, code="paused")


def _compare_first(connection: ConnectionInfo) -> RefusedError:
    """An undo goes by reports that a restored backup may know less of than the world (S-73)."""
    remedy = f"Run `syncd sync {connection.name}` first, then repeat the undo."
    return RefusedError(f"{connection.name} is to be compared as a whole before anything is undone", remedy=remedy)


def _prepare(ctx: RunContext) -> None:
    """Decide how much this run looks at."""
    if ctx.order.undoes is not None:
        ctx.undoing = read_report(ctx)
    progress = ctx.connection.progress
    ctx.restored = bool(progress.get("restored"))
    ctx.careful = ctx.restored or bool(progress.get("compare_all"))
    if ctx.careful and ctx.undoing is not None:
        raise _compare_first(ctx.connection)
    known = progress.get("targets", {})
    ctx.moved = frozenset(name for name, place in ctx.rules.targets.items() if known.get(name) != place)
    ctx.everything = ctx.careful or progress.get("rules") != rules_mark(ctx.rules)
    due = not progress.get("full_done") or CUSTOMERS not in ctx.connection.cursors
    ctx.full = ctx.whole and (ctx.order.kind == "full" or ctx.everything or due)


def _stages(ctx: RunContext) -> None:
    """Settle, fetch, seek, plan, weigh, apply, report."""
    settle_all(ctx)
    fetch(ctx)
    seek_all(ctx)
    gathered = gather(ctx) if ctx.undoing is None else gather_undo(ctx, ctx.undoing)
    if ctx.careful:
        gathered = replace(gathered, plan=_without_removals(ctx, gathered.plan))
    held = weighed(ctx, gathered)
    if ctx.order.dry_run or (held and not approved(ctx, gathered.plan, held)):
        finish_planned(ctx, gathered, held)
        return
    apply(ctx, gathered)
    close_settled(ctx, gathered)
    finish(ctx, gathered)


def _without_removals(ctx: RunContext, plan: Plan) -> Plan:
    """After a restored backup, or a consent that had ended, nothing is taken as deleted (S-73).

    The next run looks at it again: what somebody deleted meanwhile is carried over then, not only by the nightly one.
    """
    links = (d.pair.link for d in plan.decisions if _removes(d))
    ctx.again.update(("customer", str(link.customer_id)) for link in links if link is not None)
    return replace(plan, decisions=tuple(d for d in plan.decisions if not _removes(d)))


def _removes(decision: Decision) -> bool:
    return isinstance(decision.action, EndLink) and not decision.carried
