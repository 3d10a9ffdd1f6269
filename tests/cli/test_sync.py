from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click
import pytest
from jsonschema import Draft202012Validator

from syncd.cli import cli
from syncd.cli.application import opened
from syncd.cli.carrying_out import run_all, worst
from syncd.cli.run_words import print_lines
from syncd.cli.stopping import stopping
from syncd.ports.queue import Order
from syncd.sandbox import Fault
from tests.cli.connected import OTHER_PERSON, PERSON, SECONDS, SYSTEM, connected
from tests.cli.daemons import Daemon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected

ADDRESS = ("invoice_city=Umeå", "invoice_postal_code=903 26")
STATUSES = ["succeeded", "partial", "failed", "held", "planned", "interrupted"]
COUNTS = (
    *("create_in_accounting", "update_in_accounting", "create_in_register", "update_in_register", "renumber"),
    *("deactivate", "reactivate", "our_reference", "conflicts_opened", "conflicts_closed", "in_step", "rejected"),
    "errors",
)
TEXT, NUMBER = {"type": ["string", "null"]}, {"type": "integer"}


def strict(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with these keys and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


ERROR = strict({"code": {"type": "string"}, "message": {"type": "string"}, "remedy": TEXT})
DOCUMENT = strict(
    {
        "run": strict(
            {
                "id": {"type": ["integer", "null"]},
                "connection": {"type": "string"},
                "kind": {"enum": ["incremental", "full", "customer", "undo"]},
                "status": {"enum": STATUSES},
                "started_at": {"type": "string", "pattern": "^2.*T.*Z$"},
                "finished_at": TEXT,
                "error": {"anyOf": [{"type": "null"}, ERROR]},
            }
        ),
        "counts": strict(dict.fromkeys(COUNTS, NUMBER)),
        "actions": {
            "type": "array",
            "items": strict(
                {
                    "kind": {"type": "string"},
                    "customer_number": TEXT,
                    "target": {"enum": ["accounting", "register", "document"]},
                    "field": TEXT,
                    "before": {},
                    "after": {},
                    "outcome": {"enum": ["planned", "done", "skipped", "failed", "unknown"]},
                    "message": TEXT,
                }
            ),
        },
        "requests": NUMBER,
    }
)


def checked(document: Any) -> Any:  # noqa: ANN401 - any JSON
    """The document, if it has the shape of the contract."""
    Draft202012Validator(DOCUMENT).validate(document)
    return document


def failed(document: Any, code: str) -> None:  # noqa: ANN401 - any JSON
    checked(document)
    assert document["run"]["status"] == "failed"
    assert document["run"]["error"]["code"] == code


in_this_process = pytest.mark.parametrize("visma", ["here"], indirect=True)
"""For what a daemon that runs already does not notice, or does in a way of its own."""


@pytest.fixture(params=["here", "daemon"])
def visma(request: pytest.FixtureRequest, shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    """A connection whose runs are carried out in the command's own process, or by a daemon beside it."""
    with connected(shell, tmp_path) as made, ExitStack() as stack:
        if request.param == "daemon":
            stack.enter_context(Daemon(tmp_path, SYNCD_SCHEDULE__ENABLED="false"))
        yield made


def test_the_first_run_is_shown_held_approved_and_then_in_step(visma: Connected) -> None:
    """0 with a plan, 3 with the same plan, 0 with it carried out, 0 with nothing to do: the same shape each time."""
    visma.ok("customer", "add", "1", "Åkes Bygg", *ADDRESS)
    visma.company.add_customer(CustomerNumber="2", Name="Öbergs VVS AB")
    planned = checked(visma.sync("visma", "--dry-run"))
    assert (planned["run"]["status"], planned["run"]["error"]["code"]) == ("planned", "first_run")
    held = checked(visma.sync("visma", code=3))
    assert (held["run"]["status"], held["run"]["error"]["code"]) == ("held", "first_run")
    done = checked(visma.sync("visma", "--approve"))
    assert (done["run"]["status"], done["run"]["kind"], done["run"]["error"]) == ("succeeded", "full", None)
    assert {action["outcome"] for action in done["actions"]} == {"done"}
    assert (done["counts"]["create_in_accounting"], done["counts"]["create_in_register"]) == (1, 1)
    again = checked(visma.sync())
    assert (again["run"]["kind"], again["actions"], again["counts"]["in_step"]) == ("incremental", [], 2)
    assert checked(visma.sync("visma", "--full"))["run"]["kind"] == "full"
    assert checked(visma.sync("visma", "--customer", "1"))["run"]["kind"] == "customer"


def test_people_read_a_table_and_what_to_do_next(visma: Connected) -> None:
    """The plan with names, why it is held, and the very command that approves it."""
    visma.ok("customer", "add", "1", "Åkes Bygg", *ADDRESS)
    visma.company.add_customer(CustomerNumber="2", Name="Öbergs VVS AB")
    planned = visma.ok("sync", "visma", "--dry-run").out
    assert "Öbergs VVS AB" in planned
    assert "A run would be held: first run: 2 customers would change." in planned
    config = str(visma.directory / "syncd.toml")
    held = visma("sync", "--config", config)
    assert held.code == 3
    assert f"To approve exactly this plan: syncd --config {config} sync visma --approve" in held.out
    assert "Done: 1 customer created in accounting" in visma.ok("sync", "visma", "--approve").out
    visma.ok("customer", "set", "1", "phone=08-1234567")
    assert "(empty) → 08-1234567" in visma.ok("sync", "visma").out
    assert visma.ok("sync").out == "Nothing to do: visma is in step (2 customers).\n"


def test_a_customer_that_accounting_refuses_ends_in_1(visma: Connected) -> None:
    """The others go on."""
    visma.first_sync()
    visma.ok("customer", "add", "1", "Åkes Bygg", *ADDRESS)
    visma.sandbox.faults.add(Fault("status", method="POST", path="/v2/customers", status=400, code=2000))
    document = checked(visma.sync("visma", code=1))
    assert (document["run"]["status"], document["counts"]["rejected"]) == ("partial", 1)
    assert checked(visma.sync("visma", "--customer", "77", code=1))["run"]["status"] == "failed"


def test_an_accounting_system_that_does_not_answer_ends_in_69(visma: Connected) -> None:
    """Switched off, or answering with a web page."""
    visma.sandbox.faults.add(Fault("html", path="/v2/*", times=None))
    failed(visma.sync("visma", code=69), "unreachable")
    visma.sandbox.faults.clear()
    visma.sandbox.stop()
    failed(visma.sync("visma", code=69), "unreachable")
    answer = visma("sync", "visma")
    assert answer.out == "Failed.\n"
    assert "cannot be reached (ConnectError: [Errno 111] Connection refused)" in answer.err
    assert "Remedy: Nothing is lost: the next run tries again." in answer.err


def test_what_a_person_must_put_right_ends_in_4(visma: Connected) -> None:
    """Paused, ended consent, another company."""
    visma.ok("connection", "pause", "visma")
    failed(visma.sync("visma", code=4), "paused")
    visma.ok("connection", "resume", "visma")
    identifier = visma.company.settings["CompanyIdentifier"]
    visma.company.settings["CompanyIdentifier"] = "another"
    failed(visma.sync("visma", code=4), "wrong_company")
    visma.company.settings["CompanyIdentifier"] = identifier
    visma.sandbox.kill_tokens()
    failed(visma.sync("visma", code=4), "needs_consent")
    failed(visma.sync("visma", code=4), "needs_consent")
    assert visma.ok("connection", "show", "visma", "--json").json["state"] == "needs_consent"


def test_a_connection_without_consent_ends_in_4(visma: Connected) -> None:
    """And says what to do."""
    visma.ok("connection", "add", "other", *SYSTEM)
    answer = visma("sync", "other")
    assert answer.code == 4
    assert "syncd connection authorize" in answer.err


def test_a_run_under_way_ends_in_5_for_who_will_not_wait(visma: Connected) -> None:
    """The document says so, without a run."""
    with visma.held_lock():
        document = visma.sync("visma", "--no-wait", code=5)
    failed(document, "locked")
    assert document["run"]["id"] is None
    assert document["actions"] == []


def test_open_conflicts_end_in_10_only_where_asked(visma: Connected) -> None:
    """They are no error by themselves."""
    visma.question()
    assert checked(visma.sync("visma"))["run"]["status"] == "succeeded"
    visma.sync("visma", "--fail-on-conflict", code=10)
    assert "1 conflict waits for an answer: syncd conflicts list --connection visma" in visma.ok("sync").out


def test_wrong_use_ends_in_64(visma: Connected) -> None:
    """Nothing is run, nothing is printed."""
    for words in (["--full", "--customer", "1"], ["--dry-run", "--approve"], ["--nonsense"], ["one", "two"]):
        answer = visma("sync", *words, "--json")
        assert (answer.code, answer.out) == (64, "")


def test_unknown_connections_end_in_1(visma: Connected, shell: Shell) -> None:
    """And so does a group without any."""
    assert visma("sync", "fortnox").code == 1
    visma.ok("connection", "remove", "visma", "--yes")
    assert shell("sync").code == 1


def test_who_is_no_administrator_ends_in_77(visma: Connected) -> None:
    """Nothing is run."""
    visma.ok("user", "add", "kalle", "--name", "Kalle K")
    visma.ok("user", "grant", "kalle", "view", "edit")
    for words in (["sync"], ["sync", "--dry-run"], ["runs", "list"], ["conflicts", "list"], ["connection", "list"]):
        answer = visma(*words, "--as", "kalle", "--json")
        assert (answer.code, answer.out) == (77, "")


@in_this_process
def test_configuration_that_lacks_the_client_ends_in_78(visma: Connected) -> None:
    """A run was attempted, so there is a document."""
    file = visma.directory / "syncd.toml"
    file.write_text(file.read_text().replace("client_id", "# client_id"))
    failed(visma.sync("visma", code=78), "configuration")


@in_this_process
def test_a_database_that_is_gone_ends_in_78(visma: Connected) -> None:
    """No run could be attempted."""
    (visma.directory / "syncd.db").unlink()
    answer = visma("sync", "--json")
    assert (answer.code, answer.out) == (78, "")


def test_without_a_name_every_connection_runs(visma: Connected) -> None:
    """JSON is a list then, and the worst exit code counts."""
    visma.ok("connection", "add", "another", *SYSTEM)
    documents = visma.sync(code=4)
    assert [checked(one)["run"]["connection"] for one in documents] == ["another", "visma"]
    assert [one["run"]["status"] for one in documents] == ["failed", "held"]
    assert visma("sync").code == 4
    assert checked(visma.sync("visma", code=3))["run"]["status"] == "held"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((0, 10, 1), 1), ((3, 1), 3), ((5, 4), 4), ((69, 78), 78), ((77, 69), 77), ((0, 0), 0), ((143, 78), 143), ((), 0)],
)
def test_of_several_exit_codes_one_counts(codes: tuple[int, ...], expected: int) -> None:
    """78, 77, 69, 4, 5, 3, 1, 10; a signal before all of them."""
    assert worst(codes) == expected


