"""Conflicts and runs over the API, in front of a simulated accounting system."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from syncd.services.conflict_shape import conflict
from syncd.services.standing import run_shape
from syncd.services.sync.attempts import shown
from syncd.services.sync.queued import serve
from tests.web.api.conftest import BOTH, Office
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database
    from tests.conftest import TickingClock
    from tests.web.api.conftest import Program

CITY = {"invoice_city": "Umeå", "invoice_postal_code": "903 26"}
ONCE = {"Idempotency-Key": "run-17"}
ORDER = "/connections/visma/runs"


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        yield made


@pytest.fixture
def synced(world: World, clock: TickingClock, tmp_path: Path) -> Iterator[Office]:
    """The office of a world that is connected to accounting."""
    made = Office(world.store, world.group, world.anna, clock, tmp_path / "files")
    yield made
    made.close()


@pytest.fixture
def program(synced: Office) -> Program:
    return synced.program(synced.token(synced.anna, "all"))


def carried_out(world: World, office: Office) -> None:
    """What the daemon's workers do with the line."""
    serve(world.runner(), office.queue, world.connection)


def question(world: World) -> int:
    """Both sides change the phone of customer 1; returns the conflict's id."""
    world.configure({"approve_first_run": False})
    world.add("1", {"name": "Åkes Bygg", "phone": "08-100 10 10", **CITY})
    world.run()
    world.change("1", {"phone": "08-200 20 20"})
    world.company.edit_customer("1", Telephone="08-300 30 30")
    world.run()
    return world.conflicts()[0].id


def test_a_conflict_is_answered_as_it_was_seen(world: World, program: Program) -> None:
    """Listed, shown, answered; an answer to what is not there any more is refused, and the conflict shown anew."""
    number = question(world)
    [listed] = program.get("/conflicts?kind=field&customer=1").json["conflicts"]
    seen = program.get(f"/conflicts/{number}")
    assert seen.json == listed == json.loads(json.dumps(conflict(world.conflicts()[0])))
    answer = f"/conflicts/{number}/resolve"
    assert program.post(answer, {"answer": "register"}).code == (428, "not_seen")
    world.change("1", {"phone": "08-400 40 40"})
    stale = program.post(answer, {"answer": "register"}, **{"If-Match": seen.etag})
    assert stale.code == (412, "changed_meanwhile")
    anew = program.get(f"/conflicts/{number}")
    assert anew.json["register"] == "08-400 40 40"
    assert program.post(answer, {"answer": "accounting"}, **{"If-Match": seen.etag}).status == 412
    now = {"If-Match": anew.etag}
    assert program.post(answer, {"answer": "same"}, **now).status == 422
    assert program.post(answer, {"answer": "value"}, **now).status == 422
    assert program.post(answer, {"answer": "nonsense"}, **now).json["field"] == "answer"
    done = program.post(answer, {"answer": "value", "value": "08-500 50 50"}, **now)
    assert (done.status, done.json["status"], done.json["resolution"]) == (200, "resolved", "value")
    world.run()
    assert program.get("/conflicts").json == {"conflicts": [], "next": None}
    closed = {"If-Match": program.get(f"/conflicts/{number}").etag}
    assert program.post(answer, {"answer": "register"}, **closed).code == (409, "already_decided")
    assert world.company.customer("1")["Telephone"] == "08-500 50 50"
    assert len(program.get("/conflicts?all=true").json["conflicts"]) == 1


def test_conflicts_come_in_pages(world: World, program: Program) -> None:
    world.configure({"approve_first_run": False})
    for number in ("1", "2", "3"):
        world.company.add_customer(Name=f"Kund {number}", CustomerNumber=None)
    world.run()
    first = program.get("/conflicts?limit=2").json
    rest = program.get(f"/conflicts?limit=2&cursor={first['next']}").json
    assert [one["kind"] for one in first["conflicts"] + rest["conflicts"]] == ["no_number"] * 3
    assert rest["next"] is None


@BOTH
def test_a_run_is_ordered_followed_and_looked_back_at(world: World, synced: Office, program: Program) -> None:
    """202 with a ticket; the same order joins it; once it is done the ticket names the run, and the run its report."""
    world.add("1", {"name": "Åkes Bygg", **CITY})
    asked = program.post(ORDER, {}, **ONCE)
    assert (asked.status, asked.json["state"], asked.json["run"]) == (202, "waiting", None)
    assert asked.headers["Location"] == f"/api/v1/tickets/{asked.json['id']}"
    assert synced.woken == 1
    assert program.post(ORDER, {}).json["id"] == asked.json["id"]
    assert len(program.get("/status").json["connections"][0]["queue"]) == 1
    carried_out(world, synced)
    ticket = program.get(f"/tickets/{asked.json['id']}").json
    assert ticket["state"] == "done"
    again = program.post(ORDER, {}, **ONCE)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (ticket, "true")
    run = program.get(f"/runs/{ticket['run']}").json
    assert (run["status"], run["error"]["code"], run["who"]) == ("held", "first_run", "anna")
    with world.store.reading() as work:
        [known] = work.runs.list([world.connection_id])
    assert run == json.loads(json.dumps(run_shape(known)))
    report = program.get(f"/runs/{ticket['run']}/report").json
    assert report == json.loads(json.dumps(shown(world.document(known))))
    approved = program.post(f"/runs/{ticket['run']}/approve")
    assert (approved.status, approved.json["approve"]) == (202, True)
    carried_out(world, synced)
    done = program.get(f"/tickets/{approved.json['id']}").json["run"]
    assert program.get(f"/runs/{done}").json["status"] == "succeeded"
    assert program.post(f"/runs/{done}/approve").code == (409, "not_held")
    assert [one["id"] for one in program.get("/runs").json["runs"]] == [done, ticket["run"]]
    older = program.get(f"/runs?limit=1&connection=visma&cursor={done}").json
    assert ([one["id"] for one in older["runs"]], older["next"]) == ([ticket["run"]], ticket["run"])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"full": True, "customer": "1"}, 422),
        ({"customer": "\x00"}, 404),
        ({"everything": True}, 422),
        ({"full": "yes"}, 422),
        ({"customer": "1", "dry_run": True}, 202),
        ({"full": True}, 202),
    ],
)
def test_an_order_that_contradicts_itself_is_refused(program: Program, sent: dict[str, Any], status: int) -> None:
    assert program.post(ORDER, sent).status == status


