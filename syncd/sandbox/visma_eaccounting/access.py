"""Who may do what: scopes, product variants, modules, company status (facts §2, §4, §5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.sandbox.visma_eaccounting import errors
from syncd.sandbox.visma_eaccounting.books import CUSTOMERS, INVOICE_DRAFTS, ORDERS, QUOTE_DRAFTS
from syncd.sandbox.visma_eaccounting.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Collection

    from syncd.sandbox.visma_eaccounting.company import Company

API = "ea:api"
SALES = ("ea:sales", "ea:sales_readonly")
PURCHASE = ("ea:purchase", "ea:purchase_readonly")
ACCOUNTING = ("ea:accounting", "ea:accounting_readonly")
ALL_SCOPES = (API, "offline_access", *SALES, *PURCHASE, *ACCOUNTING)
READ_SCOPES = {
    "termsofpayments": (*SALES, *PURCHASE),
    "users": (*SALES, *PURCHASE, *ACCOUNTING),
}
STANDARD, INVOICING, BOOKKEEPING, SOLO, PRO = 1, 2, 3, 4, 5
SELLING = (PRO, STANDARD, INVOICING)
VARIANTS = {
    CUSTOMERS: (*SELLING, SOLO),
    INVOICE_DRAFTS: (*SELLING, SOLO),
    ORDERS: SELLING,
    "quotes": SELLING,
    QUOTE_DRAFTS: SELLING,
    "termsofpayments": (*SELLING, SOLO, BOOKKEEPING),
}
MODULE = "sales_standard"
NEEDS_MODULE = (ORDERS, "quotes", QUOTE_DRAFTS)
API_MODULE = "api_standard"
INACTIVE, READ_ONLY = 0, 2


def check(company: Company, resource: str, scopes: Collection[str], *, writing: bool) -> None:
    """Refuse a call that the token, the company or the user may not make."""
    _check_refused(company, writing=writing)
    _check_status(company, writing=writing)
    wanted = ("ea:sales",) if writing else READ_SCOPES.get(resource, SALES)
    if API not in scopes or not set(wanted) & set(scopes):
        raise _forbidden(company, errors.SCOPES)
    if company.settings["ProductVariant"] not in VARIANTS.get(resource, range(1, 7)):
        raise _forbidden(company, errors.VARIANT)
    needed = (API_MODULE, *((MODULE,) if resource in NEEDS_MODULE else ()))
    for module in needed:
        if module not in (company.settings["ActivatedModules"] or ()):
            text = f"ForbiddenRequestException - No access to module: {module}"
            raise _forbidden(company, errors.NOT_ALLOWED_NOW, text)


def _forbidden(company: Company, code: int, text: str | None = None) -> ApiError:
    return ApiError(company.world.switches.forbidden_status, code, text)


def _check_refused(company: Company, *, writing: bool) -> None:
    code = company.world.switches.refuse_all
    if code is not None and (writing or code != errors.READ_ONLY_USER):
        raise _forbidden(company, code)


def _check_status(company: Company, *, writing: bool) -> None:
    status = company.settings["CompanyStatus"]
    if status == INACTIVE or (status == READ_ONLY and writing):
        raise _forbidden(company, errors.NOT_ACTIVE)
