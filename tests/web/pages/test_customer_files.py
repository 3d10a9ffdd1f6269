"""Files of customers, and personal data handed out or erased, in the console."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from syncd.ports.people import NewUser
from syncd.register.access import Permission

if TYPE_CHECKING:
    from tests.web.site import Site
    from tests.world import World

PDF = b"%PDF-1.7\n<script>alert(1)</script>"
PERSONAL = "850612-1006"


def test_a_file_is_attached_kept_and_deleted(site: Site, world: World) -> None:
    """Served to be kept, never shown as a page; what is no such file is refused, and the history tells (R-29)."""
    path = f"/customers/{world.add('1001', {'name': 'Fisk AB'}).id}"
    anna = site.logged_in()
    form = anna.get(f"{path}/files/add")
    page = anna.send(form, f"{path}/files/add", ("Avtal å.pdf", PDF))
    assert ("The file is attached." in page.text, "File attached" in page.text) == (True, True)
    link = next(one for one in page.links if one.startswith(f"{path}/files/") and one.rpartition("/")[2].isdigit())
    answer = anna.get(link).answer
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for name, content, said in (
        ("avtal å.PDF", PDF, "a file of this name already"),
        ("bild.pdf", b"MZ", "is not what its name says"),
        ("kod.html", b"<html>", "of no type that is taken"),
        ("stor.pdf", PDF + b"x" * 1_100_000, "too large"),
        ("tom.pdf", b"", "is empty"),
    ):
        wrong = anna.send(form, f"{path}/files/add", (name, content))
        assert (wrong.status, said in wrong.text) == (422, True), name
    assert "No file is chosen." in anna.submit(form, f"{path}/files/add").text
    gone = anna.submit(anna.get(f"{link}/delete"), f"{link}/delete")
    assert ("The file is deleted." in gone.text, anna.get(link).status) == (True, 404)


def test_files_go_by_the_rights_of_their_customer(site: Site, world: World) -> None:
    """Who sees the customer keeps them, who changes it attaches, deleting has its own right; nobody else learns."""
    mine, other = (world.add(number, {"name": f"Kund {number}"}).id for number in ("1001", "1002"))
    anna = site.logged_in()
    for one in (mine, other):
        anna.send(anna.get(f"/customers/{one}/files/add"), f"/customers/{one}/files/add", ("a.pdf", PDF))
    site.hire(NewUser("vera", "Vera", permissions=frozenset({Permission.VIEW_ONLY_ASSIGNED})))
    world.assign("1001", ["vera"])
    vera = site.logged_in("vera")
    page = vera.get(f"/customers/{mine}")
    own = page.form("/logout").fields
    assert (vera.get(f"/customers/{mine}/files/1").status, f"/customers/{mine}/files/add" in page.links) == (200, False)
    assert f"/customers/{mine}/files/1/delete" not in page.links
    assert vera.get(f"/customers/{mine}/files/add").status == 403
    assert vera.post(f"/customers/{mine}/files/1/delete", own).status == 403
    assert vera.get(f"/customers/{mine}/files/2").status == 404
    for part in ("files/2", "files/add", "files/2/delete"):
        assert vera.get(f"/customers/{other}/{part}").status == 404
    assert vera.post(f"/customers/{other}/files/2/delete", own).status == 404
    assert anna.get(f"/customers/{other}/files/2").status == 200


def test_all_that_is_held_on_a_customer_is_handed_out_and_erased(site: Site, world: World) -> None:
    """By an administrator alone, after a word that they are sure; not while business is done with it."""
    customer = world.add("1001", {"name": "Eva Ek", "organisation_number": PERSONAL})
    anna, path = site.logged_in(), f"/customers/{customer.id}"
    page = anna.submit(anna.get(path), "/personal")
    answer = anna.submit(page, "/personal/export").answer
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert PERSONAL in json.dumps(json.loads(answer.text))
    assert "Everything held was exported" in anna.get(path).text
    assert world.customer("1001") is not None
    unsure = anna.submit(page, "/personal/erase")
    assert "is erased" not in unsure.text
    world.delete("1001")
    found = anna.submit(anna.get("/personal"), "/personal", number="1001")
    done = anna.submit(found, "/personal/erase", sure="yes")
    assert "Customer 1001 is erased" in done.text
    assert PERSONAL not in anna.submit(found, "/personal/export").answer.text
    assert "nor was there one" in anna.submit(found, "/personal", number="9999").text


def test_nobody_but_administrators_asks_for_personal_data(site: Site, world: World) -> None:
    """Neither offered nor done."""
    customer = world.add("1001", {"name": "Eva Ek", "organisation_number": PERSONAL})
    every = frozenset(Permission) - {Permission.VIEW_ONLY_ASSIGNED, Permission.EDIT_ONLY_ASSIGNED}
    site.hire(NewUser("vera", "Vera", permissions=every))
    vera = site.logged_in("vera")
    page = vera.get(f"/customers/{customer.id}")
    assert not any(form.action.startswith("/personal") for form in page.forms)
    data = {**page.form("/logout").fields, "number": "1001", "which": str(customer.id), "sure": "yes"}
    assert vera.get("/personal").status == 403
    assert [vera.post(f"/personal{part}", data).status for part in ("", "/export", "/erase")] == [403] * 3
    after = world.customer("1001")
    assert after is not None
    assert after.name == "Eva Ek"