@pytest.mark.parametrize(
    ("verb", "address", "code"),
    [
        ("GET", "/runs/4711", "unknown_run"),
        ("GET", "/runs/4711/report", "unknown_run"),
        ("POST", "/runs/4711/approve", "unknown_run"),
        ("GET", "/conflicts/4711", "unknown_conflict"),
        ("GET", "/tickets/4711", "unknown_ticket"),
        ("GET", "/runs?connection=fortnox", "unknown_connection"),
        ("GET", "/conflicts?connection=fortnox", "unknown_connection"),
    ],
)
def test_what_does_not_exist_is_not_found(program: Program, verb: str, address: str, code: str) -> None:
    assert program(verb, address).code == (404, code)
    assert program.post("/connections/fortnox/runs", {}).code == (404, "unknown_connection")


def test_many_conflicts_are_answered_exactly_as_they_were_looked_at(world: World, program: Program) -> None:
    """One that came meanwhile is answered by nobody: what was looked at is shown anew first (S-82)."""
    number = question(world)
    sent = {"answer": "register", "kind": "field"}
    look = program.post("/conflicts/preview", sent)
    assert ([one["id"] for one in look.json["takes"]], look.json["count"]) == ([number], 1)
    assert program.post("/conflicts/resolve", sent).code == (428, "not_seen")
    world.change("1", {"phone": "08-400 40 40"})
    world.run()
    stale = program.post("/conflicts/resolve", sent, **{"If-Match": look.etag})
    assert stale.code == (412, "changed_meanwhile")
    now = {"If-Match": program.post("/conflicts/preview", sent).etag}
    assert program.post("/conflicts/resolve", sent, **now).json == {"resolved": [number], "left": []}
    assert program.post("/conflicts/preview", {"answer": "value"}).json["field"] == "answer"


def test_a_run_is_taken_back_after_a_look(world: World, synced: Office, program: Program) -> None:
    """The look writes nothing and tells what would go back; asked for twice with one key it is ordered once."""
    world.configure({"approve_first_run": False})
    world.add("1", {"name": "Åkes Bygg", "phone": "08-100 10 10", **CITY})
    world.run()
    world.change("1", {"phone": "08-200 20 20"})
    wrote = world.run().id
    look = program.post(f"/runs/{wrote}/undo", {"dry_run": True})
    carried_out(world, synced)
    planned = program.get(f"/tickets/{look.json['id']}").json["run"]
    report = program.get(f"/runs/{planned}/report").json
    assert (report["run"]["kind"], {one["outcome"] for one in report["actions"]}) == ("undo", {"planned"})
    asked = program.post(f"/runs/{wrote}/undo", {"customer": "1"}, **ONCE)
    again = program.post(f"/runs/{wrote}/undo", {"customer": "1"}, **ONCE)
    assert (again.json["id"], again.headers["Idempotency-Replayed"]) == (asked.json["id"], "true")
    carried_out(world, synced)
    assert world.company.customer("1")["Telephone"] == "08-100 10 10"
    assert program.post("/runs/4711/undo", {}).code == (404, "unknown_run")


def test_a_token_may_start_runs_and_nothing_else(world: World, synced: Office) -> None:
    """Of all that administrators do, a scope leaves one thing."""
    world.add("1", {"name": "Åkes Bygg", **CITY})
    program = synced.program(synced.token(synced.anna, "cron", scope=("sync",)))
    asked = program.post(ORDER, {})
    assert (asked.status, program.get("/status").status) == (202, 200)
    for address in ("/conflicts", "/customers", "/users", "/articles"):
        assert program.get(address).code == (403, "not_allowed"), address


def test_runs_and_conflicts_are_the_administrators(synced: Office) -> None:
    """A technician's program hears that it may not, whatever it asks for."""
    program = synced.calls("kalle", "view", "edit", "create", "delete", "assign", "upload")
    for address in ("/runs", "/runs/1", "/runs/1/report", "/conflicts", "/conflicts/1", "/tickets/1", "/status"):
        assert program.get(address).code == (403, "not_allowed"), address
    for address, sent in ((ORDER, {}), ("/runs/1/approve", None)):
        assert program.post(address, sent).code == (403, "not_allowed"), address
    answer = program.post("/conflicts/1/resolve", {"answer": "register"}, **{"If-Match": '"1"'})
    assert answer.code == (403, "not_allowed")
