"""Personal data law: everything held on a customer is shown and erased, wherever it lies (R-14, S-55)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from syncd import bootstrap
from syncd.errors import LockedError, NotAllowedError, RefusedError
from syncd.ports.records import Intended
from syncd.register.access import Actor, Permission
from syncd.register.orders import OrderKind
from syncd.services import personal, retention
from syncd.services.register import contacts, customer_users, orders, protocols, sending, users
from syncd.store.personal_places import PLACES, WITHOUT
from syncd.store.tables import Base
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database

MARK = "Qvist"
"""A word that stands in everything personal, and nowhere else."""

HOME = {"invoice_line1": f"{MARK}gatan 1", "invoice_postal_code": "111 22", "invoice_city": f"{MARK}stad"}
TODAY = date(2026, 3, 2)
CLERK = Actor("bo", "Bo", user_id=7, permissions=frozenset({Permission.VIEW, Permission.EDIT, Permission.DELETE}))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        made.configure({"approve_first_run": "false", "add_assigned_in_our_reference": "true"})
        yield made


def lived(world: World) -> None:
    """Years in the life of customer 1001: each of them leaves its name somewhere."""
    world.hire("lisa", "Lisa Ek")
    world.add("1001", {"name": f"Eva {MARK}", "email": f"eva@{MARK.lower()}.example", "phone": "08-111", **HOME})
    world.add("1002", {"name": "Granne AB", **HOME, "invoice_line1": "G 1", "invoice_city": "Umeå"})
    world.assign("1001", ["lisa"])
    assert world.run("full").status == "succeeded"
    order = world.company.add_order("1001", OurReference=f"Ring {MARK}", Status=1)
    assert order
    add_around(world)
    world.change("1001", {"note": f"{MARK} vill bli ringd", "comments": f"{MARK} betalar sent"})
    world.run()
    mail = f"{MARK.lower()}.example"
    world.company.edit_customer("1001", EmailAddress=f"faktura@{mail}", Note=f"{MARK} i bokföringen")
    world.change("1001", {"email": f"kontor@{mail}"})
    assert world.run().status == "succeeded"
    conflict = next(one for one in world.conflicts() if one.field == "email")
    world.resolve(conflict, "register")
    world.run()
    world.company.edit_customer("1001", WwwAddress=f"{mail}")
    world.run()
    world.undo(str(world.latest_run()))
    world.change("1001", {"invoice_line2": "2 tr"})
    world.run()


def add_around(world: World) -> None:
    with world.store.work() as work:
        person = users.Person(f"eva.{MARK.lower()}", f"Eva {MARK}")
        customer_users.add_customer_user(work, world.anna, world.group.id, "1001", person, None)
    with world.store.work() as work:
        contacts.add_contact(
            work,
            world.anna,
            world.group.id,
            "1001",
            {"name": f"Ada {MARK}", "email": f"ada@{MARK.lower()}.example", "send_service_protocol": "yes"},
        )
    with world.store.work() as work:
        orders.add_order(
            work,
            world.anna,
            world.group.id,
            "1001",
            OrderKind.ORDER,
            {"title": f"Byt pump hos {MARK}", "description": f"Nyckel hos {MARK}", "type": "service"},
            today=TODAY,
        )
    with world.store.work() as work:
        text = {"text": f"{MARK} var inte hemma"}
        protocols.add_protocol(work, world.anna, world.group.id, "1", text, [f"Nyckel från {MARK}"], today=TODAY)
    with world.store.work() as work:
        sending.send_protocol(work, world.anna, world.group.id, "1")


def leave(world: World) -> None:
    """The customer is deactivated on both sides."""
    world.set_active("1001", active=False)
    assert world.run().status == "succeeded"


def erase(world: World, number: str = "1001") -> personal.Erased:
    return personal.erase(world.store, world.anna, world.group.id, number)


def export(world: World, number: str = "1001") -> dict[str, Any]:
    return personal.export(world.store, world.anna, world.group.id, number, now=bootstrap.now())


def held(world: World) -> list[str]:
    """Where the word still stands: in the whole files of an embedded database, or in any text of a server's."""
    file = world.database.file
    if file is not None:
        files = [file, file.with_name(f"{file.name}-wal")]
        return [one.name for one in files if one.exists() and MARK.lower().encode() in one.read_bytes().lower()]
    with world.database.reader() as session:
        texts = {t.name: [str(tuple(row)) for row in session.execute(select(t))] for t in Base.metadata.sorted_tables}
    return [name for name, rows in texts.items() if any(MARK.lower() in row.lower() for row in rows)]