def test_personal_numbers_are_masked_unless_asked_for(visma: Connected) -> None:
    """Who asks needs the right, and is written down."""
    visma.ok("customer", "add", "1", "Åke Ek", "type=private", f"organisation_number={PERSON}", *ADDRESS)
    visma.first_sync()
    visma.company.edit_customer("1", CorporateIdentityNumber=OTHER_PERSON)
    everything = visma.ok("sync", "visma", "--dry-run").out + json.dumps(visma.sync("visma", "--dry-run"))
    assert "811228-**** → 640823-****" in everything
    assert PERSON not in everything
    assert OTHER_PERSON not in everything
    shown = visma.sync("visma", "--show-personal")
    assert shown["actions"][0]["after"] == OTHER_PERSON
    assert "unmasked" in visma.ok("customer", "history", "1").out
    run = str(shown["run"]["id"])
    assert OTHER_PERSON not in visma.ok("runs", "show", run).out + visma.ok("runs", "show", run, "--json").out


@in_this_process
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_run_between_two_steps(visma: Connected, number: signal.Signals, code: int) -> None:
    """Its report says interrupted; the next run goes on."""
    visma.sandbox.faults.add(Fault("slow", path="/v2/customers", seconds=1.0))
    visma.sandbox.clear_requests()
    process = visma.process("sync", "--json")
    _until(lambda: bool(visma.sandbox.server.faults._struck[-1]))
    process.send_signal(number)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, checked(json.loads(out))["run"]["status"]) == (code, "interrupted")
    assert "Traceback" not in err
    visma.sync("visma", code=3)


