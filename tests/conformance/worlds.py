"""Each connector with the other side of its wire: what a person does in that accounting system."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from syncd.connectors.memory import MemoryConnector
from syncd.sandbox import Sandbox
from tests.connectors.visma import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports import Connector

ODD_KEYS = {"FutureFee": Decimal("1250.00"), "FutureShare": Decimal("0.10"), "FutureList": [Decimal("1E+3"), None, "å"]}
"""Keys that no connector knows, with numbers that a careless program would rewrite."""


class World(Protocol):
    """One accounting system with a connector to it."""

    @property
    def connector(self) -> Connector: ...

    def add(self, number: str, name: str) -> str:
        """Enter a customer with an address and odd keys; returns its remote id."""
        ...

    def edit_name(self, remote_id: str, name: str) -> None: ...

    def drop(self, remote_id: str) -> None: ...

    def add_document(self, customer_id: str, reference: str | None) -> tuple[str, str]:
        """Enter an open document; returns feed and id."""
        ...


class MemoryWorld:
    """The reference implementation."""

    def __init__(self) -> None:
        self.connector = MemoryConnector()

    def add(self, number: str, name: str) -> str:
        text = ',"FutureFee": 1250.00, "FutureShare":0.10,"FutureList":[1E+3, null,"å"]}'
        remote_id = self.connector.add(
            {"number": number, "name": name, "type": "company", "active": True, "invoice_city": "Umeå", "phone": "08-1"}
        )
        raw, stamp = self.connector.records[remote_id]
        self.connector.records[remote_id] = (raw[:-1] + text, stamp)
        return remote_id

    def edit_name(self, remote_id: str, name: str) -> None:
        self.connector.edit(remote_id, name=name)

    def drop(self, remote_id: str) -> None:
        self.connector.drop(remote_id)

    def add_document(self, customer_id: str, reference: str | None) -> tuple[str, str]:
        return "orders", self.connector.add_document("orders", customer_id, reference=reference)


class VismaWorld:
    """Visma eAccounting on the sandbox."""

    def __init__(self, sandbox: Sandbox, connector: Connector) -> None:
        self.sandbox = sandbox
        self.connector = connector

    def add(self, number: str, name: str) -> str:
        added = self.sandbox.company.add_customer(
            CustomerNumber=number, Name=name, InvoiceCity="Umeå", Telephone="08-1", **ODD_KEYS
        )
        return str(added["Id"])

    def edit_name(self, remote_id: str, name: str) -> None:
        self.sandbox.company.edit_customer(remote_id, Name=name)

    def drop(self, remote_id: str) -> None:
        self.sandbox.company.delete_customer(remote_id)

    def add_document(self, customer_id: str, reference: str | None) -> tuple[str, str]:
        return "orders", str(self.sandbox.company.add_order(customer_id, OurReference=reference)["Id"])


@contextmanager
def memory() -> Iterator[World]:
    """The memory connector."""
    yield MemoryWorld()


@contextmanager
def visma_eaccounting() -> Iterator[World]:
    """The Visma eAccounting connector."""
    with Sandbox() as sandbox, connected(sandbox) as connector:
        yield VismaWorld(sandbox, connector)


WORLDS = {"memory": memory, "visma_eaccounting": visma_eaccounting}
"""A new connector joins the suite here."""
