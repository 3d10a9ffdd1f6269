"""The daemon as a process: by schedule, by signal, once per database."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from syncd.sandbox import Fault
from tests.cli.connected import connected
from tests.cli.daemons import SCHEDULE, Daemon
from tests.daemon.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected

DRAINED = 10.0


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        made.ok("connection", "set", "visma", "approve_first_run=false")
        made.company.add_customer(CustomerNumber="1001", Name="Åkes Bygg AB")
        configure(tmp_path, SCHEDULE.format(every="1s"))
        yield made


def configure(directory: Path, more: str) -> None:
    file = directory / "syncd.toml"
    file.write_text(file.read_text().split("\n[schedule]")[0].replace('"warning"', '"info"') + more)


def runs(visma: Connected) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visma.ok("runs", "list", "--json").json
    return found


def test_a_daemon_synchronises_by_itself(visma: Connected, tmp_path: Path) -> None:
    """Everything first, then what changes, again and again; each run is one line of the log."""
    with Daemon(tmp_path) as daemon:
        until(lambda: visma("customer", "show", "1001", "--json").code == 0)
        visma.company.edit_customer("1001", Telephone="08-123 45 67")
        until(lambda: visma.ok("customer", "show", "1001", "--json").json["phone"] == "08-123 45 67")
        assert daemon.terminated() == 0
    first = runs(visma)[-1]
    assert (first["kind"], first["status"], first["who"]) == ("full", "succeeded", "schedule")
    assert {run["kind"] for run in runs(visma)[:-1]} == {"incremental"}
    assert len(daemon.told("run.finished")) == len(runs(visma))
    assert [line["event"] for line in daemon.told("daemon.ready", "daemon.stopped")][-1] == "daemon.stopped"


def test_a_daemon_that_is_told_to_stop_ends_within_ten_seconds_and_the_next_goes_on(
    visma: Connected, tmp_path: Path
) -> None:
    """In the middle of a run, which keeps its place in line (S-57)."""
    visma.sandbox.faults.add(Fault("slow", path="/v2/customers", seconds=1.5))
    with Daemon(tmp_path) as daemon:
        until(lambda: bool(visma.sandbox.server.faults._struck[-1]))
        began = time.monotonic()
        assert daemon.terminated() == 0
        assert time.monotonic() - began < DRAINED
        until(lambda: "STOPPING=1" in daemon.systemd.heard())
    (cut,) = runs(visma)
    assert cut["status"] == "interrupted"
    (waiting,) = visma.ok("status", "--json").json["connections"][0]["queue"]
    assert waiting["state"] == "waiting"
    with Daemon(tmp_path):
        until(lambda: runs(visma)[0]["status"] == "succeeded")


def test_a_daemon_that_is_killed_leaves_nothing_half_done(visma: Connected, tmp_path: Path) -> None:
    """Started again, it takes the order up where it was; the customer comes once."""
    visma.sandbox.faults.add(Fault("slow", path="/v2/customers", seconds=1.5))
    visma.ok("customer", "add", "2002", "Fiskaffären HB", "invoice_city=Umeå", "invoice_postal_code=1")
    with Daemon(tmp_path) as daemon:
        until(lambda: bool(visma.sandbox.server.faults._struck[-1]))
        daemon.signal(signal.SIGKILL)
        daemon.ended()
    with Daemon(tmp_path):
        until(lambda: runs(visma)[0]["status"] == "succeeded")
    assert [run["status"] for run in runs(visma)][-1] == "interrupted"
    numbers = [customer["CustomerNumber"] for customer in visma.company.customers()]
    assert sorted(numbers) == ["1001", "2002"]


def test_one_daemon_is_enough(visma: Connected, tmp_path: Path) -> None:
    """The second one says so, and runs nothing."""
    with Daemon(tmp_path):
        second = visma.process("daemon")
        _, err = second.communicate(timeout=60)
        assert second.returncode == 5
        assert "another daemon works on this database" in err
        assert "Traceback" not in err
        until(lambda: runs(visma))


def test_a_changed_configuration_is_read_without_a_restart(visma: Connected, tmp_path: Path) -> None:
    """SIGHUP; systemd hears when it begins and when it is done."""
    configure(tmp_path, SCHEDULE.format(every="1h"))
    visma.sync()
    with Daemon(tmp_path) as daemon:
        configure(tmp_path, SCHEDULE.format(every="1s") + "\n[limits]\nworkers = 1\n")
        file = tmp_path / "syncd.toml"
        file.write_text('state_directory = "elsewhere"\n' + file.read_text())
        daemon.signal(signal.SIGHUP)
        until(lambda: daemon.systemd.heard().startswith("RELOADING=1\nMONOTONIC_USEC="))
        until(lambda: "READY=1" in daemon.systemd.heard())
        until(lambda: len(runs(visma)) > 1)
        assert daemon.terminated() == 0
    (fixed,) = daemon.told("config.needs_restart")
    assert fixed["keys"] == ["state_directory"]


@pytest.mark.parametrize("mistake", ["[schedule]\nincremental_every = 'often'\n", "nonsense = 1\n", "= ="])
def test_a_wrong_configuration_changes_nothing(visma: Connected, tmp_path: Path, mistake: str) -> None:
    """The daemon names the mistake and goes on as before."""
    with Daemon(tmp_path) as daemon:
        file = tmp_path / "syncd.toml"
        before = file.read_text()
        file.write_text(mistake + before.split("\n[schedule]")[0] if "nonsense" in mistake else before + mistake)
        daemon.signal(signal.SIGHUP)
        until(lambda: daemon.told("config.refused"))
        assert "syncd.toml:" in daemon.told("config.refused")[0]["problem"]
        file.write_text(before)
        seen = len(runs(visma))
        until(lambda: len(runs(visma)) > seen)
        assert daemon.terminated() == 0


def test_a_daemon_does_not_start_on_a_wrong_configuration(visma: Connected, tmp_path: Path) -> None:
    """Exit 78, on which systemd does not try again."""
    configure(tmp_path, "\n[schedule]\nfull_at = 'later'\n")
    process = visma.process("daemon")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 78
    assert "schedule.full_at: must be a time such as 02:30" in err


def test_a_paused_connection_runs_nothing(visma: Connected, tmp_path: Path) -> None:
    """Until it is resumed; the daemon need not be told (S-72)."""
    visma.ok("connection", "pause", "visma")
    with Daemon(tmp_path, SYNCD_SCHEDULE__INCREMENTAL_EVERY="1s") as daemon:
        until(lambda: daemon.systemd.heard() == "WATCHDOG=1\nSTATUS=0 running")
        assert runs(visma) == []
        visma.ok("connection", "resume", "visma")
        until(lambda: runs(visma))


def test_logs_of_a_daemon_name_no_customer(visma: Connected, tmp_path: Path) -> None:
    """Neither names nor identity numbers: the report has them."""
    visma.company.add_customer(
        CustomerNumber="1002", Name="Anna Hemlig", CorporateIdentityNumber="811228-9874", IsPrivatePerson=True
    )
    with Daemon(tmp_path) as daemon:
        until(lambda: runs(visma) and runs(visma)[0]["status"] != "running")
        assert daemon.terminated() == 0
    assert json.dumps(runs(visma))
    assert "Hemlig" not in daemon.said
    assert "811228" not in daemon.said
