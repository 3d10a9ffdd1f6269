"""Conflicts on pages: found, understood, answered, and never answered unseen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from syncd.ports.people import NewUser
from tests.web.pages.watching import ran

if TYPE_CHECKING:
    from syncd.ports.records import ConflictInfo
    from tests.web.site import Site
    from tests.world import World

ADDRESS = {"invoice_line1": "Storgatan 1", "invoice_postal_code": "903 26", "invoice_city": "Umeå"}


def differing(world: World, *numbers: str, **there: str) -> tuple[ConflictInfo, ...]:
    """Customers whose phone was changed on both sides since they last agreed."""
    for number in numbers:
        world.company.add_customer(CustomerNumber=number, Name=f"Åkes {number}", Telephone="08-1")
    world.run()
    for number in numbers:
        world.change(number, {"phone": f"08-222 {number}"})
        world.company.edit_customer(number, **{"Telephone": f"08-333 {number}", **there})
    world.run()
    return world.conflicts()


def phones(world: World, number: str) -> tuple[object, object]:
    """The phone here and there."""
    here = world.customer(number)
    assert here is not None
    there = next(row for row in world.company.customers() if row["CustomerNumber"] == number)
    return here.fields["phone"], there["Telephone"]


def test_a_conflict_is_understood_and_answered(site: Site, world: World) -> None:
    """Both values beside the one last agreed, who changed it here, what each answer does; a reason is kept."""
    (conflict,) = differing(world, "1001")
    anna = site.logged_in()
    page = anna.get(f"/conflicts/{conflict.id}")
    for text in ("08-1", "08-222 1001", "08-333 1001", "anna", "The register's value is written to accounting."):
        assert text in page.text
    done = anna.submit(page, f"/conflicts/{conflict.id}", answer="register", why="De ringde själva")
    assert "The answer is recorded." in done.text
    decided = anna.get(f"/conflicts/{conflict.id}").text
    assert ("Answered by anna" in decided, "De ringde själva" in decided) == (True, True)
    assert "The next run carries the answer out." not in decided  # it may still be changed
    world.run()
    assert phones(world, "1001") == ("08-222 1001", "08-222 1001")
    assert "De ringde själva" in anna.get("/conflicts/1").text
    assert "Answered: The register's value" in anna.get("/conflicts?status=all").text


def test_a_third_value_is_typed_and_carried_out_at_once(site: Site, world: World) -> None:
    """What accounting could not hold is refused, and what was typed stands there still."""
    (conflict,) = differing(world, "1001")
    anna, path = site.logged_in(), f"/conflicts/{conflict.id}"
    page = anna.get(path)
    refused = anna.submit(page, path, answer="value", **{"value.phone": "0" * 60})
    assert (refused.status, refused.form(path).fields["value.phone"]) == (422, "0" * 60)
    done = ran(anna, page, path, answer="value", then="sync", **{"value.phone": "08-444"})
    assert "1 field changed in accounting" in done.text
    assert phones(world, "1001") == ("08-444", "08-444")


def test_a_conflict_that_moved_after_it_was_shown_is_shown_anew(site: Site, world: World) -> None:
    """On either side, before the click (409): nothing is answered unseen, and the new value stands there (S-82)."""
    (conflict,) = differing(world, "1001")
    anna, path = site.logged_in(), f"/conflicts/{conflict.id}"
    page = anna.get(path)
    world.change("1001", {"phone": "08-999"})
    stale = anna.submit(page, path, answer="register")
    assert (stale.status, "Somebody else changed this meanwhile." in stale.text, "08-999" in stale.text) == (
        409,
        True,
        True,
    )
    world.company.edit_customer("1001", Telephone="08-888")
    world.run()
    again = anna.submit(stale, path, answer="accounting")
    assert (again.status, "08-888" in again.text) == (409, True)
    assert world.conflicts()[0].status == "open"
    assert "The answer is recorded." in anna.submit(again, path, answer="accounting").text


def test_two_administrators_do_not_answer_over_each_other(site: Site, world: World) -> None:
    """The second one sees what the first one said."""
    (conflict,) = differing(world, "1001")
    site.hire(NewUser("bertil", "Bertil", administrator=True))
    anna, bertil, path = site.logged_in(), site.logged_in("bertil"), f"/conflicts/{conflict.id}"
    page = bertil.get(path)
    anna.submit(anna.get(path), path, answer="register")
    late = bertil.submit(page, path, answer="accounting")
    assert (late.status, "Answered by anna" in late.text) == (409, True)


def test_an_answer_that_is_none_is_refused(site: Site, world: World) -> None:
    """Words that the conflict does not take, a value that is missing, a mark that is missing."""
    (conflict,) = differing(world, "1001")
    anna, path = site.logged_in(), f"/conflicts/{conflict.id}"
    page = anna.get(path)
    assert [anna.submit(page, path, answer=word).status for word in ("unlink", "", "<b>")] == [422] * 3
    fields = page.form(path).fields
    assert anna.post(path, {"form_token": fields["form_token"], "answer": "register"}).status == 409
    assert world.conflicts()[0].status == "open"


def test_of_an_address_each_part_can_be_typed(site: Site, world: World) -> None:
    """What is left alone stays as the register has it."""
    world.add("1001", {"name": "Fisk AB", **ADDRESS})
    world.run()
    world.change("1001", {"invoice_line1": "Kajen 1"})
    world.company.edit_customer("1001", InvoiceAddress1="Torget 9")
    world.run()
    (conflict,) = world.conflicts()
    anna, path = site.logged_in(), f"/conflicts/{conflict.id}"
    page = anna.get(path)
    assert "What is equal on both sides" in page.text
    typed = {"value.invoice_line1": "Bryggan 5"}
    ran(anna, page, path, answer="value", then="sync", **typed)
    row = world.company.customers()[0]
    assert (row["InvoiceAddress1"], row["InvoiceCity"]) == ("Bryggan 5", "Umeå")


def test_a_question_about_a_whole_customer_shows_both_records(site: Site, world: World) -> None:
    """Side by side, what differs first; the answer has words of its own."""
    world.add("1001", {"name": "Fisk AB", "organisation_number": "556036-0793", "phone": "08-1", **ADDRESS})
    world.company.add_customer(
        CustomerNumber="1001", Name="Kött AB", CorporateIdentityNumber="556016-0680", Telephone="08-2"
    )
    world.run()
    (conflict,) = world.conflicts()
    anna = site.logged_in()
    page = anna.get(f"/conflicts/{conflict.id}")
    assert "look like two different customers" in page.text
    for text in ("Fisk AB", "Kött AB", "556036-0793", "08-2", "Two customers"):
        assert text in page.text
    assert "The answer is recorded." in anna.submit(page, f"/conflicts/{conflict.id}", answer="different").text


def test_a_customer_gone_in_accounting_is_asked_about(site: Site, world: World) -> None:
    """The register's record is shown, and the three answers."""
    for number in ("1001", "1002", "1003"):
        world.add(number, {"name": f"Fisk {number} AB", **ADDRESS})
    world.run()
    world.company.delete_customer("1001")
    world.run("full")
    [conflict] = world.conflicts()
    anna, path = site.logged_in(), f"/conflicts/{conflict.id}"
    page = anna.get(path)
    assert ("no longer exists in accounting" in page.text, "Storgatan 1" in page.text) == (True, True)
    ran(anna, page, path, answer="deactivate", then="sync")
    found = world.customer("1001")
    assert found is not None
    assert found.fields["active"] is False


