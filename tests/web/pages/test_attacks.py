"""What attackers try: forms from elsewhere, sessions and addresses of others, text that is code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.ports.people import NewUser
from syncd.register.access import Permission
from syncd.register.orders import OrderKind
from syncd.services.register.orders import add_order
from syncd.web.pages.guarding import local_path
from tests.web.site import PASSWORD, Site

if TYPE_CHECKING:
    from tests.world import World

BERTIL = NewUser("bertil", "Bertil", administrator=True)
EVIL = "https://evil.example"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
        {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_from_elsewhere_does_nothing(site: Site, headers: dict[str, str]) -> None:
    """Even with the session's cookie and the right token: browsers say where a form comes from."""
    anna = site.logged_in()
    form = anna.get("/").form("/connections/visma/sync")
    answer = anna.client.post("/connections/visma/sync", data=form.fields, headers=headers)
    assert (answer.status_code, site.queue.pending()) == (403, ())
    assert site.browser().client.post("/login", data={"login": "anna"}, headers=headers).status_code == 403


def test_a_form_without_its_token_does_nothing(site: Site) -> None:
    """Missing, wrong, or another session's; or when nothing says where it comes from."""
    anna, other = site.logged_in(), site.logged_in()
    stolen = other.get("/").form("/connections/visma/sync").fields
    for data in ({}, {"form_token": "x"}, {"form_token": "ä"}, stolen):
        assert anna.post("/connections/visma/sync", data).status == 403
    own = anna.get("/").form("/connections/visma/sync").fields
    assert anna.client.post("/connections/visma/sync", data=own).status_code == 403
    assert site.queue.pending() == ()


def test_a_session_that_was_planted_is_not_the_one_that_is_logged_in(site: Site) -> None:
    """A login begins a new session, whatever the browser held before."""
    site.hire(BERTIL, password=PASSWORD)
    browser = site.browser()
    browser.client.cookies.set("syncd", "planted", domain="127.0.0.1")
    browser.log_in("bertil")
    assert browser.client.cookies.get("syncd", domain="127.0.0.1") not in {None, "planted"}
    thief = site.browser()
    thief.client.cookies.set("syncd", "planted")
    assert thief.get("/").path == "/login"


@pytest.mark.parametrize(
    "to", ["//evil.example", EVIL, "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\tx", "/ä", ""]
)
def test_only_places_on_this_site_are_gone_to(to: str) -> None:
    """Whatever a browser could take for another site is the start page."""
    assert local_path(to) == "/"


def test_a_login_leads_nowhere_else(site: Site) -> None:
    """An address in a link cannot send people to another site after their login."""
    site.hire(BERTIL, password=PASSWORD)
    browser = site.browser()
    page = browser.submit(browser.get("/login?to=//evil.example"), "/login", login="bertil", password=PASSWORD)
    assert (page.status, page.path, page.answer.url.host) == (200, "/", "127.0.0.1")
    assert browser.submit(page, "/language", language="sv", to=EVIL).answer.url.host == "127.0.0.1"


