"""The alerts and the dashboard in deploy/: they are what they claim to be, and every metric they name exists."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from syncd.daemon.metrics import Metrics
from syncd.ports.records import RunInfo
from syncd.services.figures import STATES, Figures

if TYPE_CHECKING:
    from collections.abc import Iterator

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
ALERTS: list[dict[str, Any]] = yaml.safe_load((MONITORING / "syncd-alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((MONITORING / "syncd-dashboard.json").read_text())
EXAMPLES = Path(__file__).with_name("alerts.yml")
_TOOLS = MONITORING.parents[1] / "build" / "tools" / "usr" / "bin"
PROMTOOL = shutil.which("promtool") or shutil.which("promtool", path=_TOOLS)
_OF_PROMETHEUS = {"up"}
_METRIC = re.compile(r"\b(syncd_\w+|process_\w+|up)\b(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*(=~|=|!=|!~)\s*"([^"]*)"')


def samples() -> dict[str, set[str]]:
    """Every metric that the daemon offers, with its labels."""
    one = Figures("Bolaget", "visma", "ready", 1, 1, 1, held=True, since_good=1.0, token_expires=1.0)
    metrics = Metrics(lambda: (one,), lambda: {"visma_eaccounting": 1}, lambda _: "Bolaget")
    begun, ended = "2026-01-01T00:00:00Z", "2026-01-01T00:00:05Z"
    metrics.note(RunInfo(1, 1, "visma", "full", "held", "anna", "manual", begun, ended, None, {"rejected": 1}, 7))
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.told().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


OFFERED = samples()


def expressions() -> Iterator[tuple[str, str]]:
    for alert in ALERTS:
        yield alert["alert"], alert["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_every_metric_that_is_named_is_offered(place: str, expression: str) -> None:
    """With every label by which it is narrowed."""
    named = _METRIC.findall(expression)
    assert named, place
    for name, narrowed in named:
        if name not in _OF_PROMETHEUS:
            assert name in OFFERED, f"{place}: {name}"
            labels = {label for label, _, _ in _LABEL.findall(narrowed)} - {"job", "instance"}
            assert labels <= OFFERED[name], f"{place}: {name}"


def test_every_state_that_is_named_exists() -> None:
    """A typing error would be an alert that never comes."""
    for place, expression in expressions():
        for label, _, value in _LABEL.findall(expression):
            if label == "state":
                assert set(value.split("|")) <= set(STATES), place


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_to_do(alert: dict[str, Any]) -> None:
    """How serious it is, what is wrong, and a command or a place to look."""
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["annotations"]["summary"]
    assert re.search(r"`|Another program", alert["annotations"]["description"])


@pytest.mark.skipif(
    PROMTOOL is None, reason="promtool (Debian's package prometheus) is not here; `make tools` brings it"
)
@pytest.mark.parametrize(
    "words", [("check", "rules", str(MONITORING / "syncd-alerts.yml")), ("test", "rules", str(EXAMPLES))]
)
def test_prometheus_itself_understands_the_alerts(words: tuple[str, ...]) -> None:
    """Each of them comes when it should, and only then."""
    done = subprocess.run([str(PROMTOOL), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_an_example_for_every_alert() -> None:
    """So that one whose expression can never be true is noticed."""
    examples = yaml.safe_load(EXAMPLES.read_text())["tests"]
    tried = {case["alertname"] for example in examples for case in example["alert_rule_test"] if case["exp_alerts"]}
    assert tried == {alert["alert"] for alert in ALERTS}


def test_what_the_daemon_offers_is_shown() -> None:
    """Each metric of ours has a place on the dashboard."""
    shown = " ".join(expression for _, expression in expressions())
    ours = {re.sub(r"_(created|count|sum)$", "", name) for name in OFFERED if name.startswith("syncd_")}
    assert {name for name in ours if name not in shown and f"{name}_bucket" not in shown} <= {"syncd_runs_created"}


def test_the_dashboard_can_be_imported() -> None:
    """Panels with ids of their own that do not lie on each other, and a data source to choose."""
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert [one["type"] for one in DASHBOARD["templating"]["list"]] == ["datasource", "query", "query"]