def test_conflicts_are_found_sorted_and_counted(site: Site, world: World) -> None:
    """By number or name in any letter case, by kind and field, turned round; each kind with its number."""
    differing(world, "1001", "1002", "1003")
    anna = site.logged_in()
    page = anna.get("/conflicts")
    assert "The two sides differ: 3" in page.text
    turned = anna.get("/conflicts?sort=-number").text
    assert turned.index("1003") < turned.index("1001")
    one = anna.submit(page, "/conflicts", text="åKES 1002").text
    assert ("1–1 of 1" in one, "08-222 1002" in one) == (True, True)
    assert "No conflicts are found." in anna.get("/conflicts?text=%25").text
    assert "1–3 of 3" in anna.get("/conflicts?field=phone&kind=field&connection=visma").text
    assert "No conflicts are found." in anna.get("/conflicts?status=closed").text
    assert [anna.get(f"/conflicts?{odd}").status for odd in ("kind=x", "sort=x", "connection=x", "field=x")] == [
        422,
        422,
        404,
        422,
    ]


@pytest.mark.parametrize(
    ("form", "begins"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("html", b"<!"), ("json", b"")]
)
def test_what_is_found_is_taken_away_as_a_file(site: Site, world: World, form: str, begins: bytes) -> None:
    """With the same filters, named by the day, never opened inside the console."""
    if form == "json":
        differing(world, "1001", "1002")
    answer = site.logged_in().client.get(f"/conflicts/export?format={form}&text=1002")
    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["content-type"] == "application/octet-stream"
    if form == "json":
        assert [one["customer_number"] for one in json.loads(answer.content)] == ["1002"]
    assert site.logged_in().get("/conflicts/export?format=exe").status == 404


