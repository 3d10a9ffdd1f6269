"""Registers uploaded and taken away in the console: looked at first, stored whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.people import NewUser
from syncd.register.access import Permission
from tests.daemon.waiting import until

if TYPE_CHECKING:
    from tests.web.site import Browser, Shown, Site
    from tests.world import World

PERSONAL = "850612-1006"


def _ended(browser: Browser, page: Shown) -> Shown:
    """Look at the page of an upload again, as it does by itself, until nothing goes on any more."""
    seen = [page]

    def look() -> bool:
        if "refresh" not in seen[-1].answer.headers:
            return True
        seen.append(browser.get(seen[-1].path))
        return False

    until(look)
    return seen[-1]


def _looked_at(browser: Browser, text: str, name: str = "kunder.csv", kind: str = "customers") -> Shown:
    page = browser.send(browser.get("/upload"), "/upload", (name, text.encode()), kind=kind)
    return _ended(browser, page)


def test_a_register_is_looked_at_then_stored(site: Site, world: World) -> None:
    """Nothing is stored before somebody says so; the same file again changes nothing (R-28)."""
    anna = site.logged_in()
    text = "Kundnummer;Namn;Telefon\n1001;Fisk AB;08-1\n1002;Kött AB;08-2\n"
    look = _looked_at(anna, text)
    assert ("Every row is right. 2 would be added" in look.text, world.numbers()) == (True, [])
    done = _ended(anna, anna.submit(look, f"{look.path}/store"))
    assert ("Stored: 2 added, 0 changed, 0 unchanged." in done.text, world.numbers()) == (True, ["1001", "1002"])
    again = _looked_at(anna, text)
    assert "0 would be added, 0 changed, 2 are as they are." in again.text
    assert "nothing was stored" in anna.submit(again, f"{again.path}/drop").text
    assert anna.get(again.path).status == 404


def test_each_wrong_cell_is_told(site: Site, world: World) -> None:
    """Row, column, value, reason and what helps, in the reader's language; nothing of the file is stored."""
    site.hire(NewUser("sven", "Sven", administrator=True))
    sven = site.logged_in("sven", language="sv")
    look = _looked_at(sven, "number;name;phone\n1;Fisk AB;ring!\n2;;08-1\n3;Kött AB;08-3\n")
    for text in (
        "2 rader är fel",
        "Telefon",
        "ring!",
        "är inget telefonnummer",
        "Använd siffror",
        "får inte vara tomt",
    ):
        assert text in look.text
    assert (any(form.action.endswith("/store") for form in look.forms), world.numbers()) == (False, [])


def test_what_is_no_register_is_refused(site: Site) -> None:
    """No file, an odd type, nonsense inside, too much of it: each is said, and nothing breaks."""
    anna = site.logged_in()
    form = anna.get("/upload")
    assert "No file is chosen." in anna.post("/upload", {**form.form("/upload").fields, "kind": "customers"}).text
    assert "Nothing was stored." in _looked_at(anna, "x", "kunder.exe").text
    assert "Nothing was stored." in _looked_at(anna, "x", "kunder.xlsx").text
    assert "Nothing was stored." in _looked_at(anna, "", "kunder.csv").text
    assert anna.send(form, "/upload", ("kunder.csv", b"x"), kind="secrets").status == 404
    huge = anna.send(form, "/upload", ("kunder.csv", b"x" * 2_100_000), kind="customers")
    assert (huge.status, "The file is too large." in huge.text) == (422, True)


def test_a_stranger_sends_no_file(site: Site) -> None:
    """Nothing that is large is read from somebody who is not logged in, or from a page of another site."""
    browser, anna = site.browser(), site.logged_in()
    big = {"file": ("kunder.csv", b"x" * 1_100_000)}
    own = {"Origin": site.url}
    assert browser.client.post("/upload", files=big, headers=own).status_code == 422
    fields = anna.get("/upload").form("/upload").fields
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert anna.client.post("/upload", data=fields, files=big, headers=foreign).status_code == 422


def test_templates_and_registers_are_files(site: Site, world: World) -> None:
    """In both languages and formats; what is taken away uploads again, and numbers are whole only if asked for."""
    world.add("1001", {"name": "Eva Ek", "organisation_number": PERSONAL})
    anna = site.logged_in()
    page = anna.get("/upload")
    for link in [one for one in page.links if one.startswith("/upload/template")]:
        answer = anna.get(link).answer
        assert answer.headers["content-disposition"].startswith('attachment; filename="')
    swedish = anna.get("/upload/template?kind=customers&format=csv&language=sv").answer.text
    assert "Kundnummer" in swedish
    masked = anna.submit(page, "/upload/export", kind="customers", format="csv").answer.text
    assert ("850612-****" in masked, PERSONAL in masked) == (True, False)
    whole = anna.submit(page, "/upload/export", kind="customers", format="csv", personal="yes").answer.text
    assert PERSONAL in whole
    assert "0 would be added, 0 changed, 1 are as they are." in _looked_at(anna, whole).text
    assert anna.get("/upload/template?kind=customers&format=exe").status == 404


def test_who_may_not_upload_or_see_does_neither(site: Site, world: World) -> None:
    """Neither offered nor done, and another user's upload is not there."""
    world.add("1001", {"name": "Eva Ek", "organisation_number": PERSONAL})
    site.hire(NewUser("vera", "Vera", permissions=frozenset({Permission.VIEW})))
    site.hire(NewUser("ulf", "Ulf", permissions=frozenset({Permission.UPLOAD})))
    site.hire(NewUser("nils", "Nils"))
    vera, ulf, nils = (site.logged_in(login) for login in ("vera", "ulf", "nils"))
    assert [form.action for form in vera.get("/upload").forms if "/upload" in form.action] == ["/upload/export"]
    assert [form.action for form in ulf.get("/upload").forms if "/upload" in form.action] == ["/upload"]
    assert nils.get("/upload").status == 403
    own = vera.get("/upload").form("/upload/export").fields
    assert vera.post("/upload/export", {**own, "personal": "yes"}).status == 403
    assert (
        vera.client.post(
            "/upload",
            data={**own, "kind": "customers"},
            files={"file": ("a.csv", b"number\n1\n")},
            headers={"Origin": site.url},
        ).status_code
        == 403
    )
    assert ulf.get("/upload/template?kind=contacts&format=csv").status == 200
    assert ulf.post("/upload/export", {**ulf.get("/upload").form("/upload").fields, "format": "csv"}).status in {
        403,
        404,
    }
    look = _looked_at(ulf, "number;name\n2002;Ny AB\n")
    assert (vera.get(look.path).status, site.logged_in().get(look.path).status) == (404, 404)
    done = _ended(ulf, ulf.submit(look, f"{look.path}/store"))
    assert ("Stored: 1 added" in done.text, world.numbers()) == (True, ["1001", "2002"])
