"""The service under a real systemd: started, watched, killed, stopped, reloaded, shut in, without power."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.daemon.waiting import until
from tests.deploy.box import Box
from tests.deploy.installed import (
    AS_SYNCD,
    CREDENTIALS,
    CUSTOMERS,
    ask,
    latest,
    runs,
    set_up,
    start_visma,
    visma,
    wait_for,
    wait_for_run,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = [{"kind": "slow", "path": "/v2/customers", "seconds": 3.0}]
KEPT = ("/var/lib/syncd", "/etc/syncd")

pytestmark = pytest.mark.xdist_group("systemd")


def shown(box: Box, name: str) -> str:
    """A property of the service."""
    return box.run(f"systemctl show syncd.service --property={name} --value").strip()


def in_the_middle_of_a_run(box: Box) -> int:
    """Start a run that a person asked for; accounting answers it slowly. Returns its number once it has begun."""
    visma(box, "POST", "faults", SLOW)
    before = latest(box)
    box.run(f"systemd-run --quiet {AS_SYNCD} sync visma")
    return wait_for_run(box, "running", after=before)


def test_starting_returns_when_the_service_is_ready(box: Box) -> None:
    """Whoever comes after it finds it: by its socket, by HTTP, in the list of what runs."""
    box.run("systemctl stop syncd.service; systemctl start syncd.service")
    assert shown(box, "ActiveState") == "active"
    document = json.loads(box.run(f"cd /root; {AS_SYNCD} status --json"))
    assert document["daemon"]["pid"] == int(shown(box, "MainPID"))
    assert document["daemon"]["web"] == "http://127.0.0.1:8470"
    assert ask(box, "http://127.0.0.1:8470/healthz").strip() == '{"status":"ok"}'
    wait_for(box, "systemctl show syncd.service --property=StatusText --value | grep running || true")


def test_the_service_works_with_credentials_that_only_root_can_read(box: Box) -> None:
    """Systemd hands them over: the configuration need not name them, and the service's user cannot open the files."""
    before = box.run("cat /etc/syncd/syncd.toml")
    try:
        box.run(
            "sed -i '/^secret_key_file/d; /^client_secret_file/d' /etc/syncd/syncd.toml;"
            f"chown -R root:root {CREDENTIALS}"
        )
        box.run("systemctl restart syncd.service")
        assert box.run(f"runuser -u syncd -- cat {CREDENTIALS}/secret_key 2>&1 || true").strip().endswith("denied")
        assert json.loads(box.run("/opt/syncd/bin/syncd sync visma --json"))["run"]["status"] == "succeeded"
        assert len(json.loads(box.run(f"{AS_SYNCD} customer list --json"))) >= CUSTOMERS
    finally:
        box.run(f"cat > /etc/syncd/syncd.toml <<'END'\n{before}END\nchown -R syncd:syncd {CREDENTIALS}")


def test_the_service_is_shut_in(box: Box) -> None:
    """Seen from inside: the system is read-only, homes and credentials are not there, its own state is."""
    inside = f"nsenter -t {shown(box, 'MainPID')} -m -- runuser -u syncd -- sh -c"
    tried = (
        "touch /etc/x 2>/dev/null || echo no-etc; touch /usr/x 2>/dev/null || echo no-usr;"
        "ls /root >/dev/null 2>&1 || echo no-root; ls ~erik >/dev/null 2>&1 || echo no-home;"
        f"ls {CREDENTIALS} >/dev/null 2>&1 || echo no-credentials; touch /var/lib/syncd/x && echo state"
    )
    expected = ["no-etc", "no-usr", "no-root", "no-home", "no-credentials", "state"]
    assert box.run(f"{inside} '{tried}'").split() == expected
    status = box.run(f"cat /proc/{shown(box, 'MainPID')}/status")
    assert "<form" in ask(box, "http://127.0.0.1:8470/login"), "pages are made inside as well"
    assert "CapEff:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status


