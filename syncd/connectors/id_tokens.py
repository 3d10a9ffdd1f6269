"""An identity token is believed if one of the issuer's keys signed it, for us, for this very login, and just now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, import_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joserfc.jwt import Claims

__all__ = ["Expected", "KeySet", "UnknownKeyError", "UntrustedTokenError", "claims_of", "keys_of"]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Only what a key pair signs: neither *none*, nor a secret that could be mistaken for a public key."""

SKEW = 60
"""Seconds by which the issuer's clock may differ from ours."""


class UntrustedTokenError(Exception):
    """The token is not to be believed; says which part of it, never what stands there."""


class UnknownKeyError(Exception):
    """The issuer may have a new key."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must stand in the token."""

    issuer: str
    client_id: str
    nonce: str
    now: int


def keys_of(document: Mapping[str, Any]) -> KeySet:
    """The keys that an issuer publishes; kinds that nobody here knows are left out."""
    found = document.get("keys")
    return KeySet([key for one in (found if isinstance(found, list) else []) for key in _key(one)])


def _key(one: object) -> list[Any]:
    """A key to check signatures with, if it is one."""
    if not isinstance(one, dict) or one.get("kty") not in {"RSA", "EC"} or one.get("use", "sig") != "sig":
        return []
    try:
        return [import_key(one)]
    except (JoseError, ValueError, TypeError, KeyError):
        return []


def claims_of(token: str, keys: KeySet, expected: Expected) -> Claims:
    """What a token says. Raises ``UnknownKeyError``, ``UntrustedTokenError``."""
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError:
        raise UnknownKeyError from None
    except (JoseError, ValueError, TypeError) as error:
        raise UntrustedTokenError(f"signature: {type(error).__name__}") from None
    try:
        _rules(expected).validate(claims)
    except JoseError as error:
        raise UntrustedTokenError(f"claims: {error.error}, {error.description}") from None
    if _party(claims) not in {None, expected.client_id}:
        raise UntrustedTokenError("claims: azp")
    return claims


def _rules(expected: Expected) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=expected.now,
        leeway=SKEW,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        nonce={"essential": True, "value": expected.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _party(claims: Claims) -> object:
    """To whom the token was given; with several audiences it must say so."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    return claims.get("azp", "" if several else None)
