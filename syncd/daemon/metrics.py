"""Metrics for Prometheus: what this process did is counted here, what the data says is looked up when it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from syncd import __version__
from syncd.services.figures import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client import Metric

    from syncd.ports.records import RunInfo
    from syncd.services.figures import Figures

_OF = ("group", "connection")
_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400)
_NOT_ACTIONS = frozenset({"in_step"})


class _Now(Collector):
    """Gauges that are looked up when somebody asks."""

    def __init__(self, look: Callable[[], Iterable[Figures]], refusals: Callable[[], Mapping[str, int]]) -> None:
        self._look = look
        self._refusals = refusals

    @override
    def collect(self) -> Iterable[Metric]:
        found = tuple(self._look())
        yield _gauge("syncd_conflicts_open", "Conflicts that wait for a person.", found, lambda one: one.conflicts_open)
        yield _gauge("syncd_queue_depth", "Orders that wait in line.", found, lambda one: one.waiting)
        yield _gauge(
            "syncd_failures_in_a_row", "Scheduled runs in a row that did not go well.", found, lambda one: one.failures
        )
        yield _gauge("syncd_plan_held", "1 while a plan waits for approval.", found, lambda one: float(one.held))
        yield _gauge(
            "syncd_seconds_since_good_run", "Seconds since a run last went well.", found, lambda one: one.since_good
        )
        yield _gauge(
            "syncd_token_expiry_timestamp_seconds",
            "When the access token expires; it is renewed before that.",
            found,
            lambda one: one.token_expires,
        )
        yield _states(found)
        yield self._throttled()

    def _throttled(self) -> Metric:
        told = CounterMetricFamily(
            "syncd_throttled", "Answers of an accounting system that asked to slow down (429).", labels=["system"]
        )
        for system, count in self._refusals().items():
            told.add_metric([system], count)
        return told


def _gauge(name: str, about: str, found: Iterable[Figures], value: Callable[[Figures], float | None]) -> Metric:
    told = GaugeMetricFamily(name, about, labels=_OF)
    for one in found:
        number = value(one)
        if number is not None:
            told.add_metric([one.group, one.connection], number)
    return told


def _states(found: Iterable[Figures]) -> Metric:
    told = GaugeMetricFamily(
        "syncd_connection_state", "1 for the state that a connection is in.", labels=[*_OF, "state"]
    )
    for one in found:
        for state in STATES:
            told.add_metric([one.group, one.connection, state], float(one.state == state))
    return told


@dataclass
class Metrics:
    """All of them. ``group_of`` names the group of a connection by the connection's id."""

    look: Callable[[], Iterable[Figures]]
    refusals: Callable[[], Mapping[str, int]]
    group_of: Callable[[int], str]
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        made = partial(Counter, registry=self.registry)
        self._runs = made("syncd_runs", "Runs that ended.", [*_OF, "kind", "status"])
        self._actions = made("syncd_actions", "What runs did, by kind.", [*_OF, "kind"])
        self._requests = made("syncd_requests", "Requests to accounting systems.", _OF)
        self._seconds = Histogram(
            "syncd_run_seconds", "How long runs took.", [*_OF, "kind"], buckets=_SECONDS, registry=self.registry
        )
        self.registry.register(_Now(self.look, self.refusals))
        self.registry.register(_Build())
        ProcessCollector(registry=self.registry)

    def note(self, run: RunInfo) -> None:
        """Count a run that ended."""
        of = (self.group_of(run.connection_id), run.connection)
        self._runs.labels(*of, run.kind, run.status).inc()
        self._requests.labels(*of).inc(run.requests)
        for kind, count in run.counts.items():
            if kind not in _NOT_ACTIONS:
                self._actions.labels(*of, kind).inc(count)
        if run.finished_at is not None:
            took = datetime.fromisoformat(run.finished_at) - datetime.fromisoformat(run.started_at)
            self._seconds.labels(*of, run.kind).observe(took.total_seconds())

    def told(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)


class _Build(Collector):
    """Which program this is."""

    @override
    def collect(self) -> Iterable[Metric]:
        told = GaugeMetricFamily("syncd_build_info", "The version of the program.", labels=["version"])
        told.add_metric([__version__], 1)
        yield told
