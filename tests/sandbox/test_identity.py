"""Consent, tokens, revocation: facts §2 and §10.1."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.sandbox.calling import Caller, Form, Reply

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox

BACK = "http://127.0.0.1:9/callback"
SCOPE = "ea:api offline_access ea:sales"
VERIFIER = "v" * 50


def asked(sandbox: Sandbox, **more: str) -> dict[str, str]:
    """The query of a correct authorize request."""
    query = {"client_id": sandbox.client_id, "redirect_uri": BACK, "scope": SCOPE}
    return query | {"state": "s1", "response_type": "code"} | more


def answered(reply: Reply) -> dict[str, str]:
    """What a redirect carries back."""
    assert reply.status == 302
    assert reply.headers["Location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))


def consented(identity: Form, **more: str) -> str:
    """A code, as if a person had agreed."""
    return answered(identity.get("connect/authorize", **asked(identity.sandbox, auto="1", **more)))["code"]


def redeem(identity: Form, code: str, **more: str) -> Reply:
    return identity.token(grant_type="authorization_code", code=code, redirect_uri=BACK, **more)


def test_the_consent_page_lists_the_companies(sandbox: Sandbox, identity: Form) -> None:
    """With select_account all of them, else only the default one."""
    sandbox.add_company("Åkeriet & Söner AB")
    page = identity.get("connect/authorize", **asked(sandbox, prompt="select_account"))
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Testbolaget AB" in page.text
    assert "Åkeriet &amp; Söner AB" in page.text
    assert "Åkeriet" not in identity.get("connect/authorize", **asked(sandbox)).text


def test_agreeing_leads_back_with_a_code(sandbox: Sandbox, identity: Form) -> None:
    """The code is 64 hexadecimal digits and -1; state, scope and issuer come along."""
    other = sandbox.add_company()
    form = asked(sandbox, company=other.id, decision="allow")
    back = answered(identity.post("connect/authorize", form))
    assert back["state"] == "s1"
    assert back["scope"] == SCOPE
    assert back["iss"] == sandbox.identity_url.rstrip("/")
    assert len(back["code"]) == 66
    token = redeem(identity, back["code"]).json
    settings = Caller(sandbox, token["access_token"]).get("companysettings").json
    assert settings["CompanyIdentifier"] == other.id


def test_denying_leads_back_with_access_denied(sandbox: Sandbox, identity: Form) -> None:
    """And an unknown company leads nowhere."""
    form = asked(sandbox, company=sandbox.company.id)
    assert answered(identity.post("connect/authorize", form))["error"] == "access_denied"
    unknown = asked(sandbox, company="x", decision="allow")
    assert identity.post("connect/authorize", unknown).status == 400


@pytest.mark.parametrize("wrong", [{"client_id": "x"}, {"redirect_uri": ""}])
def test_a_stranger_is_not_sent_anywhere(sandbox: Sandbox, identity: Form, wrong: dict[str, str]) -> None:
    """A page says so, without a redirect; the form checks again."""
    assert identity.get("connect/authorize", **asked(sandbox) | wrong).status == 400
    assert identity.post("connect/authorize", asked(sandbox, decision="allow") | wrong).status == 400


def test_only_registered_addresses_are_sent_back_to(sandbox: Sandbox, identity: Form) -> None:
    """When the client has registered any."""
    sandbox.client.redirect_uris = (BACK,)
    assert identity.get("connect/authorize", **asked(sandbox)).status == 200
    elsewhere = asked(sandbox, redirect_uri="http://127.0.0.1:9/other")
    assert identity.get("connect/authorize", **elsewhere).status == 400


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "ea:sales"}, "invalid_scope"),
        ({"scope": "ea:api hats"}, "invalid_scope"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_told_to_the_program(
    sandbox: Sandbox, identity: Form, wrong: dict[str, str], error: str
) -> None:
    """By the redirect, in OAuth2's words."""
    assert answered(identity.get("connect/authorize", **asked(sandbox) | wrong))["error"] == error


