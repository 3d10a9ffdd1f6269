"""The customers of the console: found, looked at, added, changed, switched off, deleted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from syncd.ports.people import NewUser
from syncd.register.access import Permission
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.orders import OrderKind
from syncd.services.register import contacts, items, orders
from syncd.services.register.catalogues import add_entry
from syncd.web.pages.customers import COLUMNS
from tests.web.pages.queries import counted

if TYPE_CHECKING:
    from syncd.register.fields import Value
    from tests.web.site import Browser, Shown, Site
    from tests.world import World

PERSONAL = "850612-1006"
"""A made up person, with a check digit that fits."""


def _id(world: World, number: str) -> int:
    found = world.customer(number)
    assert found is not None
    return found.id


def _path(world: World, number: str) -> str:
    return f"/customers/{_id(world, number)}"


def _hire(site: Site, login: str, *permissions: Permission) -> Browser:
    site.hire(NewUser(login, login.title(), permissions=frozenset(permissions)))
    return site.logged_in(login)


# ----- the list


def test_an_empty_register_says_what_to_do(site: Site) -> None:
    """Whoever may add is led there; nobody else is."""
    page = site.logged_in().get("/customers")
    assert ("There are no customers yet" in page.text, "/customers/add" in page.links) == (True, True)
    page = _hire(site, "vera", Permission.VIEW).get("/customers")
    assert ("There are no customers yet" in page.text, "/customers/add" in page.links) == (True, False)


def test_customers_are_found_and_what_is_searched_for_stays_out_of_the_address(site: Site, world: World) -> None:
    """Addresses are logged and kept: the text in them is sealed, and another session cannot read it."""
    world.add("1001", {"name": "Fisk AB", "invoice_city": "Örebro"})
    world.add("1002", {"name": "Kött AB", "invoice_city": "Umeå"})
    anna = site.logged_in()
    page = anna.submit(anna.get("/customers"), "/customers/search", search="örebro", active="yes")
    assert ("Fisk AB" in page.text, "Kött AB" in page.text) == (True, False)
    assert "rebro" not in page.path.casefold()
    assert page.form("/customers/search").fields["search"] == "örebro"
    assert "Kött AB" in site.logged_in().get(page.path).text
    none = anna.submit(page, "/customers/search", search="finns inte")
    assert "No customer is found" in none.text


def test_the_list_is_sorted_narrowed_and_comes_in_pages(site: Site, world: World) -> None:
    """Every page keeps what was asked; what is odd in an address asks nothing."""
    for number in range(1, 61):
        world.add(f"{number:04}", {"name": f"Kund {100 - number:03}"})
    world.set_active("0060", active=False)
    anna = site.logged_in()
    page = anna.get("/customers?sort=number&active=yes")
    assert ("1–50 of 59" in page.text, "Kund 099" in page.text, "Kund 040" in page.text) == (True, True, False)
    last = anna.get(next(link for link in page.links if "page=2" in link))
    assert ("51–59 of 59" in last.text, "Kund 041" in last.text, "Kund 040" in last.text) == (True, True, False)
    turned = anna.get(next(link for link in page.links if "sort=-number" in link))
    assert ('aria-sort="descending"' in turned.html, "Kund 041" in turned.text) == (True, True)
    for heading in ("name", *COLUMNS, "assigned", "active"):
        assert any(f"sort={heading}" in link and "active=yes" in link for link in turned.links), heading
    assert "1–50 of 60" in anna.get("/customers?sort=x&active=perhaps&q=nonsense&page=-1").text
    assert "Kund 040" in anna.get("/customers?active=no").text
    assert "1–50 of 60" in anna.get("/customers?assigned=:nobody").text
    assert "No customer is found" in anna.get("/customers?assigned=:me").text
    assert "1–50 of 60" in anna.get("/customers?accounting=no").text
    assert "No customer is found" in anna.get("/customers?conflict=yes").text


def test_the_number_stands_above_the_name_where_the_group_wants_it(site: Site, world: World) -> None:
    """And facilities instead of the customer, where it wants that (R-20, R-21)."""
    world.add("1001", {"name": "Fisk AB"})
    world.configure_group({"include_number_in_display_name": True})
    assert "<small>1001</small><br><a" in site.logged_in().get("/customers").html


def test_a_page_asks_the_database_no_more_for_many_customers_than_for_one(site: Site, world: World) -> None:
    """Neither the list nor a customer with a long history; and no page is heavier than 100 kB."""
    world.add("0000", {"name": "Kund"})
    anna, now = site.logged_in(), site.clock()
    site.clock = lambda: now
    anna.get("/customers")
    with counted(world) as few:
        anna.get("/customers")
    for number in range(1, 50):
        world.add(f"{number:04}", {"name": f"Kund {number}", "invoice_city": "Skellefteå", "phone": "08-123 45 67"})
    with counted(world) as many:
        page = anna.get("/customers")
    assert (len(many), len(page.answer.content) < 100_000) == (len(few), True)
    _fill(site, world, 1)
    with counted(world) as few:
        anna.get(_path(world, "0000"))
    _fill(site, world, 30)
    with counted(world) as many:
        page = anna.get(_path(world, "0000"))
    assert (len(many), len(page.answer.content) < 100_000) == (len(few), True)


def _fill(site: Site, world: World, times: int) -> None:
    """Changes, contacts and orders of one customer."""
    today = site.clock().date()
    for number in range(times):
        world.change("0000", {"phone": f"08-{times}{number}"})
        with world.store.work() as work:
            contacts.add_contact(work, world.anna, world.group.id, "0000", {"name": f"Kontakt {number}"})
            orders.add_order(work, world.anna, world.group.id, "0000", OrderKind.ORDER, {"title": "x"}, today=today)


# ----- one customer


def test_the_page_of_a_customer_shows_everything_and_masks_persons(site: Site, world: World) -> None:
    """Contacts, addresses, history; whole numbers once for an administrator, and the history says so (R-07)."""
    fields = {"name": "Eva Ek", "type": "private", "organisation_number": PERSONAL, "invoice_line1": "Storgatan 1"}
    world.add("1001", {**fields, "invoice_city": "Örebro", "comments": "Hund!", "note": "rad 1\nrad 2"})
    with world.store.work() as work:
        typed: dict[str, Value] = {"name": "Kim", "email": "kim@example.se", "send_work_orders": True}
        contacts.add_contact(work, world.anna, world.group.id, "1001", typed)
    anna = site.logged_in()
    page = anna.get(_path(world, "1001"))
    for text in ("Eva Ek", "850612-****", "Storgatan 1", "Hund!", "kim@example.se", "work orders", "Private person"):
        assert text in page.text
    assert PERSONAL not in page.html
    whole = anna.submit(page, f"{_path(world, '1001')}/personal")
    assert PERSONAL in whole.text
    again = anna.get(_path(world, "1001"))
    assert ("Whole identity numbers shown" in again.text, PERSONAL in again.html) == (True, False)


@pytest.mark.parametrize(
    ("language", "day", "amount", "price"),
    [("en", "24 Nov 2026", "12,345.5", "1,250.5"), ("sv", "24 nov. 2026", "12 345,5", "1 250,5")],
)
def test_dates_and_amounts_are_written_as_the_reader_writes_them(
    site: Site, world: World, language: str, day: str, amount: str, price: str
) -> None:
    """In the list, on the page, in the history, on orders and in the registers; a text stays what it is."""
    world.add("1001", {"name": "Fisk AB"})
    with world.store.work() as work:
        for kind in ("date", "number", "text"):
            field = {"key": kind, "label": kind.title(), "type": kind, "show_in_list": True}
            add_entry(work, world.anna, world.group.id, CUSTOM_FIELDS, field)
        add_entry(work, world.anna, world.group.id, ARTICLES, {"number": "RESA", "text": "Resa", "price": "1250.50"})
        items.add_item(work, world.anna, world.group.id, "1001", {"kind": "work_order", "article": "RESA"})
    world.change("1001", {"custom.date": "2026-11-24", "custom.number": "12345.5", "custom.text": "12345.67"})
    of_today = {"title": "Läcka", "date": "2026-11-24"}
    with world.store.work() as work:
        orders.add_order(work, world.anna, world.group.id, "1001", OrderKind.ORDER, of_today, today=date.min)
    anna = site.logged_in(language=language)
    path = _path(world, "1001")
    for shown in (anna.get("/customers"), anna.get(path), anna.get(f"{path}/history")):
        assert (day in shown.text, amount in shown.text, "12345.67" in shown.text) == (True, True, True)
    for page in (path, f"{path}/orders/1", "/articles"):
        assert price in anna.get(page).text
    assert day in anna.get(f"{path}/orders?kind=order").text
    assert anna.get(f"{path}/edit").form(f"{path}/edit").fields["custom.number"] == "12345.5"


def test_only_an_administrator_sees_whole_numbers(site: Site, world: World) -> None:
    """Others are not offered it, and a form that was made up is refused."""
    world.add("1001", {"name": "Eva Ek", "organisation_number": PERSONAL})
    vera = _hire(site, "vera", Permission.VIEW)
    page = vera.get(_path(world, "1001"))
    assert "whole identity" not in page.text
    answer = vera.post(f"{_path(world, '1001')}/personal", page.form("/logout").fields)
    assert (answer.status, PERSONAL in answer.html) == (403, False)


def test_a_hidden_customer_and_one_that_does_not_exist_are_the_same(site: Site, world: World) -> None:
    """To somebody who sees only what is assigned to them, and to another company: whatever they try (R-26)."""
    world.add("1001", {"name": "Fisk AB"})
    world.add("1002", {"name": "Kött AB"})
    rights = (Permission.VIEW_ONLY_ASSIGNED, Permission.EDIT, Permission.DELETE, Permission.ASSIGN)
    tove = _hire(site, "tove", *rights)
    world.assign("1002", ["tove"])
    with world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.commit()
    site.hire(NewUser("olle", "Olle", administrator=True), group=other.id)
    olle = site.logged_in("olle", group=other.id)
    assert ("Kött AB" in tove.get("/customers").text, "Fisk AB" in tove.get("/customers").text) == (True, False)
    assert tove.get(_path(world, "1002")).status == 200
    token = {"seen": f"{_id(world, '1001')}-1", "number": "9", "active": "no"}
    for browser in (tove, olle):
        data = {**browser.get("/").form("/logout").fields, **token}
        told = set()
        for base in (_path(world, "1001"), "/customers/999"):
            for part in ("", "/edit", "/renumber", "/delete", "/assign", "/history"):
                told.add(_told(browser.get(base + part)))
            for part in ("/edit", "/renumber", "/delete", "/assign", "/active", "/personal"):
                told.add(_told(browser.post(base + part, data)))
        assert told == {(404, "There is no such customer.")}
    assert world.customer("1001") is not None
    assert tove.get("/customers/99999999999999999999").status == 404


def _told(page: Shown) -> tuple[int, str]:
    """How a page answered, and its heading."""
    return page.status, page.html.partition("<h1")[2].partition(">")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    ("rights", "offered"),
    [
        ((), ()),
        ((Permission.VIEW,), ("view",)),
        ((Permission.VIEW, Permission.EDIT), ("view", "edit", "active")),
        ((Permission.VIEW, Permission.CREATE), ("view", "add")),
        ((Permission.VIEW, Permission.DELETE), ("view", "delete")),
        ((Permission.VIEW, Permission.ASSIGN), ("view", "assign", "many")),
        ((Permission.EDIT, Permission.DELETE, Permission.ASSIGN), ()),
    ],
)
def test_what_somebody_may_not_do_is_neither_offered_nor_done(
    site: Site, world: World, rights: tuple[Permission, ...], offered: tuple[str, ...]
) -> None:
    """For each right: exactly its links and forms are there, and every other form is refused when made up."""
    world.add("1001", {"name": "Fisk AB"})
    world.hire("tekla", "Tekla")
    who, path = _hire(site, "vera", *rights), _path(world, "1001")
    lists, page = who.get("/customers"), who.get(path)
    ways = {
        "view": page.status == 200,
        "add": "/customers/add" in lists.links,
        "many": any(form.action == "/customers/assign" for form in lists.forms),
        "edit": f"{path}/edit" in page.links,
        "delete": f"{path}/delete" in page.links,
        "assign": f"{path}/assign" in page.links,
        "active": any(form.action == f"{path}/active" for form in page.forms),
        "renumber": f"{path}/renumber" in page.links,
    }
    assert {name for name, there in ways.items() if there} == set(offered)
    data = {**who.get("/").form("/logout").fields, "seen": f"{_id(world, '1001')}-1", "name": "Nytt", "login": "tekla"}
    more = {"active": "no", "number": "77", "customer": str(_id(world, "1001")), "total": "1", "which": "chosen"}
    posts = {
        "edit": f"{path}/edit",
        "delete": f"{path}/delete",
        "assign": f"{path}/assign",
        "active": f"{path}/active",
        "renumber": f"{path}/renumber",
        "add": "/customers/add",
        "many": "/customers/assign/done",
    }
    for name, action in posts.items():
        if name not in offered:
            assert who.post(action, {**data, **more}).status in {403, 404}, name
    after = world.customer("1001")
    assert after is not None
    assert (after.name, after.fields["active"], world.numbers()) == ("Fisk AB", True, ["1001"])


# ----- adding and changing


def test_a_customer_is_added_with_the_next_number(site: Site, world: World) -> None:
    """The form says which it will be; nobody has to type it. What is wrong is told at its field."""
    world.add("1001", {"name": "Fisk AB"})
    anna = site.logged_in()
    page = anna.get("/customers/add")
    assert "Leave it empty for the next number: 1002." in page.text
    wrong = anna.submit(page, "/customers/add", name="", phone="ring!", invoice_city="Umeå")
    assert (wrong.status, world.numbers()) == (422, ["1001"])
    assert {"#name", "#phone"} <= set(wrong.links)
    assert "Phone: Is not a phone number. Use digits, spaces, dashes, brackets and +." in wrong.text
    assert 'aria-invalid="true" aria-describedby="phone-problem"' in wrong.html
    done = anna.submit(wrong, "/customers/add", name="Kött AB", phone="08-1")
    assert ("The customer is added." in done.text, "Umeå" in done.text) == (True, True)
    assert world.numbers() == ["1001", "1002"]
    taken = anna.submit(page, "/customers/add", name="Till", number="1001")
    assert (taken.status, "#number" in taken.links, "Is taken." in taken.text) == (422, True, True)


def test_without_automatic_numbers_a_number_has_to_be_typed(site: Site, world: World) -> None:
    """The form asks for it."""
    world.configure_group({"generate_customer_number": False})
    anna = site.logged_in()
    page = anna.get("/customers/add")
    assert "next number" not in page.text
    wrong = anna.submit(page, "/customers/add", name="Kött AB")
    assert (wrong.status, "#number" in wrong.links) == (422, True)
    assert anna.submit(page, "/customers/add", name="Kött AB", number=" A-7 ").status == 200
    assert world.numbers() == ["A-7"]


def test_who_may_add_but_not_see_adds(site: Site, world: World) -> None:
    """And is not led to a page that is not there for them."""
    carl = _hire(site, "carl", Permission.CREATE)
    done = carl.submit(carl.get("/customers/add"), "/customers/add", name="Kött AB")
    assert ("The customer is added." in done.text, len(world.numbers())) == (True, 1)


def test_a_changed_customer_keeps_what_was_not_touched(site: Site, world: World) -> None:
    """A masked number stays whole, lines stay lines, an emptied field is emptied, and no line of history lies."""
    world.add("1001", {"name": "Eva Ek", "organisation_number": PERSONAL, "note": "rad 1\nrad 2", "phone": "08-1"})
    anna, path = site.logged_in(), _path(world, "1001")
    before = len(world.history("1001"))
    same = anna.submit(anna.get(f"{path}/edit"), f"{path}/edit")
    assert ("The customer is saved." in same.text, len(world.history("1001"))) == (True, before)
    anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", name="Eva Alm", phone=" ", note="rad 1\r\nrad 2")
    after = world.customer("1001")
    assert after is not None
    assert [after.fields[name] for name in ("name", "phone", "note", "organisation_number")] == [
        "Eva Alm",
        None,
        "rad 1\nrad 2",
        PERSONAL,
    ]
    assert len(world.history("1001")) == before + 2
    wrong = anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", organisation_number="850613-****")
    assert (wrong.status, "Holds a mask" in wrong.text) == (422, True)


def test_a_form_that_comes_too_late_is_shown_anew_and_writes_nothing(site: Site, world: World) -> None:
    """With what is stored by now, and what the form had beside it; saved again, it is on the newer values."""
    world.add("1001", {"name": "Fisk AB", "phone": "08-1", "email": "a@example.se"})
    anna, path = site.logged_in(), _path(world, "1001")
    mine = anna.get(f"{path}/edit")
    world.change("1001", {"phone": "08-2"})
    late = anna.submit(mine, f"{path}/edit", email="b@example.se")
    assert (late.status, "Somebody else changed this meanwhile." in late.text) == (409, True)
    assert late.form(f"{path}/edit").fields["phone"] == "08-2"
    assert ("Your form had: 08-1" in late.text, "Your form had: b@example.se" in late.text) == (True, True)
    stored = world.customer("1001")
    assert stored is not None
    assert (stored.fields["phone"], stored.fields["email"]) == ("08-2", "a@example.se")
    anna.submit(late, f"{path}/edit", email="b@example.se")
    stored = world.customer("1001")
    assert stored is not None
    assert (stored.fields["phone"], stored.fields["email"]) == ("08-2", "b@example.se")


def test_fields_that_accounting_leads_are_shown_and_not_taken(site: Site, world: World) -> None:
    """The form says where to change them; a made up one is refused, and says the same."""
    world.configure({"field.phone.direction": "from_accounting"})
    world.add("1001", {"name": "Fisk AB"})
    anna, path = site.logged_in(), _path(world, "1001")
    page = anna.get(f"{path}/edit")
    assert "Accounting leads this (connection visma)" in page.text
    wrong = anna.submit(page, f"{path}/edit", phone="08-1")
    assert (wrong.status, "Phone: Is led by accounting." in wrong.text) == (422, True)


def test_the_form_asks_for_what_accounting_cannot_do_without(site: Site, world: World) -> None:
    """Name always; city and postal code while an active connection would be sent the customer (R-05)."""
    anna = site.logged_in()
    always, needed = {"name", "type"}, {"invoice_city", "invoice_postal_code"}

    def required() -> set[str]:
        page = anna.get("/customers/add")
        assert ("needs it" in page.text) == (needed <= page.form("/customers/add").required)
        return page.form("/customers/add").required

    assert required() == always | needed
    world.configure({"create_in_accounting": "no"})
    assert required() == always
    world.configure({"create_in_accounting": True, "paused": True})
    assert required() == always


def test_discount_letters_are_ticked_and_typed(site: Site, world: World) -> None:
    """All there are can be chosen; one that is no letter is refused."""
    with world.store.work() as work:
        for code in ("A", "B", "C"):
            add_entry(work, world.anna, world.group.id, DISCOUNT_LETTERS, {"code": code})
    world.add("1001", {"name": "Fisk AB", "discount_letters": "A"})
    anna, path = site.logged_in(), _path(world, "1001")
    page = anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", more_letters="b, C")
    assert "A, B, C" in page.text
    anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", discount_letters=["", "C"])
    assert anna.get(f"{path}/edit").form(f"{path}/edit").fields["discount_letters"] == ["", "C"]
    assert anna.submit(anna.get(f"{path}/edit"), f"{path}/edit", more_letters="X").status == 422


def test_a_customer_is_renumbered_switched_off_and_deleted(site: Site, world: World) -> None:
    """Each as it was seen: a form from before somebody's change does nothing."""
    world.add("1001", {"name": "Fisk AB"})
    world.add("1002", {"name": "Kött AB"})
    anna, path = site.logged_in(), _path(world, "1001")
    old = anna.get(f"{path}/renumber")
    assert anna.submit(old, f"{path}/renumber", number="1002").status == 422
    page = anna.submit(old, f"{path}/renumber", number="2001")
    assert ("has its new number" in page.text, "2001" in page.text) == (True, True)
    assert anna.submit(old, f"{path}/renumber", number="3001").status == 409
    page = anna.submit(page, f"{path}/active", active="no")
    assert ("Deactivated" in page.text, "Reactivate" in page.text) == (True, True)
    page = anna.submit(page, f"{path}/active", active="yes")
    page = anna.submit(anna.get(f"{path}/delete"), f"{path}/delete")
    assert ("The customer is deleted." in page.text, world.numbers()) == (True, ["1002"])


def test_a_customer_with_orders_is_not_deleted(site: Site, world: World) -> None:
    """The page says what to do instead; a made up form is refused."""
    world.add("1001", {"name": "Fisk AB"})
    with world.store.work() as work:
        orders.add_order(
            work, world.anna, world.group.id, "1001", OrderKind.ORDER, {"title": "x"}, today=site.clock().date()
        )
    anna, path = site.logged_in(), _path(world, "1001")
    page = anna.get(f"{path}/delete")
    assert ("Deactivate it instead" in page.text, any(form.action == f"{path}/delete" for form in page.forms)) == (
        True,
        False,
    )
    data = {**page.form("/logout").fields, "seen": f"{_id(world, '1001')}-1"}
    assert anna.post(f"{path}/delete", data).status == 422
    assert world.numbers() == ["1001"]
