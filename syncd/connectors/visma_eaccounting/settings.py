"""How to reach Visma eAccounting, and how to ask for consent there (FACTS §1, §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.connectors.http import MAX_BYTES, MAX_SECONDS
from syncd.connectors.oauth import Client, OAuth
from syncd.connectors.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

API_URL = "https://eaccountingapi.vismaonline.com/v2/"
IDENTITY_URL = "https://identity.vismaonline.com/"
SCOPE = "ea:api offline_access ea:sales"
CONSENT = {
    "prompt": "select_account",  # else a user with a default company silently connects the wrong one
    "acr_values": "service:44643EB1-3F76-4C1C-A672-402AE8085934",  # lists eAccounting companies only
}


@dataclass(frozen=True, slots=True)
class VismaSettings:
    """Addresses, our registration, and the vendor's limit for it."""

    client_id: str
    client_secret: str = field(repr=False)
    api_url: str = API_URL
    identity_url: str = IDENTITY_URL
    rate_limit_per_minute: int = 600
    timeout: float = MAX_SECONDS
    answer_bytes: int = MAX_BYTES
    retry: Retry = field(default_factory=Retry)
    network: httpx.BaseTransport | None = field(default=None, repr=False)
    """Carries the requests where the vendor is not reached over the network."""


def oauth(settings: VismaSettings, now: Callable[[], float]) -> OAuth:
    """The identity server, with what the vendor wants to be asked."""
    client = Client(settings.identity_url, settings.client_id, settings.client_secret, SCOPE, CONSENT)
    return OAuth(client, now, settings.network)
