"""Runs that people start by hand while a daemon is at work."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import httpx
import pytest

from syncd.cli import cli
from syncd.cli.asking import sync_there
from syncd.errors import TryLaterError
from syncd.sandbox import Fault
from tests.cli.connected import SECONDS, connected
from tests.cli.daemons import Daemon
from tests.daemon.waiting import until
from tests.pausing import Pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected

BY_HAND = {
    "SYNCD_SCHEDULE__ENABLED": "false",
    "SYNCD_LOG__LEVEL": "info",
    "SYNCD_SYSTEMS__VISMA_EACCOUNTING__TIMEOUT_SECONDS": "8",
    "SYNCD_SYSTEMS__VISMA_EACCOUNTING__RETRIES": "5",
}

_AS_NOBODY = """
import grp, os, sys
from pathlib import Path
import click
from syncd.cli import cli
from syncd.cli.asking import status_there
from syncd.errors import NotAllowedError
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with click.Context(cli):
        print(status_there(Path(sys.argv[1])))
except NotAllowedError as error:
    print(error.exit_code, error.message, error.remedy)
"""


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        made.ok("connection", "set", "visma", "approve_first_run=false")
        made.company.add_customer(CustomerNumber="1001", Name="Åkes Bygg AB")
        yield made


@pytest.fixture
def daemon(visma: Connected, tmp_path: Path) -> Iterator[Daemon]:
    """A daemon that runs nothing by itself."""
    assert visma is not None
    with Daemon(tmp_path, **BY_HAND) as made:
        yield made


def runs(visma: Connected) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visma.ok("runs", "list", "--json").json
    return found


@contextmanager
def held(visma: Connected) -> Iterator[Callable[[], None]]:
    """A run stands still where it reads the customers, until the block ends; hands out how to wait until it does."""
    pause = Pause()
    visma.sandbox.faults.add(Fault("call", path="/v2/customers", times=None, call=pause))
    try:
        yield pause.wait
    finally:
        pause.go_on.set()


def asking(daemon: Daemon) -> int:
    """How many are connected to the daemon's socket."""
    sockets = Path("/proc/net/unix").read_text().splitlines()
    return sum(line.endswith(str(daemon.directory / "control.sock")) for line in sockets) - 1


def test_what_the_daemon_did_can_be_watched(visma: Connected, daemon: Daemon) -> None:
    """By the address that `syncd status` names: it is well, and has counted the run under its group and connection."""
    assert daemon is not None
    visma.ok("sync", "visma")
    address = visma.ok("status", "--json").json["daemon"]["web"]
    assert httpx.get(f"{address}/readyz").json() == {"status": "ok"}
    told = httpx.get(f"{address}/metrics").text
    run = 'syncd_runs_total{connection="visma",group="Bolaget",kind="full",status="succeeded"} 1.0'
    until(lambda: run in httpx.get(f"{address}/metrics").text)
    assert 'syncd_connection_state{connection="visma",group="Bolaget",state="ready"} 1.0' in told


def test_the_daemon_carries_out_what_people_ask(visma: Connected, daemon: Daemon) -> None:
    """Its log has the run, the command has the answer, the report has the name."""
    document = visma.sync("visma")
    assert document["run"]["status"] == "succeeded"
    (line,) = daemon.told("run.finished")
    assert line["run"] == document["run"]["id"]
    assert runs(visma)[0]["who"] == "anna"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.usefixtures("daemon")
def test_an_interruption_ends_the_watching_and_not_the_run(visma: Connected, number: signal.Signals, code: int) -> None:
    """And says how to watch again."""
    with held(visma) as reached:
        process = visma.process("sync", "visma")
        reached()
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (code, "")
    assert "The run goes on. Follow it: syncd sync visma --follow" in err
    followed = visma("sync", "visma", "--follow", "--json")
    if followed.code == 0:
        assert followed.json["run"]["status"] == "succeeded"
    until(lambda: runs(visma)[0]["status"] == "succeeded")
    assert len(runs(visma)) == 1


@pytest.mark.usefixtures("daemon")
def test_following_starts_nothing(visma: Connected) -> None:
    """Where nothing runs it says so."""
    answer = visma("sync", "--follow")
    assert (answer.code, answer.err) == (1, "Nothing is running.\nRemedy: `syncd runs list` shows what ran.\n")
    assert runs(visma) == []


def test_without_a_daemon_there_is_nothing_to_follow(visma: Connected) -> None:
    answer = visma("sync", "--follow")
    assert (answer.code, answer.err.splitlines()[0]) == (1, "No daemon is running here.")
    assert visma("sync", "--follow", "--full").code == 64