def test_consent_can_be_given_without_a_person(sandbox: Sandbox, identity: Form) -> None:
    """By the query or by the switch, for the default company or a named one; state is optional."""
    other = sandbox.add_company()
    query = asked(sandbox, company=other.id) | {"redirect_uri": f"{BACK}?x=1"}
    del query["state"]
    sandbox.switches = replace(sandbox.switches, auto_consent=True)
    back = answered(identity.get("connect/authorize", **query))
    assert back["x"] == "1"
    assert "state" not in back
    sandbox.switches = replace(sandbox.switches, auto_consent=False)
    assert redeem(identity, consented(identity)).status == 200


def test_a_code_is_good_once_and_not_for_long(sandbox: Sandbox, identity: Form) -> None:
    """Else invalid_grant."""
    code = consented(identity)
    token = redeem(identity, code).json
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 3600
    assert token["scope"] == SCOPE
    assert redeem(identity, code).json == {"error": "invalid_grant"}
    late = consented(identity)
    sandbox.clock.advance(301)
    assert redeem(identity, late).status == 400


def test_a_code_is_bound_to_its_address_and_challenge(identity: Form) -> None:
    """PKCE is checked when a challenge was given, S256 only."""
    code = consented(identity)
    other = identity.token(grant_type="authorization_code", code=code, redirect_uri="http://127.0.0.1:9/")
    assert other.json == {"error": "invalid_grant"}
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    proof = {"code_challenge": challenge, "code_challenge_method": "S256"}
    assert redeem(identity, consented(identity, **proof)).status == 400
    assert redeem(identity, consented(identity, **proof), code_verifier="w" * 50).status == 400
    assert redeem(identity, consented(identity, **proof), code_verifier=VERIFIER).status == 200


def test_the_secret_may_come_by_basic_authentication(sandbox: Sandbox, identity: Form) -> None:
    """As well as in the body; a wrong one is invalid_client."""
    pair = f"{sandbox.client_id}:{sandbox.client_secret}".encode()
    form = {"grant_type": "refresh_token", "refresh_token": sandbox.issue_refresh_token()}
    good = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    assert identity.post("connect/token", form, good).status == 200
    for wrong in ({"Authorization": "Basic eHg="}, {"Authorization": "Basic ö"}, {}):
        assert identity.post("connect/token", form, wrong).json == {"error": "invalid_client"}
    sandbox.switches = replace(sandbox.switches, invalid_client_status=401)
    assert identity.post("connect/token", form).status == 401


def test_other_grants_do_not_exist(identity: Form) -> None:
    """Only the server-side flow (facts §2)."""
    assert identity.token(grant_type="client_credentials").json == {"error": "unsupported_grant_type"}
    assert identity.get("connect/hats").status == 404


def test_no_refresh_token_without_offline_access(sandbox: Sandbox, identity: Form) -> None:
    """The access token alone is answered; consent may also grant less than was asked."""
    assert "refresh_token" not in redeem(identity, consented(identity, scope="ea:api ea:sales")).json
    sandbox.switches = replace(sandbox.switches, granted_scopes=("ea:api",))
    assert redeem(identity, consented(identity)).json["scope"] == "ea:api"


def test_a_refresh_token_is_good_once(sandbox: Sandbox, identity: Form) -> None:
    """Each refresh brings a new one; the old one is refused at once."""
    old = sandbox.issue_refresh_token()
    new = identity.refresh(old).json["refresh_token"]
    assert new != old
    assert identity.refresh(old).json == {"error": "invalid_grant"}
    assert identity.refresh(new).status == 200
    assert identity.refresh("unheard-of").json == {"error": "invalid_grant"}