def test_a_service_that_hangs_is_started_anew(box: Box) -> None:
    """SIGSTOP: nobody feeds the watchdog any more."""
    before = shown(box, "MainPID")
    box.run(f"kill -STOP {before}")
    wait_for(box, f"p=$(systemctl show syncd -p MainPID --value); test $p != {before} -a $p != 0 && echo $p || true")
    wait_for(box, "systemctl is-active syncd.service | grep -x active || true")
    assert "watchdog" in box.run("journalctl -u syncd.service -o cat --no-pager").lower()


def test_a_service_that_is_killed_in_the_middle_of_a_run_goes_on_with_it(box: Box) -> None:
    """Nothing is there twice."""
    box.run(f"{AS_SYNCD} customer add 9001 'Avbrutna AB' invoice_city=Umeå invoice_postal_code=1")
    killed = in_the_middle_of_a_run(box)
    box.run("systemctl kill --signal=KILL syncd.service")
    wait_for_run(box, "succeeded", after=killed)
    assert [(run["id"], run["status"]) for run in runs(box)[:2]] == [(killed + 1, "succeeded"), (killed, "interrupted")]
    numbers = [one["CustomerNumber"] for one in visma(box, "GET", "customers")]
    assert numbers.count("9001") == 1
    assert len(set(numbers)) == len(numbers) == CUSTOMERS + 1


def test_stopping_in_the_middle_of_a_run_takes_no_more_than_it_may(box: Box) -> None:
    """Drained, not killed; the order is carried out after the next start."""
    running = in_the_middle_of_a_run(box)
    began = time.monotonic()
    box.run("systemctl stop syncd.service")
    assert time.monotonic() - began < 20
    assert (shown(box, "Result"), shown(box, "ExecMainStatus")) == ("success", "0")
    assert wait_for_run(box, "interrupted") == running
    box.run("systemctl start syncd.service")
    wait_for_run(box, "succeeded", after=running)


def test_a_wrong_configuration_stays_down(box: Box) -> None:
    """78: trying again does not help. It says which key, and comes back when that is mended."""
    box.run("systemctl stop syncd.service; cp /etc/syncd/syncd.toml /tmp/good; echo 'nonsense = 1' > /tmp/bad;"
            "cat /tmp/good >> /tmp/bad; cat /tmp/bad > /etc/syncd/syncd.toml")  # fmt: skip
    try:
        box.run("systemctl start syncd.service", check=False)
        assert (shown(box, "ActiveState"), shown(box, "ExecMainStatus")) == ("failed", "78")
        restarts = shown(box, "NRestarts")
        time.sleep(3)
        assert (shown(box, "ActiveState"), shown(box, "NRestarts")) == ("failed", restarts)
        assert "nonsense" in box.run("journalctl -u syncd.service -o cat --no-pager -n 20")
    finally:
        box.run("cat /tmp/good > /etc/syncd/syncd.toml; systemctl reset-failed; systemctl start syncd.service")
    assert shown(box, "ActiveState") == "active"


def test_a_reload_keeps_the_process_and_its_runs(box: Box) -> None:
    """`systemctl reload` after editing the configuration."""
    before = shown(box, "MainPID")
    running = in_the_middle_of_a_run(box)
    box.run("systemctl reload syncd.service")
    wait_for(box, "journalctl -u syncd.service -o cat --no-pager | grep config.reloaded || true")
    assert wait_for_run(box, "succeeded") == running
    assert shown(box, "MainPID") == before


@contextmanager
def meanwhile(box: Box, script: str) -> Iterator[list[str]]:
    """Run a script beside the block; what it printed is there afterwards."""
    printed: list[str] = []
    beside = threading.Thread(target=lambda: printed.append(box.run(script)))
    beside.start()
    yield printed
    beside.join(60)


