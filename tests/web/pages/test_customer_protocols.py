"""Service protocols in the console: written, sent to exactly those who were shown, listed (R-06, R-12)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from syncd.ports.people import NewUser
from syncd.register.access import Permission
from syncd.register.orders import OrderKind
from syncd.services.register import contacts, orders, protocols

if TYPE_CHECKING:
    from syncd.register.fields import Value
    from tests.web.site import Site
    from tests.world import World

TODAY = date(2026, 3, 4)


@pytest.fixture
def path(world: World) -> str:
    """The page of a customer with a service order, a work order, and a contact for service protocols."""
    customer = world.add("1001", {"name": "Åkes Hiss"})
    contact(world, name="Eva Ek", email="eva@example.com", send_service_protocol=True)
    contact(world, name="Chefen", email="chef@example.com")
    for kind in ("service", "work"):
        with world.store.work() as work:
            fields: dict[str, Value] = {"title": f"Hiss {kind}", "type": kind}
            orders.add_order(work, world.anna, world.group.id, "1001", OrderKind.ORDER, fields, today=TODAY)
    return f"/customers/{customer.id}"


def contact(world: World, **fields: Value) -> None:
    """Add a contact to the customer."""
    with world.store.work() as work:
        contacts.add_contact(work, world.anna, world.group.id, "1001", fields, led=lambda _group: {})


def test_a_written_protocol_is_changed_as_it_was_seen(site: Site, world: World, path: str) -> None:
    """From its number in the lists; a form that came too late is shown anew, with what it had."""
    with world.store.work() as work:
        protocols.add_protocol(work, world.anna, world.group.id, "1", {"text": "Bytte lager"}, [], today=TODAY)
    anna, one = site.logged_in(), f"{path}/orders/1/protocols/1"
    assert all(one in anna.get(page).links for page in (path, f"{path}/protocols", f"{path}/orders/1"))
    form = anna.get(one)
    assert form.form(one).fields["text"] == "Bytte lager"
    wrong = anna.submit(form, one, date="i går")
    assert (wrong.status, "Is not a date" in wrong.text) == (422, True)
    saved = anna.submit(form, one, text="Bytte båda lagren")
    assert ("The service protocol is saved." in saved.text, "Bytte båda lagren" in saved.text) == (True, True)
    late = anna.submit(form, one, text="Bytte inget")
    assert (late.status, "Your form had: Bytte inget" in late.text) == (409, True)
    assert "saved" in anna.submit(anna.get(one), one).text
    anna.submit(anna.get(f"{path}/orders/1/send?protocol=1"), f"{path}/orders/1/send")
    assert "What was sent is not called back" in anna.get(one).text
    assert anna.get(f"{path}/orders/2/protocols/1").status == 404


def test_a_protocol_is_written_and_sent_to_those_who_were_shown(site: Site, world: World, path: str) -> None:
    """Nobody else is mailed, the same is sent once unless it is asked for, and the order tells to whom and when."""
    anna, order = site.logged_in(), f"{path}/orders/1"
    assert "a service protocol must be written first" in anna.get(f"{order}/send").text
    form = anna.get(f"{order}/protocols/add")
    wrong = anna.submit(form, f"{order}/protocols/add", date="i går", rows="Lager 6204")
    assert (wrong.status, "Is not a date" in wrong.text, "Lager 6204" in wrong.html) == (422, True, True)
    page = anna.submit(form, f"{order}/protocols/add", text="Bytte lager", rows="Lager 6204\r\n\r\nFett")
    for text in ("The service protocol is written.", "Bytte lager", "– Lager 6204", "– Fett"):
        assert text in page.text
    look = anna.get(f"{order}/send?protocol=1")
    assert ("eva@example.com Service protocol Is sent now" in look.text, "chef@" in look.text) == (True, False)
    assert "Bytte lager" in look.text
    sent = anna.submit(look, f"{order}/send")
    assert "Eva Ek <eva@example.com> Service protocol 1 anna On its way" in sent.text
    assert anna.submit(look, f"{order}/send").status == 409  # a second click
    again = anna.get(f"{order}/send?protocol=1")
    assert "Was sent the very same before" in again.text
    assert "nothing was sent." in anna.submit(again, f"{order}/send").text
    anna.submit(again, f"{order}/send", again="yes")
    assert sent_of(world) == ["eva@example.com"] * 2


def sent_of(world: World) -> list[str]:
    """To whom protocol 1 was sent."""
    with world.store.work() as work:
        view = protocols.show_protocol(work, world.anna, world.group.id, "1")
    return [one.address for one in view.sent]


def test_what_moved_after_it_was_shown_is_not_sent(site: Site, world: World, path: str) -> None:
    """A contact that was marked meanwhile is shown first (409)."""
    written(world, 1)
    anna, order = site.logged_in(), f"{path}/orders/1"
    look = anna.get(f"{order}/send")
    contact(world, name="Bo", email="bo@example.com", send_work_orders=True)
    late = anna.submit(look, f"{order}/send")
    assert (late.status, "bo@example.com" in late.text, sent_of(world)) == (409, True, [])
    anna.submit(late, f"{order}/send")
    assert sorted(sent_of(world)) == ["eva@example.com"]
    assert "Bo <bo@example.com> Work order" in anna.get(order).text


def written(world: World, number: int) -> None:
    """So many protocols, written on the service order."""
    for place in range(number):
        with world.store.work() as work:
            typed: dict[str, Value] = {"text": f"Besök {place + 1}"}
            protocols.add_protocol(work, world.anna, world.group.id, "1", typed, today=TODAY)


def test_the_customer_shows_ten_and_leads_to_all(site: Site, world: World, path: str) -> None:
    """Sorted by any heading."""
    written(world, 12)
    anna = site.logged_in()
    card = anna.get(path)
    assert ("View all 12, and sort them" in card.text, card.text.count("Besök")) == (True, 10)
    everything = anna.get(f"{path}/protocols?sort=number").text
    assert (everything.count("Besök"), everything.index("Besök 1 ") < everything.index("Besök 12")) == (12, True)


def test_protocols_belong_to_service_orders_of_customers_that_are_seen(site: Site, world: World, path: str) -> None:
    """On a work order none is written; who sees nothing finds nothing; who may see customers may write and send."""
    written(world, 1)
    site.hire(NewUser("nils", "Nils"))
    site.hire(NewUser("vera", "Vera", permissions=frozenset({Permission.VIEW})))
    anna, nils, vera = site.logged_in(), site.logged_in("nils"), site.logged_in("vera")
    assert "on service orders alone" in anna.get(f"{path}/orders/2/protocols/add").text
    assert f"{path}/orders/2/protocols/add" not in anna.get(f"{path}/orders/2").links
    assert anna.get(f"{path}/orders/1/send?protocol=99").status == 404
    for part in ("protocols", "orders/1/send", "orders/1/protocols/add"):
        assert nils.get(f"{path}/{part}").status == 404
    own = nils.get("/").form("/logout").fields
    assert [nils.post(f"{path}/orders/1/{do}", own).status for do in ("send", "protocols/add")] == [404, 404]
    assert "It is on its way." in vera.submit(vera.get(f"{path}/orders/1/send"), f"{path}/orders/1/send").text
