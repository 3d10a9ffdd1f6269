"""Logging in at the company's own login service: who is let in, and every way in which its word is not believed."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from syncd.connectors.oidc import Provider, Registration
from syncd.ports.people import NewUser
from syncd.services.logins.elsewhere import PATIENCE, Elsewhere, Rules
from tests.web.issuer import BERTIL, CLIENT, SECRET, Issuer
from tests.web.site import PASSWORD, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.people import UserInfo
    from tests.web.site import Browser, Shown
    from tests.world import World

HIM = NewUser("bertil", "Bertil Byrå", email="Bertil@Example.com", administrator=True)
THERE = "/login/there"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as made:
        yield made


def opened(world: World, issuer: Issuer, *, rules: Rules | None = None, passwords: bool = True) -> Site:
    """The console of a company that has a login service. Both go by one clock."""
    site: Site

    def seconds() -> float:
        return site.clock().timestamp()

    provider = Provider(Registration(issuer.url, CLIENT, SECRET), seconds)
    site = Site(world, elsewhere=Elsewhere(provider, rules or Rules("Bolagets inloggning"), passwords))
    issuer.now = seconds
    return site


@pytest.fixture
def site(world: World, issuer: Issuer) -> Iterator[Site]:
    with opened(world, issuer) as made:
        made.hire(HIM)
        yield made


def user(site: Site, login: str = "bertil") -> UserInfo | None:
    with site.world.store.reading() as work:
        return work.users.find(site.world.group.id, login)


def sessions(site: Site, login: str = "bertil") -> int:
    with site.world.store.reading() as work:
        found = work.users.find(site.world.group.id, login)
        return len(work.logins.sessions(found.id)) if found is not None else 0


def is_in(browser: Browser) -> bool:
    return browser.get("/account").status == 200 and browser.get("/account").path == "/account"


def later(site: Site, passed: timedelta) -> None:
    now = site.clock
    site.clock = lambda: now() + passed


def test_somebody_known_is_let_in_to_where_they_wanted(site: Site) -> None:
    """By the address that the login service has verified, whatever its case; the page says how they came."""
    browser = site.browser()
    page = browser.get("/account")
    assert "Log in with Bolagets inloggning" in page.text
    page = browser.get(next(link for link in page.links if link.startswith(THERE)))
    assert (page.status, page.path) == (200, "/account")
    assert ("Bertil Byrå" in page.text, "Logged in" in page.text) == (True, True)


def test_a_login_renews_the_session_and_spends_what_began_it(site: Site) -> None:
    """The session that the browser had ends; the address one came back to opens nothing a second time."""
    browser = site.browser()
    browser.get(THERE)
    first = browser.client.cookies["syncd"]
    came = browser.get(THERE).answer.history[-1]
    assert browser.client.cookies["syncd"] != first
    assert (sessions(site), "syncd-login" in browser.client.cookies) == (1, False)
    thief = site.browser()
    assert thief.get(str(came.url.raw_path.decode())).status == 422
    browser.client.cookies.set("syncd", first)
    assert not is_in(browser)


def tricked(site: Site, **changed: str) -> Shown:
    """Somebody who comes back with something else than the login service sent along."""
    browser = site.browser()
    there = browser.client.get(THERE, follow_redirects=False).headers["location"]
    back = browser.client.get(there, follow_redirects=False).headers["location"]
    parts = urlsplit(back)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&")) | changed
    answer = browser.get(f"{parts.path}?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert not is_in(browser)
    return answer


def test_only_whoever_began_a_login_ends_it(site: Site) -> None:
    """A wrong state, none, another browser's, one that took too long: nobody is logged in as somebody else."""
    for state in ("x", "", "%C3%A4"):
        page = tricked(site, state=state)
        assert (page.status, "not waited for" in page.text, "Begin again." in page.text) == (422, True, True)
    mine, theirs = site.browser(), site.browser()
    there = mine.client.get(THERE, follow_redirects=False).headers["location"]
    back = mine.client.get(there, follow_redirects=False).headers["location"]
    theirs.client.get(THERE, follow_redirects=False)
    assert theirs.get(urlsplit(back).path + "?" + urlsplit(back).query).status == 422
    mine.client.cookies.set("syncd-login", "forged")
    assert mine.get(urlsplit(back).path + "?" + urlsplit(back).query).status == 422
    there = mine.client.get(THERE, follow_redirects=False).headers["location"]
    back = mine.client.get(there, follow_redirects=False).headers["location"]
    later(site, PATIENCE)
    assert mine.get(urlsplit(back).path + "?" + urlsplit(back).query).status == 422
    assert sessions(site) == 0


def test_a_code_that_is_nobodys_opens_nothing(site: Site) -> None:
    """Nor an answer that another service gave (RFC 9207)."""
    assert tricked(site, code="x").status == 503
    assert tricked(site, iss="https://evil.example").status == 403