def test_many_are_answered_as_previewed(site: Site, world: World) -> None:
    """How many and which, before; exactly those, after; what came since is shown first (409)."""
    differing(world, "1001", "1002")
    anna = site.logged_in()
    look = anna.submit(anna.get("/conflicts"), "/conflicts/all", answer="accounting")
    assert "2 conflicts are answered." in look.text
    world.company.add_customer(CustomerNumber="1003", Name="Ny", Telephone="08-1")
    world.run()
    world.change("1003", {"phone": "08-2"})
    world.company.edit_customer("1003", Telephone="08-3")
    world.run()
    stale = anna.submit(look, "/conflicts/all")
    assert (stale.status, "3 conflicts are answered." in stale.text, len(world.conflicts())) == (409, True, 3)
    done = anna.submit(stale, "/conflicts/all", then="sync", why="Kontoret vet")
    assert "3 conflicts are answered" in done.text
    assert "A run is in line" in done.text
    assert world.conflicts() == ()
    assert anna.get("/conflicts/all?answer=value").status == 422
    assert anna.get("/conflicts/all?answer=x").status == 404
    assert "None of the conflicts found" in anna.get("/conflicts/all?answer=unlink").text


def test_of_many_only_those_found_are_answered(site: Site, world: World) -> None:
    """The filters go along."""
    differing(world, "1001", "1002")
    anna = site.logged_in()
    look = anna.get("/conflicts/all?answer=register&text=1002")
    assert "1 conflict is answered." in look.text
    anna.submit(look, "/conflicts/all")
    assert [one.customer_number for one in world.conflicts()] == ["1001"]


def test_conflicts_are_for_those_who_may_and_for_their_own_company(site: Site, world: World) -> None:
    """Neither to look at nor to answer."""
    (conflict,) = differing(world, "1001")
    with world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.commit()
    site.hire(NewUser("olle", "Olle", administrator=True), group=other.id)
    site.hire(NewUser("tove", "Tove"))
    path = f"/conflicts/{conflict.id}"
    for login, group, status in (("olle", other.id, 404), ("tove", None, 403)):
        browser = site.logged_in(login, group=group)
        own = browser.get("/").form("/logout").fields
        assert browser.get(path).status == status
        assert browser.post(path, {**own, "answer": "register"}).status == status
    olle = site.logged_in("olle", group=other.id)
    assert "No conflicts are open." in olle.get("/conflicts").text
    assert "1001" not in olle.client.get("/conflicts/export?format=csv&status=all").text
    tove = site.logged_in("tove")
    paths = ("/conflicts", "/conflicts/all?answer=register", "/conflicts/export?format=csv")
    assert [tove.get(one).status for one in paths] == [403] * 3
    assert tove.post("/conflicts/all", tove.get("/").form("/logout").fields | {"answer": "register"}).status == 403


def test_names_and_values_from_accounting_are_text(site: Site, world: World) -> None:
    """In the list, on the page, in the title and in the fields to type in."""
    code = "<script>alert(1)</script>\"'><img src=x>"
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB", WwwAddress="a.example")
    world.run()
    world.change("1001", {"name": f"{code} A", "website": "b.example"})
    world.company.edit_customer("1001", Name=f"{code} B"[:50])
    world.run()
    anna = site.logged_in()
    for page in (anna.get("/conflicts"), anna.get(f"/conflicts/{world.conflicts()[0].id}")):
        assert "<script>alert" not in page.html
        assert "<img" not in page.html
        assert "alert(1)" in page.text


def test_personal_identity_numbers_are_masked(site: Site, world: World) -> None:
    """On the list and on the page; a mask that is sent back is refused."""
    world.add("1001", {"name": "Eva Ek", "type": "private", "organisation_number": "811228-9874", **ADDRESS})
    world.run()
    world.change("1001", {"organisation_number": "670919-9530"})
    world.company.edit_customer("1001", CorporateIdentityNumber="640823-3234")
    world.run()
    (conflict,) = world.conflicts()
    anna, path = site.logged_in(), f"/conflicts/{conflict.id}"
    page = anna.get(path)
    for shown in (page, anna.get("/conflicts")):
        assert [number in shown.html for number in ("9530", "3234", "9874")] == [False] * 3
    assert anna.submit(page, path, answer="value").status == 422


def test_single_keys_can_be_switched_off(site: Site) -> None:
    """Who speaks to the machine presses keys by accident."""
    anna = site.logged_in()
    assert "console.js" in anna.get("/conflicts").html
    anna.submit(anna.get("/account"), "/account/keys", keys="off")
    assert "console.js" not in anna.get("/conflicts").html
    anna.submit(anna.get("/account"), "/account/keys", keys="on")
    assert "console.js" in anna.get("/conflicts").html
