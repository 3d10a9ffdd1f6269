"""Consent: the way to it, what comes back, and what each refusal means."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx

from syncd.connectors.oauth import Client, OAuth
from syncd.connectors.visma_eaccounting import VismaSettings, oauth
from syncd.errors import NeedsAttentionError, NeedsConsentError, RefusedError, SyncdError, TryLaterError
from tests.connectors.visma import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.connectors.oauth import Consent
    from syncd.sandbox import Sandbox

BACK = "http://127.0.0.1:8723/callback"
TOKEN_URL = "https://identity.example.com/connect/token"


@pytest.fixture
def server() -> Iterator[OAuth]:
    made = OAuth(Client("https://identity.example.com/", "id &", "secret+/", "ea:api"), lambda: 1000.0)
    yield made
    made.close()


@pytest.fixture
def visma(sandbox: Sandbox) -> Iterator[OAuth]:
    made = oauth(settings_of(sandbox), lambda: 1000.0)
    yield made
    made.close()


def agree(consent: Consent) -> str:
    """What a person's browser is sent back to."""
    with httpx.Client(trust_env=False) as browser:  # noqa: TID251  a person's browser
        return browser.get(consent.url + "&auto=1").headers["Location"]


def test_the_consent_address_is_complete() -> None:
    """A person is asked which company, for exactly the rights that syncd needs."""
    made = oauth(VismaSettings("client-1", "secret"), lambda: 0.0)
    consent = made.begin(BACK)
    parts = urlsplit(consent.url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://identity.vismaonline.com/connect/authorize"
    assert query.pop("state") == consent.state
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "client_id": "client-1",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "ea:api offline_access ea:sales",
        "code_challenge_method": "S256",
        "prompt": "select_account",
        "acr_values": "service:44643EB1-3F76-4C1C-A672-402AE8085934",
    }
    assert made.begin(BACK).state != consent.state
    assert consent.verifier not in repr(consent)
    made.close()


def test_a_consent_becomes_tokens(visma: OAuth) -> None:
    """The address that the person comes back to is all that is needed."""
    consent = visma.begin(BACK)
    tokens = visma.finish(consent, f"  {agree(consent)}\n")
    assert tokens.access_token
    assert tokens.refresh_token
    assert tokens.expires_at == 1000.0 + 3600
    assert tokens.scope == "ea:api offline_access ea:sales"
    assert visma.requests == 1
    assert tokens.access_token not in repr(tokens)


def test_a_refresh_gives_new_tokens(visma: OAuth, sandbox: Sandbox) -> None:
    """Every refresh brings another refresh token; the old one is spent."""
    first = sandbox.issue_refresh_token()
    renewed = visma.refresh(first)
    assert renewed.refresh_token not in ("", first)
    with pytest.raises(NeedsConsentError):
        visma.refresh(first)


def test_a_code_is_good_for_its_own_consent_only(visma: OAuth) -> None:
    """An address from another attempt, or from somebody else, is refused."""
    consent = visma.begin(BACK)
    landed = agree(consent)
    with pytest.raises(RefusedError, match="another consent"):
        visma.finish(visma.begin(BACK), landed)
    with pytest.raises(RefusedError, match="another consent"):
        visma.finish(consent, f"{BACK}?code=x")
    with pytest.raises(RefusedError, match="no code"):
        visma.finish(consent, f"{BACK}?state={consent.state}")
    with pytest.raises(NeedsConsentError, match="not given"):
        visma.finish(consent, f"{BACK}?state={consent.state}&error=access_denied")


@respx.mock
def test_the_client_shows_itself_by_basic_authentication(server: OAuth) -> None:
    """Secrets with special characters work, and never stand in the body."""
    route = respx.post(TOKEN_URL).respond(json={"access_token": "a", "refresh_token": "r", "expires_in": 60})
    tokens = server.refresh("old")
    sent = route.calls[0].request
    assert base64.b64decode(sent.headers["authorization"].split()[1]) == b"id+%26:secret%2B%2F"
    assert parse_qs(sent.content.decode()) == {"grant_type": ["refresh_token"], "refresh_token": ["old"]}
    assert (tokens.expires_at, tokens.scope) == (1060.0, "")


@respx.mock
def test_a_server_that_does_not_rotate_keeps_the_old_token_good(server: OAuth) -> None:
    """An answer without a refresh token does not end the consent."""
    respx.post(TOKEN_URL).respond(json={"access_token": "a", "scope": None})
    tokens = server.refresh("old")
    assert (tokens.refresh_token, tokens.expires_at) == ("old", 4600.0)


@respx.mock
def test_a_consent_without_offline_access_is_refused(server: OAuth) -> None:
    """Without a refresh token the connection would die within the hour; say so at once."""
    respx.post(TOKEN_URL).respond(json={"access_token": "a"})
    consent = server.begin(BACK)
    with pytest.raises(NeedsConsentError, match="offline"):
        server.finish(consent, f"{BACK}?state={consent.state}&code=c")


@respx.mock
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, '{"error":"invalid_grant"}', NeedsConsentError),
        (401, '{"error":"invalid_client"}', NeedsAttentionError),
        (400, '{"error":"unauthorized_client"}', NeedsAttentionError),
        (400, '{"error":"<b>no</b>"}', TryLaterError),
        (404, "", TryLaterError),
        (429, "", TryLaterError),
        (500, "<html>", TryLaterError),
        (200, "<html>", TryLaterError),
        (200, '{"access_token":""}', TryLaterError),
        (200, '{"access_token":"a","refresh_token":7}', TryLaterError),
        (200, "[1]", TryLaterError),
        (302, "", TryLaterError),
    ],
)
def test_each_refusal_says_what_a_person_must_do(
    server: OAuth, status: int, body: str, expected: type[SyncdError]
) -> None:
    """Only an ended consent asks for a new one; what will pass is tried later."""
    respx.post(TOKEN_URL).respond(status, text=body)
    with pytest.raises(expected) as caught:
        server.refresh("very-secret")
    assert "very-secret" not in str(caught.value)
    assert "<" not in str(caught.value)


@respx.mock
def test_an_unreachable_identity_server_is_for_later(server: OAuth) -> None:
    """A network failure is not taken for an ended consent."""
    respx.post(TOKEN_URL).mock(side_effect=httpx.ConnectError("x"))
    with pytest.raises(TryLaterError):
        server.refresh("old")
    assert server.requests == 0
