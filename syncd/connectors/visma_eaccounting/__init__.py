"""Visma eAccounting ("Bookkeeping & Invoicing", Spiris): API v2 (docs in the facts sheet, FACTS §n)."""

from syncd.connectors.visma_eaccounting.client import VismaEAccounting
from syncd.connectors.visma_eaccounting.settings import VismaSettings, oauth

__all__ = ["VismaEAccounting", "VismaSettings", "oauth"]
