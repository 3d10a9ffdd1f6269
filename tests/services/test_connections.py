"""Connections: added, set, authorized, tested, paused and removed by administrators (R-31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd import bootstrap
from syncd.errors import LockedError, NeedsConsentError, NotAllowedError, RefusedError, UsageError
from syncd.register.access import Actor
from syncd.services import connections
from syncd.services.sync.company import WrongCompanyError
from syncd.values.tokens import Tokens
from tests.crashing import KilledError, MortalStore, Steps
from tests.world import CONNECTION, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database

NOBODY = Actor("nils", "Nils")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        yield made


def stored_tokens(world: World) -> Tokens | None:
    with world.store.reading() as work:
        return work.connections.tokens(world.connection_id)


def test_a_new_connection_needs_consent(world: World) -> None:
    """It has a name of its own, and waits for an administrator."""
    made = connections.add(world.store, world.anna, world.group.id, " fortnox ", "fortnox")
    assert (made.name, made.state) == ("fortnox", "needs_consent")
    for name in ("", "  ", "-x"):
        with pytest.raises(RefusedError, match="needs a name"):
            connections.add(world.store, world.anna, world.group.id, name, "fortnox")
    with pytest.raises(RefusedError, match="exists already"):
        connections.add(world.store, world.anna, world.group.id, CONNECTION, "fortnox")


def test_only_administrators_touch_connections(world: World) -> None:
    """Settings, consent and removal are theirs alone."""
    connection, store = world.connection, world.store
    for attempt in (
        lambda: connections.add(store, NOBODY, world.group.id, "x", "y"),
        lambda: connections.set_settings(store, NOBODY, connection, {"paused": "true"}, bootstrap.capabilities),
        lambda: connections.pause(store, NOBODY, connection, paused=True),
        lambda: connections.authorize(store, NOBODY, connection, Tokens("", "", 0), world.connect),
        lambda: connections.remove(store, NOBODY, connection),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    assert world.connection == connection


def test_settings_are_changed_all_or_none(world: World) -> None:
    """One wrong setting leaves the others as they were; the message names it and what would be right."""
    world.configure({"max_deactivations": "7"})
    before = dict(world.connection.settings)
    for wrong in (
        {"max_changes_percent": "101"},
        {"first_link": "both"},
        {"paused": "perhaps"},
        {"max_deactivatons": "3"},
        {"field.invoice_city.direction": "off"},
        {"field.phone.direction": "sideways"},
    ):
        (name,) = wrong
        with pytest.raises(RefusedError, match=name):
            world.configure({"max_deactivations": "9", **wrong})
        assert dict(world.connection.settings) == before
    world.configure({"max_deactivations": "9", "field.phone.policy": "newest"})
    assert dict(world.connection.settings) == {"max_deactivations": 9, "field.phone.policy": "newest"}
    assert list(connections.warnings(world.connection.settings)) == [
        "field.phone.policy: accounting keeps no time per field, so newest behaves as ask"
    ]


def test_a_connection_is_described_with_its_settings_in_force(world: World) -> None:
    """Defaults are shown like chosen values; *paused* is a state of its own."""
    connections.pause(world.store, world.anna, world.connection, paused=True)
    shown = connections.described(world.connection)
    assert (shown["state"], shown["company"], shown["attention"]) == ("paused", None, None)
    assert shown["settings"]["max_deactivations"] == 5
    connections.pause(world.store, world.anna, world.connection, paused=False)
    assert connections.described(world.connection)["state"] == "ready"


def test_consent_stores_tokens_and_whose_they_are(world: World) -> None:
    """After consent the connection is ready and knows its company."""
    world.authorize()
    company = world.connection.company
    assert world.connection.state == "ready"
    assert company["name"]
    assert company["identity"]
    answer = connections.test(world.connection, world.connect)
    assert answer["name"] == company["name"]
    assert "phone" in answer["fields"]


def test_consent_for_another_company_is_refused_and_the_old_tokens_stay(world: World) -> None:
    """Whoever picks the wrong company in the browser breaks nothing."""
    world.authorize()
    kept, company = stored_tokens(world), world.connection.company
    with pytest.raises(WrongCompanyError) as caught:
        world.authorize(world.sandbox.add_company())
    assert caught.value.exit_code == 4
    assert stored_tokens(world) == kept
    assert world.connection.company == company
    assert world.run().status in {"held", "succeeded"}


def test_a_consent_that_leads_nowhere_changes_nothing(world: World) -> None:
    """A token that the vendor does not know is noticed before it is stored."""
    world.authorize()
    kept = stored_tokens(world)
    with pytest.raises(NeedsConsentError):
        connections.authorize(world.store, world.anna, world.connection, Tokens("", "made-up", 0), world.connect)
    assert stored_tokens(world) == kept
    assert world.connection.state == "ready"


def test_a_new_consent_ends_the_need_for_it(world: World) -> None:
    """A connection that lost its consent works again after the next one."""
    world.authorize()
    with world.store.work() as work:
        work.connections.save_tokens(world.connection_id, Tokens("", "spent", 0))
        work.commit()
    run = world.run()
    assert run.error is not None
    assert (run.status, run.error["code"], world.connection.state) == ("failed", "needs_consent", "needs_consent")
    assert dict(world.connection.attention)["remedy"]
    world.authorize()
    assert (world.connection.state, dict(world.connection.attention)) == ("ready", {})
    assert world.run().status in {"held", "succeeded"}


def test_testing_a_connection_notices_the_wrong_company(world: World) -> None:
    """The test says what a run would say."""
    world.authorize()
    world.give_tokens(world.sandbox.add_company())
    with pytest.raises(WrongCompanyError):
        connections.test(world.connection, world.connect)


def test_a_connection_is_found_by_name_or_by_being_the_only_one(world: World) -> None:
    """With one connection nobody has to name it; with two the question names both."""
    store, group = world.store, world.group.id
    assert connections.find(store, group, None).name == CONNECTION
    connections.add(store, world.anna, group, "other", "visma_eaccounting")
    assert connections.find(store, group, "other").name == "other"
    with pytest.raises(UsageError) as caught:
        connections.find(store, group, None)
    assert f"other, {CONNECTION}" in str(caught.value.remedy)
    with pytest.raises(RefusedError, match="no connection named fortnox"):
        connections.find(store, group, "fortnox")
    assert [c.name for c in connections.list_connections(store, group)] == ["other", CONNECTION]


def test_a_removed_connection_leaves_the_customers_on_both_sides(world: World) -> None:
    """Only the connection's own memory goes; connecting again finds the same customers."""
    world.configure({"approve_first_run": False})
    world.company.add_customer(CustomerNumber="1001", Name="Kund 1001 AB")
    assert world.run().status == "succeeded"
    customer = world.customer("1001")
    with world.store.lock(f"run-{world.connection_id}"), pytest.raises(LockedError):
        connections.remove(world.store, world.anna, world.connection)
    connections.remove(world.store, world.anna, world.connection)
    assert world.customer("1001") == customer
    assert world.link_state("1001") == "none"
    assert [c["CustomerNumber"] for c in world.company.customers()] == ["1001"]
    assert connections.standings(world.store, world.group.id) == ()
    with world.store.work() as work:
        world.connection_id = work.connections.add(world.group.id, CONNECTION, bootstrap.VISMA_EACCOUNTING).id
        work.commit()
    world.authorize()
    world.configure({"approve_first_run": False})
    assert world.run().status == "succeeded"
    assert world.link_state("1001") == "linked"
    assert world.numbers() == ["1001"]