def by_hand(header: dict[str, str], claims: dict[str, Any], key: bytes | None = None) -> str:
    """A token as attackers make them, since no library does: unsigned, or with whatever they have as a secret."""
    parts = [urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    mark = hmac.digest(key, b".".join(parts), "sha256") if key is not None else b""
    return b".".join([*parts, urlsafe_b64encode(mark).rstrip(b"=")]).decode()


def test_a_token_that_lies_is_not_believed(site: Site, issuer: Issuer) -> None:
    """Whatever stands in it that should not, or does not: nobody is let in. Clocks may differ by a minute."""
    now = int(site.clock().timestamp())
    lies: list[dict[str, Any]] = [
        {"nonce": "x"}, {"nonce": None}, {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": None},
        {"aud": [CLIENT, "another"]}, {"azp": "another"}, {"exp": now - 61}, {"exp": None}, {"exp": "soon"},
        {"iat": now + 90}, {"nbf": now + 90}, {"sub": None}, {"sub": 7},
    ]  # fmt: skip
    for issuer.lies in lies:
        page = site.browser().get(THERE)
        assert (page.status, "cannot be trusted" in page.text) == (403, True), issuer.lies
    assert sessions(site) == 0
    for issuer.lies in ({"exp": now - 30, "iat": now - 330}, {"iat": now + 30}, {"aud": [CLIENT, "x"], "azp": CLIENT}):
        assert site.browser().get(THERE).status == 200, "clocks differ a little"


def test_a_token_that_nobody_signed_for_us_is_not_believed(site: Site, issuer: Issuer) -> None:
    """Unsigned, signed with a secret or by a stranger under a name we know, no token at all."""
    stranger, kid = ECKey.generate_key("P-256"), str(issuer.key.kid)
    public = issuer.key.as_pem(private=False)
    forgers = [
        lambda claims: by_hand({"alg": "none"}, claims),
        lambda claims: by_hand({"alg": "HS256", "kid": kid}, claims, public),
        lambda claims: by_hand({"alg": "HS256", "kid": kid}, claims, SECRET.encode()),
        lambda claims: jwt.encode({"alg": "ES256", "kid": kid}, claims, stranger),
        lambda claims: jwt.encode({"alg": "ES256", "kid": "another"}, claims, stranger),
        lambda claims: issuer.signed(claims)[:-4] + "AAAA",
        lambda _claims: "no token",
        lambda _claims: None,
    ]
    for issuer.signs in forgers:
        assert site.browser().get(THERE).status == 403
    assert sessions(site) == 0


def test_a_new_key_is_asked_for_and_not_too_often(site: Site, issuer: Issuer) -> None:
    """A login service that changes its keys goes on working; nobody makes us ask it again and again."""
    assert site.browser().get(THERE).status == 200
    issuer.rotate()
    later(site, timedelta(seconds=61))
    assert site.browser().get(THERE).status == 200
    before = issuer.answered.count("/tenant/keys")
    issuer.signs = lambda claims: jwt.encode({"alg": "ES256", "kid": "x"}, claims, issuer.key)
    assert [site.browser().get(THERE).status for _ in range(3)] == [403] * 3
    assert issuer.answered.count("/tenant/keys") == before == 2


def test_nobody_unknown_or_deactivated_is_let_in(site: Site, issuer: Issuer) -> None:
    """All of them in the same words, and nobody is added; an address counts only if the service has verified it."""
    told = []
    for person in (
        {"email": "eva@example.com"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
    ):
        issuer.person = {**BERTIL, **person}
        told.append(site.browser().get(THERE))
    issuer.person = dict(BERTIL)
    with site.world.store.work() as work:
        found = work.users.find(site.world.group.id, "bertil")
        assert found is not None
        work.users.set(found.id, active=False)
        work.commit()
    told.append(site.browser().get(THERE))
    assert {page.status for page in told} == {403}
    assert len({page.text for page in told}) == 1
    assert "Ask an administrator" in told[0].text
    with site.world.store.reading() as work:
        assert {one.login for one in work.users.list(site.world.group.id)} == {"anna", "bertil"}
        assert [one.outcome for one in work.logins.latest(found.id, 9)] == ["refused"]


def test_an_account_is_known_by_what_is_never_given_to_another(site: Site, issuer: Issuer) -> None:
    """An address that the service gave to somebody else opens nothing; until an administrator changes it here."""
    assert site.browser().get(THERE).status == 200
    issuer.person = {**BERTIL, "sub": "b-2"}
    assert site.browser().get(THERE).status == 403
    issuer.person = {**BERTIL, "email": "bertil.byra@example.com"}
    assert site.browser().get(THERE).status == 200
    issuer.person = {**BERTIL, "sub": "b-2", "email": "bb@example.com"}
    found = user(site)
    assert found is not None
    anna = site.logged_in()
    page = anna.get(f"/users/{found.id}")
    anna.submit(page, f"/users/{found.id}", email="bb@example.com")
    assert site.browser().get(THERE).status == 200


def test_two_users_of_one_address_are_nobody(site: Site) -> None:
    """Who is meant is not guessed."""
    site.hire(NewUser("bert", "Bert", email="bertil@example.com"))
    assert site.browser().get(THERE).status == 403


def test_another_claim_can_name_the_login_and_people_can_be_added(world: World, issuer: Issuer) -> None:
    """Where that is configured; whoever is added has no right until an administrator gives one."""
    rules = Rules("Inloggning", claim="preferred_username", matches="login", create_users=True)
    with opened(world, issuer, rules=rules) as site:
        issuer.person = {**BERTIL, "preferred_username": "Eva@example.com", "email": "eva@example.com"}
        page = site.browser().get(THERE)
        assert (page.status, "Bertil Byrå" in page.text) == (200, True)
        made = user(site, "eva@example.com")
        assert made is not None
        assert (made.permissions, made.administrator, made.email) == (frozenset(), False, "eva@example.com")
        issuer.person = {**BERTIL, "preferred_username": " ", "sub": "x"}
        assert site.browser().get(THERE).status == 403


def test_a_login_leads_to_no_other_site(site: Site) -> None:
    """Whatever stands in the address."""
    for to in ("//evil.example", "https://evil.example", "/\\evil.example"):
        page = site.browser().get(f"{THERE}?to={to}")
        assert (page.status, page.path, page.answer.url.host) == (200, "/", "127.0.0.1")


def test_a_service_that_is_away_or_says_no_is_told_with_what_helps(world: World, issuer: Issuer) -> None:
    """Declined there, broken, another one than was configured, one that wants addresses without encryption."""
    with opened(world, issuer) as site:
        issuer.document = {"token_endpoint": "http://evil.example/token"}
        assert site.browser().get(THERE).status == 403
        issuer.document = {"issuer": "https://evil.example"}
        assert site.browser().get(THERE).status == 403
        issuer.document = {"authorization_response_iss_parameter_supported": True}
        assert site.browser().get(THERE).status == 403
        issuer.declines = True
        page = site.browser().get(THERE)
        assert (page.status, "not completed there" in page.text) == (403, True)
    with Site(world, elsewhere=elsewhere_at("http://127.0.0.1:9/")) as site:
        page = site.browser().get(THERE)
        assert (page.status, "does not answer" in page.text) == (503, True)


def elsewhere_at(url: str) -> Elsewhere:
    return Elsewhere(Provider(Registration(url, CLIENT, None), lambda: 0.0), Rules("X"))


def test_secrets_are_sent_in_the_way_that_is_asked_for(world: World, issuer: Issuer) -> None:
    """In the body where the service takes no other way."""
    issuer.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    with opened(world, issuer) as site:
        site.hire(HIM)
        assert site.browser().get(THERE).status == 200


def test_passwords_can_be_switched_off(world: World, issuer: Issuer) -> None:
    """Then nobody is asked for one, and a right one opens nothing; without a login service there is nothing there."""
    with opened(world, issuer, passwords=False) as site:
        site.hire(HIM, password=PASSWORD)
        browser = site.browser()
        page = browser.get("/login")
        assert [form.action for form in page.forms] == ["/language"]
        page = browser.post("/login", {"login": "bertil", "password": PASSWORD})
        assert (page.status, "Passwords are not taken here." in page.text) == (403, True)
        assert browser.get(THERE).status == 200
        assert ("/password" in browser.get("/account").links, browser.get("/password").status) == (False, 404)
    with Site(world) as site:
        assert [site.browser().get(path).status for path in (THERE, "/login/back", "/logout/there")] == [404] * 3


def test_a_password_for_one_login_does_not_stop_who_came_without_it(site: Site) -> None:
    """It was never typed, so it need not be changed first."""
    with site.world.store.work() as work:
        found = work.users.find(site.world.group.id, "bertil")
        assert found is not None
        work.users.set_password_hash(found.id, "-", one_time=True)
        work.commit()
    assert site.browser().get(THERE).path == "/"


def test_logging_out_here_offers_to_log_out_there(site: Site, issuer: Issuer) -> None:
    """Who shares a machine ends both; the session here is over at once."""
    browser = site.browser()
    page = browser.get(THERE)
    page = browser.submit(page, "/logout")
    assert "You are logged out here." in page.text
    page = browser.get("/logout/there")
    assert (page.path, issuer.answered[-1], sessions(site)) == ("/login", "/tenant/out", 0)
    browser.get(THERE)
    issuer.document = {}
    assert (browser.get("/logout/there").path, sessions(site)) == ("/login", 0)


def test_who_belongs_to_two_companies_chooses(site: Site) -> None:
    """Among their own; nobody is told of others."""
    with site.world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.groups.create("Tredje bolaget")
        work.commit()
    site.hire(NewUser("bb", "Bertil där", email="bertil@example.com"), group=other.id)
    browser = site.browser()
    page = browser.get(THERE)
    ways = [link for link in page.links if link.startswith(THERE)]
    assert (len(ways), "Tredje" in page.text, is_in(browser)) == (2, False, False)
    page = browser.get(next(way for way in ways if "Andra" in way))
    assert "Bertil där" in page.text
