"""Integrations: connected in the browser, to the company that was seen, and set up in plain words (R-31)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from syncd.ports.people import NewUser
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.consents import PATIENCE
from syncd.services.register.catalogues import add_entry
from tests.web.pages.watching import ran

if TYPE_CHECKING:
    from tests.web.site import Browser, Shown, Site
    from tests.world import World

VISMA = "/integrations/visma"
BACK = "/integrations/consent"


def asked(browser: Browser, path: str = VISMA) -> str:
    """Begin a consent; returns the address of the accounting system's own page."""
    page = browser.submit(browser.get(path), f"{path}/connect")
    return next(link for link in page.links if "/connect/authorize" in link)


def agreed(url: str) -> str:
    """What a person's browser is sent back to by the accounting system."""
    with httpx.Client(trust_env=False) as browser:  # noqa: TID251 - a person's browser
        return browser.get(f"{url}&auto=1").headers["Location"]


def brought_back(browser: Browser, address: str) -> Shown:
    parts = urlsplit(address)
    assert parts.path == BACK
    return browser.get(f"{parts.path}?{parts.query}")


def test_an_integration_is_added_and_connected_in_the_browser(site: Site, world: World) -> None:
    """The company is shown before anything is stored; then the connection runs."""
    anna = site.logged_in()
    page = anna.submit(anna.get("/integrations"), "/integrations", system="visma_eaccounting", name="second")
    assert ("Not connected" in page.text, page.path) == (True, "/integrations/second")
    url = asked(anna, "/integrations/second")
    query = parse_qs(urlsplit(url).query)
    assert (query["prompt"], query["code_challenge_method"]) == (["select_account"], ["S256"])
    assert query["redirect_uri"] == [f"{site.url}{BACK}"]
    shown = brought_back(anna, agreed(url))
    assert ("Is this the company?" in shown.text, "Testbolaget AB" in shown.text) == (True, True)
    with world.store.reading() as work:
        made = work.connections.find(world.group.id, "second")
        assert made is not None
        assert (made.state, work.connections.tokens(made.id)) == ("needs_consent", None)
    done = anna.submit(shown, BACK)
    assert "The company is connected." in done.text
    assert "Testbolaget AB" in done.text
    tested = anna.submit(done, "/integrations/second/test")
    assert "Accounting answers." in tested.text


def test_a_consent_is_used_once_and_by_the_session_that_began_it(site: Site) -> None:
    """Neither again, nor by another session, nor after a while, nor without its state, nor when it was refused."""
    anna, other = site.logged_in(), site.logged_in()
    address = agreed(asked(anna))
    assert "not waited for" in brought_back(other, address).text
    shown = brought_back(anna, address)
    assert "Is this the company?" in brought_back(anna, address).text  # who reloads the page sees it again
    own = other.get("/").form("/logout").fields
    assert other.post(BACK, {**own, "state": shown.form(BACK).fields["state"]}).status == 422
    assert anna.submit(shown, BACK, state="x").status == 422
    assert "The company is connected." in anna.submit(shown, BACK).text
    assert [anna.submit(shown, BACK).status, brought_back(anna, address).status] == [422] * 2

    late = agreed(asked(anna))
    now = site.clock
    site.clock = lambda: now() + PATIENCE + timedelta(seconds=1)
    assert brought_back(anna, late).status == 422
    site.clock = now
    for query in ("", "?code=x", "?state=&code=x"):
        assert anna.get(f"{BACK}{query}").status == 422
    state = parse_qs(urlsplit(asked(anna)).query)["state"][0]
    denied = anna.get(f"{BACK}?state={state}&error=access_denied")
    assert (denied.status, "must give consent again" in denied.text) == (409, True)


def test_another_company_than_before_cannot_be_connected_by_mistake(site: Site, world: World) -> None:
    """It is named, and there is no button to go on with."""
    world.run()
    with world.store.work() as work:
        work.connections.save(world.connection_id, company={**world.connection.company, "identity": "elsewhere"})
        work.commit()
    anna = site.logged_in()
    shown = brought_back(anna, agreed(asked(anna)))
    assert "This connection belongs to" in shown.text
    assert BACK not in [form.action for form in shown.forms]


def test_settings_are_changed_in_plain_words_and_seen_in_a_dry_run(site: Site, world: World) -> None:
    """Only what was changed is stored; a field that goes one way only is seen in the plan."""
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB", Telephone="08-1")
    world.run()
    world.change("1001", {"phone": "08-2"})
    before = dict(world.connection.settings)
    anna = site.logged_in()
    page = anna.get(VISMA)
    saved = anna.submit(page, VISMA, **{"field.phone.direction": "off", "max_deactivations": "7"})
    assert "The settings are saved." in saved.text
    assert dict(world.connection.settings) == {**before, "field.phone.direction": "off", "max_deactivations": 7}
    assert "It changed nothing." in ran(anna, saved, "/connections/visma/sync", how="dry_run").text


def test_a_policy_of_one_field_is_taken_back(site: Site, world: World) -> None:
    """*As for the whole connection* is stored as well, and not only said to be."""
    anna = site.logged_in()
    anna.submit(anna.get(VISMA), VISMA, **{"field.phone.policy": "register"})
    assert world.connection.settings["field.phone.policy"] == "register"
    page = anna.submit(anna.get(VISMA), VISMA, **{"field.phone.policy": ""})
    assert page.form(VISMA).fields["field.phone.policy"] == ""
    assert world.connection.settings["field.phone.policy"] is None