def test_a_removal_that_is_cut_off_leaves_nothing_that_could_run(world: World) -> None:
    """Half of its memory gone, it would take every customer for new: it is shut first, and removed once more."""
    world.configure({"approve_first_run": False})
    world.company.add_customer(CustomerNumber="1001", Name="Kund 1001 AB")
    assert world.run().status == "succeeded"
    cut_off = Steps("after commit", nth=2)
    with pytest.raises(KilledError):
        connections.remove(MortalStore(world.store, cut_off), world.anna, world.connection)  # type: ignore[arg-type]  # nearly
    assert world.run().status == "failed"
    assert [
        standing.connection.attention["code"] for standing in connections.standings(world.store, world.group.id)
    ] == ["half_removed"]
    connections.remove(world.store, world.anna, world.connection)
    assert (world.numbers(), connections.standings(world.store, world.group.id)) == (["1001"], ())


def test_where_a_connection_stands(world: World) -> None:
    """The last run, the last good one, how many are linked and how many questions wait."""
    world.configure({"approve_first_run": False})
    world.company.add_customer(CustomerNumber="1001", Name="Kund 1001 AB")
    world.company.add_customer(CustomerNumber=None, Name="Utan nummer")
    good = world.run()
    world.configure({"paused": True})
    last = world.run()
    (standing,) = connections.standings(world.store, world.group.id)
    assert (standing.last, standing.good) == (last, good)
    assert (standing.open_conflicts, standing.linked) == (1, 1)


def test_fields_that_accounting_leads_are_known_to_the_register(world: World) -> None:
    """A field that a connection takes from accounting names the connection; a group's setting covers its members."""
    led = connections.led_by_accounting(world.store, bootstrap.default_directions)
    assert led(world.group.id)["terms_of_payment"] == CONNECTION
    assert "phone" not in led(world.group.id)
    world.configure({"field.phone.direction": "from_accounting", "field.contact.direction": "from_accounting"})
    found = led(world.group.id)
    assert {"phone", "contact_name", "contact_email"} <= found.keys()
    world.configure({"paused": True})
    assert led(world.group.id) == {}
