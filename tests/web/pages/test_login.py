"""Logging in: who gets in, for how long, and what strangers learn."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from syncd.ports.people import NewUser
from syncd.services.logins.entering import Guesses
from syncd.services.logins.sessions import Limits
from syncd.services.register.api_tokens import add_token
from tests.web.site import PASSWORD, Site

if TYPE_CHECKING:
    from syncd.ports.clock import Clock
    from tests.world import World

BERTIL = NewUser("bertil", "Bertil Byrå", administrator=True)


def test_a_stranger_sees_nothing_but_the_door(site: Site) -> None:
    """Every page leads to the login, and after it to where one wanted to go."""
    site.hire(BERTIL, password=PASSWORD)
    browser = site.browser()
    page = browser.get("/account?said=session_ended")
    assert page.path == "/login?to=%2Faccount%3Fsaid%3Dsession_ended"
    page = browser.submit(page, "/login", login="bertil", password=PASSWORD)
    assert page.path == "/account?said=session_ended"
    assert "The session is ended." in page.text


def test_a_wrong_login_and_a_wrong_password_look_alike(site: Site) -> None:
    """Nobody learns which logins there are, nor who may not log in."""
    site.hire(BERTIL, password=PASSWORD)
    site.hire(NewUser("assigned", "Only Assigned"))
    with site.world.store.work() as work:
        gone = work.users.add(site.world.group.id, NewUser("gone", "Gone"))
        work.users.set(gone.id, active=False)
        work.commit()
    pages = [site.browser().log_in(login, "fel lösenord") for login in ("bertil", "nobody", "assigned", "gone", " ")]
    assert {page.status for page in pages} == {403}
    assert len({page.text for page in pages}) == 1
    assert "Login and password do not fit." in pages[0].text


def test_whoever_guesses_is_not_listened_to_any_more(world: World) -> None:
    """Not even with the right password, whichever login is tried; when the window has passed they are."""
    window = timedelta(minutes=20)
    with Site(world, guesses=Guesses(for_login=2, from_address=4, window=window)) as site:
        site.hire(BERTIL, password=PASSWORD)
        assert [site.browser().log_in("bertil", "fel").status for _ in range(3)] == [403, 403, 429]
        assert site.browser().log_in("bertil").status == 429
        assert [site.browser().log_in(name, "fel").status for name in ("a", "b", "c")] == [403, 403, 429]
        now = site.clock
        site.clock = lambda: now() + window
        assert site.browser().log_in("bertil").path == "/"


def test_a_login_that_went_well_forgives_the_slips_before_it(world: World) -> None:
    """Who mistypes now and then is not shut out."""
    with Site(world, guesses=Guesses(for_login=2)) as site:
        site.hire(BERTIL, password=PASSWORD)
        for _ in range(2):
            assert site.browser().log_in("bertil", "fel").status == 403
            assert site.browser().log_in("bertil").path == "/"


def test_a_one_time_password_is_changed_before_anything_else(site: Site) -> None:
    """Every page leads to the change; a new one that is weak, unequal or the old one is refused."""
    site.hire(NewUser("cecilia", "Cecilia", administrator=True, one_time=True), password=PASSWORD)
    browser = site.browser()
    page = browser.log_in("cecilia")
    assert page.path == "/password"
    assert browser.get("/account").path == "/password"
    for new, again, said in (
        ("short", "short", "at least 8 characters"),
        ("långt nog åtta", "långt nog nio", "differ"),
        (PASSWORD, PASSWORD, "the password you have"),
    ):
        assert said in browser.submit(page, "/password", old=PASSWORD, new=new, again=again).text
    assert "do not fit" in browser.submit(page, "/password", old="fel", new="x" * 9, again="x" * 9).text
    page = browser.submit(page, "/password", old=PASSWORD, new="ett helt nytt", again="ett helt nytt")
    assert (page.path, "Your password is changed" in page.text) == ("/?said=password_changed", True)
    assert site.browser().log_in("cecilia", "ett helt nytt").path == "/"


def _later(now: Clock, passed: timedelta) -> datetime:
    return now() + passed


def test_a_session_ends_unused_and_after_a_day_of_work(world: World) -> None:
    """Half an hour without a page, twelve hours in any case: these are settings."""
    with Site(world, limits=Limits(timedelta(minutes=30), timedelta(hours=2))) as site:
        anna = site.logged_in()
        now = site.clock
        for minutes in range(0, 120, 29):
            site.clock = partial(_later, now, timedelta(minutes=minutes))
            site.world.store._clock = site.clock
            assert anna.get("/").path == "/"
        site.clock = lambda: now() + timedelta(hours=2)
        assert anna.get("/").path == "/login"
        late = site.logged_in()
        site.clock = lambda: now() + timedelta(hours=2, minutes=61)
        assert late.get("/").path == "/login"


def test_sessions_can_be_ended_from_anywhere(site: Site, world: World) -> None:
    """Logged out, ended from another browser, password changed, user deactivated: the cookie is worth nothing."""
    site.hire(BERTIL, password=PASSWORD)
    here, there = site.logged_in("bertil"), site.logged_in("bertil")
    account = here.get("/account")
    action = next(form.action for form in account.forms if form.action.startswith("/account/sessions/"))
    assert "The session is ended." in here.submit(account, action).text
    assert there.get("/").path == "/login"

    there = site.logged_in("bertil")
    page = here.submit(here.get("/password"), "/password", old=PASSWORD, new="ett helt nytt", again="ett helt nytt")
    assert (page.path.partition("?")[0], there.get("/").path) == ("/", "/login")

    token = here.client.cookies["syncd"]
    assert here.submit(here.get("/"), "/logout").path == "/login"
    here.client.cookies.set("syncd", token)
    assert here.get("/").path == "/login"

    last = site.logged_in("bertil")
    with world.store.work() as work:
        found = work.users.find(world.group.id, "bertil")
        assert found is not None
        work.users.set(found.id, active=False)
        work.commit()
    assert last.get("/").path == "/login"


def test_whoever_lost_a_telephone_logs_out_everywhere(site: Site, world: World) -> None:
    """Oneself, this browser as well; or an administrator does it for somebody."""
    site.hire(BERTIL, password=PASSWORD)
    here, there = site.logged_in("bertil"), site.logged_in("bertil")
    page = here.submit(here.get("/account"), "/account/everywhere")
    assert (page.path, here.get("/").path, there.get("/").path) == ("/login", "/login", "/login")
    last, anna = site.logged_in("bertil"), site.logged_in()
    with world.store.reading() as work:
        bertil = work.users.find(world.group.id, "bertil")
    assert bertil is not None
    page = anna.submit(anna.get(f"/users/{bertil.id}"), f"/users/{bertil.id}/sessions")
    assert ("Every session of the user is ended." in page.text, last.get("/").path) == (True, "/login")


def test_people_see_their_programs_and_revoke_them(site: Site, world: World) -> None:
    """Their own alone, whatever else they may."""
    site.hire(BERTIL, password=PASSWORD)
    with world.store.work() as work:
        for login in ("anna", "bertil"):
            actor = work.users.actor(world.group.id, login)
            assert actor is not None
            add_token(work, actor, world.group.id, f"program of {login}")
        annas, bertils = work.api_tokens.list(world.group.id)
    bertil = site.logged_in("bertil")
    page = bertil.get("/account")
    assert ("program of bertil" in page.text, "program of anna" in page.text) == (True, False)
    token = page.form("/logout").fields
    assert bertil.post(f"/account/tokens/{annas.id}", token).status == 404
    assert "The token is revoked." in bertil.submit(page, f"/account/tokens/{bertils.id}").text
    with world.store.reading() as work:
        assert [one.name for one in work.api_tokens.list(world.group.id)] == ["program of anna"]


def test_whoever_holds_a_session_cannot_guess_its_password(world: World) -> None:
    """Wrong old passwords count as wrong logins do; right ones are no login."""
    with Site(world, guesses=Guesses(for_login=2)) as site:
        site.hire(BERTIL, password=PASSWORD)
        thief = site.logged_in("bertil")
        typed = {"new": "ett helt nytt", "again": "ett helt nytt"}
        page = thief.get("/password")
        assert [thief.submit(page, "/password", old="fel", **typed).status for _ in range(3)] == [403, 403, 429]
        assert thief.submit(page, "/password", old=PASSWORD, **typed).status == 429
        now = site.clock
        site.clock = lambda: now() + timedelta(minutes=16)
        assert thief.submit(page, "/password", old=PASSWORD, **typed).status == 200
        assert "Logged in" not in thief.get("/account").text


def test_people_see_who_logged_in_as_them(site: Site) -> None:
    """And who tried."""
    site.hire(BERTIL, password=PASSWORD)
    site.browser().log_in("bertil", "fel")
    browser = site.browser()
    browser.log_in("bertil")
    text = browser.get("/account").text
    assert ("Refused" in text, "Logged in" in text, "This browser" in text) == (True, True, True)


def test_with_several_companies_the_company_is_asked_for(site: Site, world: World) -> None:
    """The same login may be in both; nobody is told which companies there are."""
    site.hire(BERTIL, password=PASSWORD)
    assert "company" not in site.browser().get("/login").form("/login").names
    with world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.commit()
    site.hire(NewUser("bertil", "En annan Bertil"), password="ett annat lösenord", group=other.id)
    assert "company" in site.browser().get("/login").form("/login").names
    assert site.browser().log_in("bertil").status == 403
    assert site.browser().log_in("bertil", company="Finns inte").status == 403
    assert site.browser().log_in("bertil", company="Andra bolaget").status == 403
    page = site.browser().log_in("bertil", "ett annat lösenord", company="Andra bolaget")
    assert ("En annan Bertil" in page.text, "Andra bolaget" in page.text) == (True, True)


def test_what_has_run_out_is_forgotten(site: Site, world: World) -> None:
    """Sessions at their end; attempts after a quarter of a year."""
    from syncd.services.logins.sessions import KEPT, prune  # noqa: PLC0415 - this test alone

    site.hire(BERTIL, password=PASSWORD)
    site.browser().log_in("bertil")
    now = site.clock
    prune(world.store, Limits(), now)
    with world.store.reading() as work:
        bertil = work.users.find(world.group.id, "bertil")
        assert bertil is not None
        assert (len(work.logins.sessions(bertil.id)), len(work.logins.latest(bertil.id, 9))) == (1, 1)
    prune(world.store, Limits(), lambda: now() + KEPT + timedelta(hours=1))
    with world.store.reading() as work:
        assert (work.logins.sessions(bertil.id), work.logins.latest(bertil.id, 9)) == ((), ())