def test_ten_commands_at_once_are_answered(visma: Connected, daemon: Daemon) -> None:
    """By one run, or by two where some came after the first had begun."""
    with held(visma):
        commands = [visma.process("sync", "visma", "--json") for _ in range(10)]
        until(lambda: asking(daemon) == len(commands))
    answers = [json.loads(one.communicate(timeout=SECONDS)[0]) for one in commands]
    assert {answer["run"]["status"] for answer in answers} == {"succeeded"}
    assert len({answer["run"]["id"] for answer in answers}) == len(runs(visma)) <= 2


def test_a_daemon_that_is_started_anew_meanwhile_finishes_the_run(visma: Connected, tmp_path: Path) -> None:
    """Whoever waits hears the end all the same."""
    with Daemon(tmp_path, **BY_HAND) as first, held(visma) as reached:
        command = visma.process("sync", "visma", "--json")
        reached()
        assert first.terminated() == 0
    with Daemon(tmp_path, **BY_HAND):
        out, err = command.communicate(timeout=SECONDS)
    assert command.returncode == 0, err
    assert json.loads(out)["run"]["status"] == "succeeded"
    assert [run["status"] for run in runs(visma)] == ["succeeded", "interrupted"]


def test_a_daemon_that_does_not_come_back_is_told_of(visma: Connected, tmp_path: Path) -> None:
    """The order keeps its place in line."""
    asked = {"customer": None, "full": False, "dry_run": False, "approve": False, "personal": False, "follow": False}
    with Daemon(tmp_path, **BY_HAND) as daemon, ThreadPoolExecutor() as thread, held(visma) as reached:

        def killed() -> None:
            reached()
            daemon.signal(signal.SIGKILL)

        end = thread.submit(killed)
        with click.Context(cli), pytest.raises(TryLaterError) as told:
            sync_there(tmp_path / "control.sock", "visma", asked, wait=60, back=0.5)
        end.result()
        daemon.ended()
    assert (told.value.code, "keeps its place in line" in str(told.value.remedy)) == ("daemon_gone", True)
    (waiting,) = visma.ok("status", "--json").json["connections"][0]["queue"]
    assert (waiting["kind"], waiting["who"]) == ("incremental", "anna")


@pytest.mark.usefixtures("daemon")
def test_whoever_does_not_wait_is_answered_where_nothing_runs(visma: Connected) -> None:
    """Only another run of the connection makes them give up, not the moment that a worker takes to begin."""
    assert visma.sync("visma", "--no-wait")["run"]["status"] == "succeeded"


@pytest.mark.usefixtures("daemon")
def test_who_acts_as_somebody_without_the_right_may_not(visma: Connected) -> None:
    """77, as without a daemon."""
    visma.ok("user", "add", "bo", "--name", "Bo Tekniker")
    answer = visma("--as", "bo", "sync", "visma")
    assert answer.code == 77
    assert "You may not start" in answer.err


def test_status_tells_of_the_daemon(visma: Connected, tmp_path: Path) -> None:
    """Since when, what comes next, and what is left alone and why."""
    assert "No daemon is running" in visma.ok("status").out
    visma.sync("visma")
    with Daemon(tmp_path) as daemon:
        document = visma.ok("status", "--json").json
        shown = visma.ok("status").out
        assert document["daemon"]["pid"] == daemon.process.pid
        assert (document["daemon"]["scheduled"], document["daemon"]["late"]) == (True, [])
        (one,) = document["connections"]
        assert one["next_run"]["kind"] == "incremental"
        assert one["circuit"] == {"failures": 0, "retry_at": None}
        assert f"The daemon (syncd 0.1.0, process {daemon.process.pid}) was started just now." in shown
        assert re.search(r"^  Next: incremental run in [2-5] minutes\.$", shown, re.MULTILINE)


def test_status_tells_what_the_schedule_leaves_alone(visma: Connected, tmp_path: Path) -> None:
    """A connection that fails is tried again later."""
    visma.sandbox.stop()
    with Daemon(tmp_path, SYNCD_SCHEDULE__INCREMENTAL_EVERY="1s", SYNCD_SCHEDULE__JITTER_SECONDS="0"):
        until(lambda: any(run["status"] == "failed" for run in runs(visma)))
        (one,) = visma.ok("status", "--json").json["connections"]
        shown = visma.ok("status").out
    assert one["circuit"]["failures"] == 1
    assert one["next_run"]["at"] >= one["circuit"]["retry_at"]
    assert "The schedule tries again in 4 minutes: 1 scheduled run in a row did not go well." in shown
    assert len([run for run in runs(visma) if run["status"] == "failed"]) == 1
    visma.sandbox.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_socket_that_is_closed_to_somebody_is_named(daemon: Daemon) -> None:
    """Who is not in the group that may speak to the daemon hears of that, not of a database that cannot be opened."""
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(daemon.directory / "control.sock")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("77 the daemon's socket "), done.stderr
    assert "Ask to be added to" in done.stdout
