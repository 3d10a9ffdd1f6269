"""What is read once per company: its settings and its terms of payment."""

from __future__ import annotations

import threading
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from typing_extensions import override

from syncd.connectors.visma_eaccounting.api import Target
from syncd.connectors.visma_eaccounting.errors import VENDOR
from syncd.connectors.visma_eaccounting.lists import listing
from syncd.errors import NeedsAttentionError
from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import MalformedJsonError, parse_object
from syncd.values.records import Company, Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from syncd.connectors.http import Reply
    from syncd.connectors.visma_eaccounting.api import Api
    from syncd.mapping.overlay import JsonObject
    from syncd.values.capabilities import Capabilities


class CompanyBook:
    """The company's own data, read when first needed.

    ``chosen``: the connection's terms of payment, name or id; ``targets``: the places it gives to fields.
    """

    def __init__(self, api: Api, chosen: str | None, targets: Mapping[str, str]) -> None:
        self._api = api
        self._chosen = chosen
        self._targets = targets
        self._lock = threading.RLock()
        self._settings: JsonObject | None = None
        self._terms: visma.Terms | None = None

    def company(self) -> Company:
        """Read the settings anew. Raises ``NeedsAttentionError`` where nothing could be written."""
        settings, company = self._api.read(Target("companysettings"), _company)
        with self._lock:
            self._settings = settings
        status = settings.get("CompanyStatus")
        if isinstance(status, int) and status in visma.CLOSED_STATUSES:
            raise NeedsAttentionError(
                f"the company is {visma.CLOSED_STATUSES[status]} in {VENDOR}",
                remedy="Renew its subscription, or connect another company.",
            )
        return company

    def capabilities(self) -> Capabilities:
        """What the company can hold. Costs no request of its own after ``company()``."""
        names = _TermNames(self.terms)  # read when first looked into
        return visma.capabilities(names, visma.feeds(self._known().get("ProductVariant")), self._targets)

    def terms(self) -> visma.Terms:
        """The terms of payment."""
        with self._lock:
            if self._terms is None:
                pages = listing(self._api, "termsofpayments")
                self._terms = visma.Terms.of(value for page in pages for _, value in page.rows)
            return self._terms

    def term_name(self, term_id: str) -> str | None:
        """The name of terms of payment; None for an id that the company does not have."""
        return self.terms().name_of(term_id)

    def default_terms(self) -> str:
        """The id for a new customer: as chosen for the connection, else the company's, else the first for sales."""
        terms = self.terms()
        if self._chosen:
            return terms.id_of(self._chosen) or _refuse("the setting terms_of_payment names none of the company's")
        own = self._known().get("TermsOfPaymentId")
        known = terms.id_of(own) if isinstance(own, str) else None
        return known or terms.first or _refuse("the company has no terms of payment for sales")

    def _known(self) -> JsonObject:
        if self._settings is None:
            self.company()
        return self._settings or {}


class _TermNames(AbstractSet[str]):
    """The names of the terms of payment, unread until somebody looks: an idle run must not pay for them (S-52)."""

    def __init__(self, terms: Callable[[], visma.Terms]) -> None:
        self._terms = terms

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._terms().names

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._terms().names)

    @override
    def __len__(self) -> int:
        return len(self._terms().names)


def _company(reply: Reply) -> tuple[JsonObject, Company]:
    settings = parse_object(reply.text)
    company = visma.company(settings)
    if isinstance(company, Reject):
        raise MalformedJsonError(", ".join(company.reasons))
    return settings, company


def _refuse(message: str) -> str:
    raise NeedsAttentionError(
        message, remedy="Choose terms: syncd connection set NAME terms_of_payment=... (a name or an id)."
    )