def test_nothing_of_an_erased_customer_can_be_found_in_the_database(world: World) -> None:
    """Neither in a table nor in the file itself, also after runs that meet the record in accounting again."""
    lived(world)
    leave(world)
    assert held(world)
    done = erase(world)
    assert (done.again, done.wiped) == (False, True)
    assert held(world) == []
    for kind in ("full", None):
        document = world.sync(kind)
        assert [one for one in document["actions"] if one["customer_number"] == "1001"] == []
    assert held(world) == []
    assert world.company.customer("1001")["Name"] == f"Eva {MARK}"
    assert [(one.connection, one.number) for one in done.remains] == [("visma", "1001")]


def test_events_stay_without_their_values(world: World) -> None:
    """When, who and which field is still told; so are numbers, and that the customer was erased."""
    lived(world)
    leave(world)
    before = world.history("1001")
    erase(world)
    after = world.history("1001")
    assert (after[0].kind, after[0].who) == ("erased", "anna")
    shown = [(one.at, one.who, one.run_id, one.kind, one.field) for one in before]
    assert [(one.at, one.who, one.run_id, one.kind, one.field) for one in after[1:]] == shown
    told = {(one.kind, one.field): (one.before, one.after) for one in after}
    assert told[("created", "number")] == (None, "1001")
    assert told[("assigned", "assigned")] == (None, "lisa")
    assert told[("changed", "email")] == (None, None)
    found = world.customer("1001")
    assert found is not None
    assert {n: v for n, v in found.fields.items() if v is not None} == {
        "number": "1001",
        "name": "Erased customer",
        "type": "company",
        "active": False,
    }


def test_an_erased_customer_is_neither_changed_nor_created_again(world: World) -> None:
    """Nobody fills it anew, no connection takes it over, and what a run wrote of it is not undone."""
    lived(world)
    wrote = str(next(run for run in range(1, 99) if _has_line(world, run)))
    leave(world)
    erase(world)
    world.company.edit_customer("1001", Name=f"Eva {MARK} igen")
    with pytest.raises(RefusedError, match="was erased"):
        world.change("1001", {"phone": "08-1"})
    assert [a for a in world.document(world.undo(wrote))["actions"] if a["customer_number"] == "1001"] == []
    assert [a for a in world.sync("full")["actions"] if a["customer_number"] == "1001"] == []
    with pytest.raises(RefusedError, match="no customer with number 1001"):
        world.link("1001")
    assert world.company.customer("1001")["Name"] == f"Eva {MARK} igen"
    assert held(world) == []


def _has_line(world: World, run: int) -> bool:
    with world.store.reading() as work:
        return any(line.customer_number == "1001" and line.target == "accounting" for line in work.runs.lines(run))


def test_a_customer_that_was_never_linked_is_not_created_in_accounting_once_it_is_erased(world: World) -> None:
    """What is left of it is no customer to do business with."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    erase(world)
    assert world.sync("full")["actions"] == []
    assert held(world) == []


def test_everything_held_is_exported_and_the_export_is_on_record(world: World) -> None:
    """One document with every place where the customer's name stood, whole numbers included."""
    lived(world)
    world.change("1001", {"type": "private", "organisation_number": "19811218-9876"})
    document = json.loads(json.dumps(export(world)))
    named = {name for name, rows in document.items() if MARK in json.dumps(rows, ensure_ascii=False)}
    assert named >= {
        "customer",
        "contacts",
        "orders",
        "history",
        "links",
        "mirror",
        "conflicts",
        "run_lines",
        "intents",
    }
    assert named >= {"documents", "users", "protocols", "sent", "mails"}
    assert "19811218-9876" in json.dumps(document["customer"])
    assert "Granne" not in json.dumps(document)
    assert (world.history("1001")[0].kind, world.history("1001")[0].who) == ("exported", "anna")


def test_erasing_twice_says_so_and_changes_nothing(world: World) -> None:
    """Idempotent: the second time only the file is looked after."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    erase(world)
    before = world.history("1001")
    assert erase(world).again
    assert world.history("1001") == before


def test_a_customer_in_step_with_accounting_is_refused_with_what_to_do(world: World) -> None:
    """First deactivated, then carried over, then erased: an erasure never surprises the bookkeeper."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    assert world.run("full").status == "succeeded"
    with pytest.raises(RefusedError) as live:
        erase(world)
    assert "syncd customer deactivate 1001; syncd sync visma" in str(live.value.remedy)
    world.set_active("1001", active=False)
    with pytest.raises(RefusedError) as waiting:
        erase(world)
    assert "Synchronise first: syncd sync visma" in str(waiting.value.remedy)
    world.run()
    erase(world)
    assert world.link_state("1001") == "ended"