def test_a_field_of_ones_own_gets_a_place_in_accounting(site: Site, world: World) -> None:
    """Only places that can hold it are offered, and each is given once; it is sent, until the place is taken away."""
    with world.store.work() as work:
        for key, kind in (("floor", "text"), ("built", "date"), ("lift", "yes_no")):
            add_entry(work, world.anna, world.group.id, CUSTOM_FIELDS, {"key": key, "label": key.title(), "type": kind})
    world.add("1001", {"name": "Fisk AB", "invoice_city": "Umeå", "invoice_postal_code": "903 26"})
    world.run()
    world.change("1001", {"custom.floor": "3 trappor"})
    anna = site.logged_in()
    page = anna.get(VISMA)
    assert "Electronic reference (35 characters)" in page.text
    assert "no place in accounting holds that" in page.text
    names = page.form(VISMA).names
    assert ("field.custom.lift.target" in names, "field.custom.built.policy" in names) == (False, False)
    saved = anna.submit(page, VISMA, **{"field.custom.floor.target": "ElectronicReference"})
    assert world.connection.settings["field.custom.floor.target"] == "ElectronicReference"
    ran(anna, saved, "/connections/visma/sync")
    assert world.company.customer("1001")["ElectronicReference"] == "3 trappor"
    twice = anna.submit(anna.get(VISMA), VISMA, **{"field.custom.built.target": "ElectronicReference"})
    assert (twice.status, "several fields" in twice.text) == (422, True)
    anna.submit(anna.get(VISMA), VISMA, **{"field.custom.floor.target": ""})
    assert not world.connection.settings["field.custom.floor.target"]
    assert "Fields are no longer synchronised as before." in ran(anna, saved, "/connections/visma/sync").text


def test_references_are_seen_before_they_are_written(site: Site, world: World) -> None:
    """The switch is saved, a dry run shows the plan, and the run after it is held: no document has changed (S-32)."""
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB")
    world.run()
    world.configure({"approve_first_run": True})
    world.hire("tore", "Tore Tekniker")
    world.assign("1001", ["tore"])
    made = world.company.add_document("orders", "1001")
    anna = site.logged_in()
    page = anna.get(VISMA)
    assert "To see which references would be written" in page.text
    look = ran(anna, page, VISMA, add_assigned_in_our_reference="true", then="look")
    for text in ("Dry run, nothing written", "1 reference written", "Tore Tekniker"):
        assert text in look.text
    held = ran(anna, anna.get("/"), "/connections/visma/sync")
    assert ("Held, nothing written" in held.text, "Our reference was switched on" in held.text) == (True, True)
    assert not world.company.document(made["Id"])["OurReference"]
    ran(anna, held, f"{held.path}/approve")
    assert world.company.document(made["Id"])["OurReference"] == "Tore Tekniker"


def test_a_wrong_setting_is_named_and_nothing_is_stored(site: Site, world: World) -> None:
    """What was typed stands there still; a page that is out of date is shown anew (409)."""
    anna = site.logged_in()
    page = anna.get(VISMA)
    before = world.connection.settings
    wrong = anna.submit(page, VISMA, max_deactivations="many", conflict_policy="register")
    assert (wrong.status, "max_deactivations" in wrong.text) == (422, True)
    assert wrong.form(VISMA).fields["max_deactivations"] == "many"
    assert world.connection.settings == before
    world.configure({"deletion": "keep"})
    stale = anna.submit(page, VISMA, max_deactivations="9")
    assert (stale.status, world.connection.settings.get("max_deactivations")) == (409, None)


def test_an_integration_is_paused_resumed_and_removed(site: Site, world: World) -> None:
    """Removing asks first, and says what is lost."""
    anna = site.logged_in()
    assert "nothing runs" in anna.submit(anna.get(VISMA), f"{VISMA}/pause", paused="yes").text
    assert world.connection.paused
    assert "runs again" in anna.submit(anna.get(VISMA), f"{VISMA}/pause", paused="no").text
    page = anna.get(f"{VISMA}/remove")
    assert "Customers stay on both sides." in page.text
    assert "The connection is removed." in anna.submit(page, f"{VISMA}/remove").text
    assert anna.get(VISMA).status == 404
    assert anna.submit(anna.get("/integrations"), "/integrations", name="-x").status == 422
    assert anna.submit(anna.get("/integrations"), "/integrations", name="x", system="other").status == 404


@pytest.mark.parametrize("login", ["tove", "olle"])
def test_integrations_are_for_administrators_of_their_own_company(site: Site, world: World, login: str) -> None:
    """Nobody else sees one, changes one, or connects one."""
    with world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.commit()
    site.hire(NewUser("tove", "Tove"))
    site.hire(NewUser("olle", "Olle", administrator=True), group=other.id)
    browser = site.logged_in(login, group=other.id if login == "olle" else None)
    status = 404 if login == "olle" else 403
    own = browser.get("/").form("/logout").fields
    assert [browser.get(path).status for path in (VISMA, f"{VISMA}/remove")] == [status] * 2
    doing = ("", "/pause", "/test", "/remove", "/connect")
    assert [browser.post(f"{VISMA}{do}", own).status for do in doing] == [status] * 5
    assert VISMA not in browser.get("/integrations").links
    assert world.connection.state == "ready"
