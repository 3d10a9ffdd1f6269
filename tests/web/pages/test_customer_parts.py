"""What belongs to a customer in the console: contacts, facilities, articles, orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.ports.people import NewUser
from syncd.register.access import Permission
from syncd.register.catalogues import ARTICLES
from syncd.services.register import catalogues

if TYPE_CHECKING:
    from tests.web.site import Site
    from tests.world import World


@pytest.fixture
def path(world: World) -> str:
    """The page of a customer; there is an article to place on it."""
    with world.store.work() as work:
        typed = {"number": "RESA", "text": "Resa", "price": "350", "unit": "st"}
        catalogues.add_entry(work, world.anna, world.group.id, ARTICLES, typed)
    return f"/customers/{world.add('1001', {'name': 'Fisk AB'}).id}"


PARTS: tuple[tuple[str, dict[str, Any], dict[str, Any], tuple[dict[str, Any], str]], ...] = (
    (
        "contacts",
        {"name": "Kim Ek", "email": "kim@example.se", "send_work_orders": ["no", "yes"]},
        {"name": "Kim Alm"},
        ({"email": "", "send_work_orders": ["no", "yes"]}, "no e-mail address"),
    ),
    ("facilities", {"name": "Panncentralen", "city": "Umeå"}, {"name": "Tvätten"}, ({"name": ""}, "Cannot be empty")),
    ("articles", {"kind": "service", "article": "RESA"}, {"quantity": "2"}, ({"quantity": "många"}, "Is not a number")),
)


@pytest.mark.parametrize(("part", "new", "change", "wrong"), PARTS)
def test_parts_of_a_customer_are_added_changed_and_taken_away(
    site: Site, path: str, part: str, new: dict[str, Any], change: dict[str, Any], wrong: tuple[dict[str, Any], str]
) -> None:
    """Each as it was seen: a form that comes too late writes nothing, and one with a mistake is shown again."""
    anna = site.logged_in()
    page = anna.submit(anna.get(f"{path}/{part}/add"), f"{path}/{part}/add", **new)
    assert "The customer is saved." in page.text
    form = anna.get(f"{path}/{part}/1")
    again = anna.submit(form, f"{path}/{part}/1", **wrong[0])
    assert (again.status, wrong[1] in again.text) == (422, True)
    changed = anna.submit(form, f"{path}/{part}/1", **change)
    assert ("The customer is saved." in changed.text, next(iter(change.values())) in changed.text) == (True, True)
    late = anna.submit(form, f"{path}/{part}/1", **{name: f"{value}9" for name, value in change.items()})
    assert (late.status, "Your form had:" in late.text) == (409, True)
    assert anna.submit(form, f"{path}/{part}/1/remove").status == 409
    anna.submit(anna.get(f"{path}/{part}/1"), f"{path}/{part}/1/remove")
    assert anna.get(f"{path}/{part}/1").status == 404


def test_who_may_not_change_a_customer_changes_nothing_of_it(site: Site, world: World, path: str) -> None:
    """Neither links nor forms; somebody who sees nothing is told that there is nothing."""
    site.hire(NewUser("vera", "Vera", permissions=frozenset({Permission.VIEW})))
    site.hire(NewUser("nils", "Nils"))
    vera, nils = site.logged_in("vera"), site.logged_in("nils")
    page = vera.get(path)
    for part in ("contacts", "facilities", "articles"):
        assert f"{path}/{part}/add" not in page.links
        for browser, status in ((vera, 403), (nils, 404)):
            data = {**browser.get("/").form("/logout").fields, "name": "x", "kind": "service", "article": "RESA"}
            seen = {"seen": f"{path.rpartition('/')[2]}-1"}
            assert browser.get(f"{path}/{part}/add").status == status
            assert browser.post(f"{path}/{part}/add", data | seen).status == status
            assert browser.post(f"{path}/{part}/1/remove", data | seen).status == status
    assert len(world.history("1001")) == 1


def test_an_order_is_added_from_the_customer(site: Site, world: World, path: str) -> None:
    """It is placed on the technicians, begins with the articles, is sorted and changed (R-12, R-13)."""
    world.hire("tore", "Tore Tekniker")
    world.assign("1001", ["tore"])
    anna = site.logged_in()
    anna.submit(anna.get(f"{path}/articles/add"), f"{path}/articles/add", kind="work_order", article="RESA")
    form = anna.get(f"{path}/orders/add?kind=order")
    assert "It is placed on: Tore Tekniker." in form.text
    assert anna.submit(form, f"{path}/orders/add", title="").status == 422
    page = anna.submit(form, f"{path}/orders/add", title="Läcka", description="rad 1\r\nrad 2")
    assert ("It is added." in page.text, "Läcka" in page.text) == (True, True)
    order = anna.get(f"{path}/orders/1")
    for text in ("Läcka", "Tore Tekniker", "RESA", "Work order", "rad 1"):
        assert text in order.text
    done = anna.submit(order, f"{path}/orders/1", status="done")
    assert ("It is saved." in done.text, "Done" in done.text) == (True, True)
    assert anna.submit(order, f"{path}/orders/1", status="cancelled").status == 409
    for number in range(12):
        anna.submit(form, f"{path}/orders/add", title=f"Nr {number:02}")
    card = anna.get(path)
    assert ("View all 13, and sort them" in card.text, card.html.count(f'href="{path}/orders/') > 10) == (True, True)
    lists = anna.get(f"{path}/orders?kind=order&sort=title")
    assert any("sort=technician" in link for link in lists.links)
    assert lists.text.index("Läcka") < lists.text.index("Nr 00") < lists.text.index("Nr 11")
    assert "None yet." in anna.get(f"{path}/orders?kind=quotation").text
    assert [anna.get(f"{path}/orders{odd}").status for odd in ("", "?kind=x", "/99", "/add?kind=x")] == [404] * 4


def test_nothing_new_is_added_to_a_deactivated_customer(site: Site, world: World, path: str) -> None:
    """It is not offered, and a form from before is refused; what was done stays (R-13, R-15)."""
    anna = site.logged_in()
    form = anna.get(f"{path}/orders/add?kind=error_report")
    anna.submit(form, f"{path}/orders/add", title="Före")
    world.set_active("1001", active=False)
    card = anna.get(path)
    assert (any("orders/add" in link for link in card.links), "Före" in card.text) == (False, True)
    assert "nothing new can be added" in anna.get(f"{path}/orders/add?kind=order").text
    assert anna.submit(form, f"{path}/orders/add", title="Efter").status == 422


def test_an_order_has_what_the_settings_show(site: Site, world: World, path: str) -> None:
    """Cost center and the customer's order number; an order without a required one is refused (R-22, R-23)."""
    anna = site.logged_in()
    assert "cost_center" not in anna.get(f"{path}/orders/add?kind=order").form(f"{path}/orders/add").names
    world.configure_group({"show_cost_center": True, "require_order_number": True})
    form = anna.get(f"{path}/orders/add?kind=order")
    wrong = anna.submit(form, f"{path}/orders/add", title="Läcka", cost_center="K1")
    assert (wrong.status, "#customer_order_number" in wrong.links) == (422, True)
    anna.submit(wrong, f"{path}/orders/add", customer_order_number="B-7")
    assert "B-7" in anna.get(f"{path}/orders/1").text


def test_orders_of_another_customer_are_not_shown_here(site: Site, world: World, path: str) -> None:
    """By a made up address: the number of an order belongs to its customer's page alone."""
    other = f"/customers/{world.add('1002', {'name': 'Kött AB'}).id}"
    anna = site.logged_in()
    anna.submit(anna.get(f"{other}/orders/add?kind=order"), f"{other}/orders/add", title="Läcka")
    assert (anna.get(f"{other}/orders/1").status, anna.get(f"{path}/orders/1").status) == (200, 404)
    site.hire(NewUser("tove", "Tove", permissions=frozenset({Permission.VIEW_ONLY_ASSIGNED, Permission.EDIT})))
    world.assign("1001", ["tove"])
    tove = site.logged_in("tove")
    data = {**tove.get("/").form("/logout").fields, "title": "x", "kind": "order"}
    assert [tove.get(f"{other}/orders/1").status, tove.post(f"{other}/orders/1", data).status] == [404, 404]
    assert tove.post(f"{other}/orders/add", data).status == 404
