"""The people of the register in the console: added, given rights, put in teams, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.people import NewUser
from syncd.register.access import Permission

if TYPE_CHECKING:
    from syncd.ports.people import UserInfo
    from tests.web.site import Browser, Site
    from tests.world import World


def _user(world: World, login: str) -> UserInfo:
    with world.store.reading() as work:
        found = work.users.find(world.group.id, login)
    assert found is not None
    return found


def test_a_user_is_added_given_rights_and_logs_in(site: Site, world: World) -> None:
    """With a password for one login that is shown once."""
    anna = site.logged_in()
    form = anna.get("/users/add")
    wrong = anna.submit(form, "/users/add", login="bo ek", name="Bo")
    assert (wrong.status, "The login cannot be used." in wrong.text) == (422, True)
    page = anna.submit(form, "/users/add", login="bo", name="Bo Ek", email="bo@example.se")
    password = page.html.partition("Password</dt><dd><code>")[2].partition("<")[0]
    assert site.browser().log_in("bo", password).path == "/password"
    assert anna.submit(form, "/users/add", login="bo", name="Bo").status == 422

    path = f"/users/{_user(world, 'bo').id}"
    rights = anna.get(path)
    anna.submit(rights, f"{path}/rights", right=["view", "edit"])
    assert _user(world, "bo").permissions == {"view", "edit"}
    assert anna.submit(rights, f"{path}/rights", right=["view", "delete"]).status == 409
    anna.submit(anna.get(path), f"{path}/rights", right=["view", "administrator"])
    assert (sorted(_user(world, "bo").permissions), _user(world, "bo").administrator) == (["view"], True)


def test_a_user_is_changed_as_it_was_seen(site: Site, world: World) -> None:
    """Switched off, the user cannot log in; the last administrator stays."""
    world.hire("tore", "Tore")
    anna, path = site.logged_in(), f"/users/{_user(world, 'tore').id}"
    form = anna.get(path)
    anna.submit(form, path, phone="08-1", active="no")
    assert (_user(world, "tore").phone, _user(world, "tore").active) == ("08-1", False)
    late = anna.submit(form, path, phone="08-2")
    assert (late.status, "Your form had: 08-2" in late.text) == (409, True)
    own = f"/users/{_user(world, 'anna').id}"
    last = anna.submit(anna.get(own), own, active="no")
    assert (last.status, "This is the last administrator." in last.text) == (422, True)
    assert anna.submit(anna.get(own), f"{own}/rights", right=[]).status == 422


def test_users_of_a_customer_are_managed_within_the_rights_of_whoever_does_it(site: Site, world: World) -> None:
    """Only of customers that are seen, only with rights that one has, never a colleague (R-27)."""
    mine, other = world.add("1001", {"name": "Fisk AB"}), world.add("1002", {"name": "Kött AB"})
    rights = {
        Permission.VIEW_ONLY_ASSIGNED,
        Permission.CREATE_CUSTOMER_USERS,
        Permission.CHANGE_CUSTOMER_USERS_RIGHTS,
    }
    site.hire(NewUser("tove", "Tove", permissions=frozenset(rights)))
    world.assign("1001", ["tove"])
    tove = site.logged_in("tove")
    assert f"/users?customer={mine.id}" in tove.get(f"/customers/{mine.id}").links
    form = tove.get(f"/users/add?customer={mine.id}")
    page = tove.submit(form, "/users/add", login="kim", name="Kim Kund")
    assert "For one login." in page.text
    kim = _user(world, "kim")
    assert (kim.customer_id, sorted(kim.permissions)) == (mine.id, ["view"])
    one = tove.get(f"/users/{kim.id}")
    assert ("Administrator" in one.text, "Delete this user" in one.text) == (False, False)
    own = one.form("/logout").fields
    assert tove.get(f"/users?customer={other.id}").status == 404
    assert tove.get(f"/users/add?customer={other.id}").status == 404
    assert tove.post("/users/add", {**own, "customer": str(other.id), "login": "x", "name": "X"}).status == 404
    assert tove.post("/users/add", {**own, "login": "x", "name": "X"}).status == 403
    assert tove.post(f"/users/{kim.id}/delete", own).status == 403
    seen = one.form(f"/users/{kim.id}/rights").fields["seen"]
    grab = tove.post(f"/users/{kim.id}/rights", {**own, "seen": seen, "right": ["view", "administrator"]})
    assert (grab.status, _user(world, "kim").administrator) == (422, False)
    anna_id = _user(world, "anna").id
    assert [tove.get(f"/users/{anna_id}").status, tove.post(f"/users/{anna_id}/password", own).status] == [404, 404]
    anna = site.logged_in()
    assert "The user is deleted." in anna.submit(anna.get(f"/users/{kim.id}"), f"/users/{kim.id}/delete").text


def test_a_customer_user_finds_no_page_of_the_company(site: Site, world: World) -> None:
    """Not one of the register's pages; their own orders are their first page (R-27)."""
    customer = world.add("1001", {"name": "Fisk AB", "comments": "Hund!"})
    every = frozenset({Permission.VIEW, Permission.CREATE_CUSTOMER_USERS})
    site.hire(NewUser("kim", "Kim Kund", customer_id=customer.id, permissions=every))
    kim = site.logged_in("kim")
    for path in (
        "/customers",
        "/customers/add",
        f"/customers/{customer.id}",
        f"/customers/{customer.id}/history",
        "/discount-letters",
        "/articles",
        "/custom-fields",
        "/teams",
        "/settings",
        "/notices",
    ):
        assert kim.get(path).status == 404, path
    people = kim.get("/users")
    assert ("Kim Kund" in people.text, "Anna" in people.text) == (True, False)
    assert "Hund!" not in kim.get("/").text