def test_a_write_of_unknown_outcome_keeps_a_customer_from_being_erased(world: World) -> None:
    """Its journal is needed to find out what became of it."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    with world.store.work() as work:
        customer = world.customer("1001")
        assert customer is not None
        work.journal.intend(world.connection_id, 1, [Intended("create", {}, customer_id=customer.id, number="1001")])
        work.commit()
    with pytest.raises(RefusedError, match="not known yet"):
        erase(world)


def test_nothing_is_erased_while_a_run_is_under_way(world: World) -> None:
    """A run has read what it is about to write."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    with world.store.lock(f"run-{world.connection_id}"), pytest.raises(LockedError, match="under way"):
        erase(world)
    assert held(world)


def test_only_administrators_export_and_erase(world: World) -> None:
    """However many other rights somebody has."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    with pytest.raises(NotAllowedError):
        personal.erase(world.store, CLERK, world.group.id, "1001")
    with pytest.raises(NotAllowedError):
        personal.export(world.store, CLERK, world.group.id, "1001", now=bootstrap.now())


def test_a_deleted_customer_is_found_by_its_last_number_and_erased(world: World) -> None:
    """Its history, its record in accounting and the reports about it had stayed."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    world.add("1002", {"name": "Granne AB", **HOME, "invoice_line1": "G 1", "invoice_city": "Umeå"})
    assert world.run("full").status == "succeeded"
    world.renumber("1001", "2001")
    world.run()
    world.delete("2001")
    with pytest.raises(RefusedError, match="still kept in step"):
        erase(world, "2001")
    world.run()
    assert MARK in json.dumps(export(world, "2001"))
    erase(world, "2001")
    assert held(world) == []
    assert erase(world, "2001").again


def test_deleted_customers_are_erased_by_themselves_when_the_group_says_so(world: World) -> None:
    """After as many days as its setting says, and not a day earlier; customers of the register are left alone."""
    world.add("1001", {"name": f"Eva {MARK}", **HOME})
    world.add("1002", {"name": "Granne AB", **HOME, "invoice_line1": "G 1", "invoice_city": "Umeå"})
    assert world.run("full").status == "succeeded"
    world.delete("1001")
    world.run()

    def tidied(days: int) -> int:
        return retention.tidy(world.store, bootstrap.now() + timedelta(days=days), timedelta(days=90))

    assert tidied(400) == 0
    world.configure_group({"keep_deleted_days": 365})
    assert (tidied(364), tidied(366), tidied(366)) == (0, 1, 0)
    world.database.wipe()
    assert held(world) == []
    assert world.customer("1002") is not None


def test_what_accounting_no_longer_has_is_forgotten_with_it(world: World) -> None:
    """A record that was nobody's here and is gone there leaves nothing behind."""
    world.configure({"create_in_register": "false"})
    world.configure_group({"keep_deleted_days": 30})
    world.company.add_customer(CustomerNumber="77", Name=f"Eva {MARK}")
    world.run("full")
    world.company.delete_customer("77")
    world.run("full")
    assert held(world)
    retention.tidy(world.store, bootstrap.now(), timedelta(days=90))
    world.database.wipe()
    assert held(world) == []


def test_reports_are_forgotten_also_of_a_connection_that_runs_no_more(world: World) -> None:
    """The latest one stays; somebody may want to know when that was."""
    world.company.add_customer(CustomerNumber="77", Name="Bo Ek")
    first, last = world.run("full"), world.run("full")
    world.configure({"paused": True})
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET started_at = '2020-01-01T00:00:00.000000Z'")
    retention.tidy(world.store, bootstrap.now(), timedelta(days=90))
    with world.store.reading() as work:
        assert work.runs.get(first.id) is None
        assert work.runs.get(last.id) is not None


def test_every_table_is_known_to_the_erasure() -> None:
    """Who adds a table says there whether it holds personal data of customers."""
    tables = {str(place.table.__tablename__) for place in PLACES}
    assert tables | WITHOUT == set(Base.metadata.tables)
    assert not tables & WITHOUT
