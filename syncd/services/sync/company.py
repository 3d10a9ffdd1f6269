"""Are we talking to the company that was authorized? Checked at every run, never approvable (S-73)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.errors import NeedsAttentionError
from syncd.values.equality import identity_key

if TYPE_CHECKING:
    from syncd.ports import Connector
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.work import Store
    from syncd.values.records import Company


class WrongCompanyError(NeedsAttentionError):
    """The token leads to another company than the one that was connected."""

    code = "wrong_company"

    def __init__(self, connection: ConnectionInfo) -> None:
        super().__init__(
            f"{connection.name} is connected to {connection.company.get('name')}, but accounting answers for another"
            " company",
            remedy=f"Authorize again and choose the right company (`syncd connection authorize {connection.name}`),"
            " or add a new connection for the other one.",
        )


def check_company(store: Store, connection: ConnectionInfo, connector: Connector) -> Company:
    """Read the company and compare it with the one stored at consent; the first one seen is stored.

    Raises ``WrongCompanyError``.
    """
    company = connector.company()
    if connection.company and differs(connection.company, company):
        raise WrongCompanyError(connection)
    shape = stored(company)
    if shape != connection.company:
        with store.work() as work:
            work.connections.save(connection.id, company=shape)
            work.commit()
    return company


def stored(company: Company) -> dict[str, Any]:
    """The company as the database keeps it."""
    return {
        "identity": company.identity,
        "name": company.name,
        "organisation_number": company.organisation_number,
        "country": company.country,
        "currency": company.currency,
    }


def differs(known: Any, company: Company) -> bool:
    """Whether accounting answers for another company than the stored one: another id or organisation number."""
    ours, theirs = known.get("organisation_number"), company.organisation_number
    other_number = bool(ours and theirs) and identity_key(ours) != identity_key(str(theirs))
    return bool(known.get("identity")) and (known["identity"] != company.identity or other_number)