def test_teams_are_made_filled_renamed_and_forgotten(site: Site, world: World) -> None:
    """As they were seen; a name that is taken is refused."""
    for login in ("tekla", "tore"):
        world.hire(login, login.title())
    anna = site.logged_in()
    page = anna.submit(anna.get("/teams"), "/teams", name="Norr & Öst")
    assert ("The team is saved." in page.text, "Tekla" in page.text) == (True, True)
    anna.submit(page, "/teams/one", login=["tekla", "tore"])
    assert anna.submit(page, "/teams/one", login=["tore"]).status == 409
    form = anna.get("/teams/one?team=Norr+%26+%C3%96st")
    lists = anna.submit(form, "/teams/one", login=["tore"], name="Norr")
    assert ("Norr" in lists.text, "Tore" in lists.text) == (True, True)
    anna.submit(anna.get("/teams"), "/teams", name="Söder")
    taken = anna.submit(anna.get("/teams"), "/teams", name="söder")
    assert (taken.status, "There is such a team already." in taken.text) == (422, True)
    gone = anna.submit(anna.get("/teams/one?team=Norr"), "/teams/one/remove")
    assert ("The team is forgotten." in gone.text, "Norr" in gone.text) == (True, False)


def _told(browser: Browser) -> str:
    return browser.get("/notices").text


def test_everybody_reads_what_they_were_told(site: Site, world: World) -> None:
    """Their own alone; once read, it is shown when it is asked for (R-18)."""
    site.hire(NewUser("tore", "Tore", permissions=frozenset({Permission.VIEW_ONLY_ASSIGNED})))
    world.add("1001", {"name": "Fisk AB"})
    world.assign("1001", ["tore"])
    anna, tore = site.logged_in(), site.logged_in("tore", language="sv")
    assert "There is nothing new." in _told(anna)
    page = tore.get("/notices")
    assert ("Kund 1001 har tilldelats dig" in page.text, "Fisk AB" in page.text) == (True, True)
    ids = page.form("/notices").fields["id"]
    anna.post("/notices", {**anna.get("/").form("/logout").fields, "id": ids})
    assert "Kund 1001 har tilldelats dig" in _told(tore)
    tore.submit(page, "/notices")
    assert "Kund 1001 har tilldelats dig" not in _told(tore)
    assert "Kund 1001 har tilldelats dig" in tore.get("/notices?read=yes").text