def test_the_cookie_is_for_the_browser_alone(site: Site) -> None:
    """No script reads it; on this machine over plain http it can only be a plain one."""
    site.hire(BERTIL, password=PASSWORD)
    browser = site.browser()
    data = {"login": "bertil", "password": PASSWORD}
    answer = browser.client.post("/login", data=data, headers={"Origin": site.url}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("syncd=")
    assert ("HttpOnly" in cookie, "SameSite=lax" in cookie, "Path=/" in cookie) == (True, True, True)


def test_over_https_the_cookie_belongs_to_this_host(world: World) -> None:
    """Behind a proxy with a public address: `__Host-`, Secure, and the browser is told to stay with https."""
    with Site(world, public_url="https://syncd.example/") as site:
        site.hire(BERTIL, password=PASSWORD)
        headers = {
            "Host": "syncd.example",
            "Origin": "https://syncd.example",
            "X-Forwarded-For": "1.2.3.4, 198.51.100.7",
        }
        data = {"login": "bertil", "password": PASSWORD}
        answer = site.browser().client.post("/login", data=data, headers=headers, follow_redirects=False)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-syncd=")
        assert ("Secure" in cookie, "Domain" in cookie) == (True, False)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        with world.store.reading() as work:
            bertil = work.users.find(world.group.id, "bertil")
            assert bertil is not None
            assert [one.address for one in work.logins.latest(bertil.id, 9)] == ["198.51.100.7"]


@pytest.mark.parametrize("host", ["evil.example", "syncd.example", "127.0.0.1.evil.example", "[", ""])
def test_another_name_for_this_machine_is_not_answered(site: Site, host: str) -> None:
    """A name that somebody else made point here (DNS rebinding) gets nothing."""
    answer = site.browser().client.get("/login", headers={"Host": host})
    assert answer.status_code in {400, 421}


def test_every_answer_forbids_what_no_page_needs(site: Site) -> None:
    """Foreign and inline code, frames, guessing of types; pages are not kept by anybody, files are."""
    anna = site.logged_in()
    for path in ("/", "/login", "/nothing-here", "/static/console.css", "/static/nothing"):
        headers = anna.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
        assert headers["referrer-policy"] == "same-origin"
    assert anna.client.get("/").headers["cache-control"] == "no-store"


def test_names_from_accounting_are_text(site: Site, world: World) -> None:
    """Whatever a bookkeeper, or whoever wrote to them, typed as a name: it is shown, never carried out."""
    code = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    with world.store.work() as work:
        work.connections.save(world.connection_id, company={"name": code})
        work.commit()
    page = site.logged_in().get("/")
    assert code in page.text
    assert "<script>" not in page.html
    assert "<img" not in page.html


def test_what_another_company_does_cannot_be_looked_at(site: Site, world: World) -> None:
    """By number in the address: a run that was ordered there is not found here."""
    with world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.commit()
    site.hire(NewUser("olle", "Olle", administrator=True), group=other.id)
    anna, olle = site.logged_in(), site.logged_in("olle", group=other.id)
    order = anna.client.post(
        "/connections/visma/sync",
        data=anna.get("/").form("/connections/visma/sync").fields,
        headers={"Origin": site.url},
        follow_redirects=False,
    ).headers["location"]
    assert olle.get(order).status == 404
    data = {"form_token": olle.get("/").form("/logout").fields["form_token"]}
    assert olle.post("/connections/visma/sync", data).status == 404
    assert "visma" not in olle.get("/").text


def test_a_form_that_is_huge_or_broken_is_refused(site: Site) -> None:
    """Nobody fills the memory, nothing ends in a traceback."""
    browser = site.browser()
    huge = {"login": "x" * 1_100_000}
    assert browser.post("/login", huge).status == 422
    headers = {"Origin": site.url, "Content-Type": "multipart/form-data"}
    assert browser.client.post("/login", content=b"nonsense", headers=headers).status_code == 422
    assert browser.client.put("/login", headers={"Origin": site.url}).status_code == 404
    assert browser.get("/orders/99999999999999999999").status in {200, 404}
    assert site.logged_in().get("/orders/99999999999999999999").status == 404


def test_a_customer_user_sees_their_own_orders_and_nothing_else(site: Site, world: World) -> None:
    """Not the connections of the company, not another customer's orders (R-27)."""
    for number in ("1001", "1002"):
        world.add(number, {"name": f"Kund {number}"})
    with world.store.work() as work:
        for number in ("1001", "1002"):
            typed = {"title": f"Läcka hos {number}"}
            add_order(
                work, world.anna, world.group.id, number, OrderKind.ERROR_REPORT, typed, today=site.clock().date()
            )
        customer = work.customers.find(world.group.id, "1001")
        assert customer is not None
        work.users.add(
            world.group.id,
            NewUser("kim", "Kim Kund", customer_id=customer.id, permissions=frozenset({Permission.VIEW})),
        )
        work.commit()
    kim = site.logged_in("kim")
    page = kim.get("/")
    assert ("Läcka hos 1001" in page.text, "1002" in page.text, "visma" in page.text) == (True, False, False)
    assert [kim.get(path).status for path in ("/runs", "/runs/1", "/orders/1")] == [403] * 3
