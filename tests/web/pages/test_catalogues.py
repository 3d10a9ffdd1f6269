"""The registers beside the customers, and the group's settings, in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.ports.people import NewUser
from syncd.register.access import Permission

if TYPE_CHECKING:
    from tests.web.site import Site
    from tests.world import World

BOOKS: tuple[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]], ...] = (
    ("/discount-letters", {"code": "A/1 ö"}, {"percentage": "12,5"}, {"percentage": "mycket"}),
    ("/articles", {"number": "RESA", "text": "Resa"}, {"price": "350"}, {"price": "gratis"}),
    ("/custom-fields", {"key": "zone", "label": "Zon", "type": "text"}, {"label": "Område"}, {"choices": "a;b"}),
)


@pytest.mark.parametrize(("path", "new", "change", "wrong"), BOOKS)
def test_entries_are_added_changed_retired_and_deleted(
    site: Site, path: str, new: dict[str, Any], change: dict[str, Any], wrong: dict[str, Any]
) -> None:
    """Each as it was seen, whatever stands in its key; what is wrong is told at its field."""
    anna = site.logged_in()
    assert "yet. Those added here" in anna.get(path).text
    page = anna.submit(anna.get(f"{path}/add"), f"{path}/add", **new)
    assert ("It is saved." in page.text, next(iter(new.values())) in page.text) == (True, True)
    assert anna.submit(anna.get(f"{path}/add"), f"{path}/add", **new).status == 422
    link = next(one for one in page.links if one.startswith(f"{path}/one?"))
    form = anna.get(link)
    again = anna.submit(form, link, **wrong)
    assert (again.status, f"#{next(iter(wrong))}" in again.links) == (422, True)
    page = anna.submit(form, link, **change)
    assert next(iter(change.values())).replace(",", ".") in page.text
    assert anna.submit(form, link, **dict.fromkeys(change, "9")).status == 409
    retired = anna.submit(anna.get(link), link.replace("/one", "/one/retired"), retired="yes")
    assert "It is retired" in retired.text
    assert "Retired" in anna.get(f"{path}?retired=yes").text
    assert "It is deleted." in anna.submit(anna.get(link), link.replace("/one", "/one/delete")).text
    assert anna.get(link).status == 422


def test_an_entry_in_use_is_not_deleted(site: Site, world: World) -> None:
    """The page says what to do instead (R-08)."""
    anna = site.logged_in()
    anna.submit(anna.get("/discount-letters/add"), "/discount-letters/add", code="A")
    world.add("1001", {"name": "Fisk AB", "discount_letters": "A"})
    page = anna.submit(anna.get("/discount-letters/one?entry=A"), "/discount-letters/one/delete?entry=A")
    assert (page.status, "Retire it instead" in page.text) == (422, True)


def test_a_custom_field_is_on_every_customer(site: Site, world: World) -> None:
    """Beneath the discount letters, in the form, and in the list where it is to be shown (R-25)."""
    anna = site.logged_in()
    new = {"key": "zone", "label": "Zon", "type": "choice", "choices": "Norr;work", "show_in_list": ["no", "yes"]}
    anna.submit(anna.get("/custom-fields/add"), "/custom-fields/add", **new)
    path = f"/customers/{world.add('1001', {'name': 'Fisk AB'}).id}"
    wrong = anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", **{"custom.zone": "Söder"})
    assert (wrong.status, "Zon: Names something that cannot be chosen." in wrong.text) == (422, True)
    page = anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", **{"custom.zone": "Norr"})
    assert "Zon Norr" in page.text
    lists = anna.get("/customers")
    assert ("Zon" in lists.text, "Norr" in lists.text, "Work order" in wrong.text) == (True, True, False)


def test_settings_are_changed_and_numbers_outside_them_are_told(site: Site, world: World) -> None:
    """They stay valid (R-03); what is wrong is told at its field, and nothing is stored then."""
    world.add("1001", {"name": "Fisk AB"})
    anna = site.logged_in()
    form = anna.get("/settings")
    wrong = anna.submit(form, "/settings", customer_number_min_length="x", show_cost_center=["no", "yes"])
    assert (wrong.status, "#customer_number_min_length" in wrong.links) == (422, True)
    with world.store.reading() as work:
        assert not work.groups.settings(world.group.id).show_cost_center
    saved = anna.submit(wrong, "/settings", customer_number_min_length="6")
    assert ("1 customer number is outside the new lengths." in saved.text, "1001" in saved.text) == (True, True)
    with world.store.reading() as work:
        settings = work.groups.settings(world.group.id)
    assert (settings.customer_number_min_length, settings.show_cost_center) == (6, True)
    assert "The settings are saved." in anna.submit(anna.get("/settings"), "/settings", language="sv").text


@pytest.mark.parametrize("path", ["/discount-letters", "/articles", "/custom-fields", "/settings", "/teams", "/users"])
def test_only_administrators_change_what_holds_for_everybody(site: Site, world: World, path: str) -> None:
    """Others read what they choose from; a form that was made up is refused, and strangers to it find nothing."""
    site.hire(NewUser("vera", "Vera", permissions=frozenset({Permission.VIEW, Permission.EDIT, Permission.ASSIGN})))
    site.hire(NewUser("nils", "Nils"))
    vera, nils = site.logged_in("vera"), site.logged_in("nils")
    page = vera.get(path)
    assert (page.status, any(form.action.startswith(path) and form.method == "post" for form in page.forms)) == (
        200,
        False,
    )
    assert not any(link.startswith(f"{path}/add") for link in page.links)
    data = {**page.form("/logout").fields, "code": "A", "number": "A", "key": "a", "text": "A", "label": "A"}
    more = {"type": "text", "login": "ny", "name": "Ny", "show_cost_center": "yes"}
    add = path if path in {"/settings", "/teams"} else f"{path}/add"
    assert vera.post(add, data | more).status == 403
    nobody = {**nils.get("/").form("/logout").fields, **more}
    assert [nils.get(path).status, nils.post(add, nobody).status] == [403, 403]
    assert path in vera.get("/register").links
    assert "There is nothing here for you." in nils.get("/register").text
    with world.store.reading() as work:
        assert not work.groups.settings(world.group.id).show_cost_center
        assert [one.login for one in work.users.list(world.group.id)] == ["anna", "vera", "nils"]