@in_this_process
def test_a_signal_ends_the_wait_for_another_run(visma: Connected) -> None:
    """Nothing was begun."""
    before = signal.getsignal(signal.SIGTERM)

    def interrupt() -> None:
        _until(lambda: signal.getsignal(signal.SIGTERM) != before)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=interrupt)
    with visma.held_lock():
        thread.start()
        document = checked(visma.sync("visma", code=143))
    thread.join()
    assert (document["run"]["status"], document["run"]["id"]) == ("interrupted", None)
    assert signal.getsignal(signal.SIGTERM) == before


@in_this_process
def test_a_run_waits_for_another_one(visma: Connected) -> None:
    """And begins when that has ended."""
    freed = threading.Timer(1.5, lambda: lock.__exit__(None, None, None))
    lock = visma.held_lock()
    with ExitStack() as stack:
        stack.callback(freed.join)
        lock.__enter__()
        freed.start()
        assert checked(visma.sync(code=3))["run"]["id"] is not None


@in_this_process
def test_a_signal_leaves_out_what_has_not_begun(visma: Connected) -> None:
    """Other connections run next time; away from the main thread nobody hears signals."""
    visma.ok("connection", "add", "another", *SYSTEM)
    with click.Context(cli), opened() as session, stopping(session.app.stop):
        connections = [session.connection("another"), session.connection("visma")]
        session.app.stop.set()
        attempts = run_all(session, connections, Order("anna"))
    assert [attempt.code for attempt in attempts] == [143, 143]


def test_signals_are_for_the_main_thread() -> None:
    """Elsewhere nothing changes."""
    before = signal.getsignal(signal.SIGTERM)

    def elsewhere() -> None:
        with stopping(threading.Event()) as state:
            assert (state.exit_code, signal.getsignal(signal.SIGTERM)) == (None, before)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()


def test_a_long_plan_is_cut_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """And says so."""
    one = {"kind": "create_in_register", "target": "register", "field": None, "customer_number": "1"}
    print_lines([{**one, "outcome": "planned", "message": None}] * 3, [None] * 3, most=1)
    assert capsys.readouterr().out.endswith("… and 2 more.\n")


def test_a_second_signal_does_not_wait() -> None:
    """The first one lets the step finish; the second one means what it always means."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stop = threading.Event()
    with stopping(stop) as state:
        signal.raise_signal(signal.SIGTERM)
        assert (stop.is_set(), state.exit_code) == (True, 143)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    signal.signal(signal.SIGTERM, before)


def _until(happened: Any) -> None:  # noqa: ANN401 - a question
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)