def test_a_trigger_waits_while_the_service_is_started_anew(box: Box) -> None:
    """At the socket that systemd keeps open; the one who asked hears how it went."""
    with meanwhile(box, "systemctl restart syncd.service"):
        document = json.loads(box.run("runuser -u erik -- /opt/syncd/bin/syncd sync visma --json"))
    assert document["run"]["status"] == "succeeded"


def test_a_trigger_starts_the_service_where_it_does_not_run(box: Box) -> None:
    """And the report names the person, who may not even read the configuration."""
    box.run("systemctl stop syncd.service")
    assert box.run("runuser -u erik -- cat /etc/syncd/syncd.toml 2>&1 || true").strip().endswith("denied")
    document = json.loads(box.run("runuser -u erik -- /opt/syncd/bin/syncd sync visma --json"))
    assert document["run"]["status"] == "succeeded"
    assert runs(box)[0]["who"] == "os:erik"
    assert json.loads(box.run("runuser -u erik -- /opt/syncd/bin/syncd status --json"))["daemon"]["pid"] > 0


def test_who_may_ask_is_the_systems_word(box: Box) -> None:
    """Outside the group the socket is closed, inside it one acts as oneself."""
    said = box.run("runuser -u eva -- /opt/syncd/bin/syncd sync visma 2>&1 || echo code $?", check=False)
    assert "/run/syncd/control.sock is closed to you" in said
    assert "Ask to be added to the group syncd-admin" in said
    assert "code 77" in said
    said = box.run("runuser -u erik -- /opt/syncd/bin/syncd --as anna sync visma 2>&1 || echo code $?", check=False)
    assert "You may not act as anna." in said
    assert "code 77" in said


def test_the_journal_is_searched_by_run_and_connection(box: Box) -> None:
    """Fields of their own, and nobody's name in them."""
    document = json.loads(box.run("/opt/syncd/bin/syncd sync visma --json"))
    found = box.run(f"journalctl -o json --no-pager SYNCD_RUN_ID={document['run']['id']} SYNCD_EVENT=run.finished")
    (entry,) = [json.loads(line) for line in found.splitlines()]
    assert (entry["SYNCD_CONNECTION"], entry["SYSLOG_IDENTIFIER"]) == ("visma", "syncd")
    assert entry["_SYSTEMD_UNIT"] == "syncd.service"
    names = [one["Name"] for one in visma(box, "GET", "customers")]
    everything = box.run("journalctl -u syncd.service -o json --no-pager")
    assert not [name for name in names if name in everything]


def test_a_power_cut_in_the_middle_of_a_run_leaves_both_sides_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The machine comes up again: each customer is there once on both sides, and the database is sound."""
    box = Box(tmp_path_factory.mktemp("cut"))
    numbers = [str(number) for number in range(2000, 2008)]
    box.boot(*KEPT)
    try:
        box.install()
        set_up(box)
        rows = "".join(f"{number},Kund {number} AB,Umeå,1\n" for number in numbers)
        box.run(f"printf 'number,name,invoice_city,invoice_postal_code\n{rows}' > /tmp/customers.csv")
        box.run(f"{AS_SYNCD} register upload customers /tmp/customers.csv")
        slow = {"kind": "slow", "path": "/v2/customers", "method": "POST", "seconds": 0.3, "times": 99}
        visma(box, "POST", "faults", [slow])
        box.run(f"systemctl start syncd.service; systemd-run --quiet {AS_SYNCD} sync visma")
        until(lambda: len(visma(box, "GET", "requests?writes=1")) > 1)
        box.cut()
        box.boot(*KEPT)
        box.install()
        start_visma(box)
        box.run("systemctl start syncd.service")
        wait_for_run(box, "succeeded")
        there = [one["CustomerNumber"] for one in visma(box, "GET", "customers")]
        here = [one["number"] for one in json.loads(box.run(f"{AS_SYNCD} customer list --json"))]
        assert sorted(there) == sorted(here) == numbers
        assert box.run(f"{AS_SYNCD} db current").strip()
    finally:
        box.end()