def test_a_spent_refresh_token_can_have_a_grace(sandbox: Sandbox, identity: Form) -> None:
    """For a minute, if switched; then it is refused."""
    sandbox.switches = replace(sandbox.switches, refresh_reuse="grace")
    old = sandbox.issue_refresh_token()
    assert identity.refresh(old).status == 200
    assert identity.refresh(old).status == 200
    sandbox.clock.advance(61)
    assert identity.refresh(old).json == {"error": "invalid_grant"}


def test_a_spent_refresh_token_can_end_its_whole_family(sandbox: Sandbox, identity: Form) -> None:
    """Every token of the same consent dies; others live."""
    sandbox.switches = replace(sandbox.switches, refresh_reuse="revoke_family")
    old, other = sandbox.issue_refresh_token(), sandbox.issue_refresh_token()
    fresh = identity.refresh(old).json
    assert identity.refresh(old).json == {"error": "invalid_grant"}
    assert identity.refresh(fresh["refresh_token"]).json == {"error": "invalid_grant"}
    assert Caller(sandbox, fresh["access_token"]).get("users").code == (401, 4005)
    assert identity.refresh(other).status == 200


def test_rotation_can_be_off(sandbox: Sandbox, identity: Form) -> None:
    """Then the same token works until it expires."""
    sandbox.switches = replace(sandbox.switches, refresh_rotation=False)
    token = sandbox.issue_refresh_token()
    assert identity.refresh(token).json["refresh_token"] == token
    assert identity.refresh(token).status == 200
    sandbox.clock.advance(731 * 86400)
    assert identity.refresh(token).json == {"error": "invalid_grant"}


def test_an_access_token_lives_an_hour(sandbox: Sandbox) -> None:
    """Then, and for a token nobody issued, the answer is 401 with 4005."""
    api = Caller(sandbox)
    assert api.get("users").status == 200
    sandbox.clock.advance(3601)
    reply = api.get("users")
    assert reply.code == (401, 4005)
    assert reply.json["DeveloperErrorMessage"].startswith("AuthorizationException - ")
    assert Caller(sandbox, "made-up").get("users").code == (401, 4005)


def test_a_changed_password_ends_everything(sandbox: Sandbox, identity: Form) -> None:
    """Access tokens answer 401, refresh tokens invalid_grant."""
    api, refresh = Caller(sandbox), sandbox.issue_refresh_token()
    sandbox.kill_tokens()
    assert api.get("users").code == (401, 4005)
    assert identity.refresh(refresh).json == {"error": "invalid_grant"}


def test_access_tokens_can_expire_alone(sandbox: Sandbox, identity: Form) -> None:
    """The refresh token brings a new one."""
    api, refresh = Caller(sandbox), sandbox.issue_refresh_token()
    sandbox.expire_access_tokens()
    assert api.get("users").status == 401
    fresh = identity.refresh(refresh).json["access_token"]
    assert Caller(sandbox, fresh).get("users").status == 200


def test_revocation_answers_200_with_nothing(sandbox: Sandbox, identity: Form) -> None:
    """For known and unknown tokens; a refresh token takes its access tokens along."""
    mine = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    fresh = identity.refresh(sandbox.issue_refresh_token()).json
    gone = identity.post("connect/revocation", mine | {"token": fresh["refresh_token"]})
    assert (gone.status, gone.text) == (200, "")
    assert identity.refresh(fresh["refresh_token"]).status == 400
    assert Caller(sandbox, fresh["access_token"]).get("users").status == 401
    assert identity.post("connect/revocation", mine | {"token": "x"}).status == 200
    assert identity.post("connect/revocation", {"token": "x"}).json == {"error": "invalid_client"}


def test_discovery_names_the_addresses(sandbox: Sandbox, identity: Form) -> None:
    """At the identity provider's usual place."""
    about = identity.get(".well-known/openid-configuration").json
    assert about["token_endpoint"] == f"{sandbox.identity_url}connect/token"
    assert about["issuer"] == sandbox.identity_url.rstrip("/")
