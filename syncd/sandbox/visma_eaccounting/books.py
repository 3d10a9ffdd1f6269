"""What a company keeps: its records, settings, lists and running numbers."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING
from uuid import uuid4

from syncd.sandbox.visma_eaccounting import defaults
from syncd.sandbox.visma_eaccounting.customer_fields import COLUMNS, CUSTOMER
from syncd.sandbox.visma_eaccounting.document_fields import INVOICE_DRAFT, ORDER, QUOTE
from syncd.sandbox.visma_eaccounting.records import Records
from syncd.sandbox.visma_eaccounting.row_fields import INVOICE_DRAFT_ROW, ORDER_ROW, QUOTE_ROW
from syncd.sandbox.visma_eaccounting.world import World

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.fields import Fields, Property
    from syncd.sandbox.visma_eaccounting.records import Record

CUSTOMERS = "customers"
ORDERS = "orders"
INVOICE_DRAFTS = "customerinvoicedrafts"
QUOTES = "quotes"
QUOTE_DRAFTS = "quotedrafts"
DOCUMENTS = (ORDERS, INVOICE_DRAFTS, QUOTES, QUOTE_DRAFTS)
TABLES = {
    CUSTOMERS: CUSTOMER,
    ORDERS: ORDER,
    INVOICE_DRAFTS: INVOICE_DRAFT,
    QUOTES: QUOTE,
    QUOTE_DRAFTS: QUOTE,
}
ROWS = {
    ORDERS: ORDER_ROW,
    INVOICE_DRAFTS: INVOICE_DRAFT_ROW,
    QUOTES: QUOTE_ROW,
    QUOTE_DRAFTS: QUOTE_ROW,
}
_MODIFIED = ("ModifiedUtc", "CustomerId", "CustomerNumber", "CreatedUtc", "Number", "Status")
_DRAFT = ("CustomerId", "CustomerNumber", "CreatedUtc")  # no change stamp (facts §3.2)


class NoSuchRecordError(LookupError):
    """A person names a record that the company does not have."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"no {what} {key!r}")


class Books:
    """The state of one company. Whoever changes it holds the lock."""

    def __init__(self, name: str = "Testbolaget AB", world: World | None = None) -> None:
        self.lock = RLock()
        self.world = world or World()
        self.settings: Fields = defaults.settings(name, str(uuid4()))
        self.terms: list[Fields] = defaults.terms()
        self.users: list[Fields] = defaults.users()
        self.records: dict[str, Records] = {CUSTOMERS: Records(COLUMNS, "ChangedUtc", COLUMNS[1])}
        for kind in DOCUMENTS:
            stamped = kind != INVOICE_DRAFTS
            columns = _MODIFIED if stamped else _DRAFT
            stamp = "ModifiedUtc" if stamped else None
            self.records[kind] = Records(columns, stamp, "CustomerId")

    @property
    def id(self) -> str:
        """What tells this company from every other."""
        return str(self.settings["CompanyIdentifier"])

    def table(self, kind: str) -> tuple[Property, ...]:
        """The properties of a kind of record."""
        return TABLES[kind]

    def store(self, kind: str, fields: Fields, *, stamp: bool = True) -> Record:
        """Write a record, with a new change stamp where its kind has one."""
        records = self.records[kind]
        if stamp and records.stamp:
            fields[records.stamp] = self.world.stamp()
        lag = self.world.switches.lag_seconds
        hidden = self.world.clock.now().timestamp() + lag if lag else None
        return records.put(fields, hidden_until=hidden)

    def term(self, id_: object) -> Fields | None:
        """The terms of payment with this id."""
        wanted = str(id_).lower()
        return next((term for term in self.terms if term["Id"].lower() == wanted), None)

    def next_number(self) -> str:
        """The next free customer number; the setting moves on."""
        number = int(self.settings["NextCustomerNumber"])
        while self.records[CUSTOMERS].find(str(number)):
            number += 1
        self.settings["NextCustomerNumber"] = number + 1
        return str(number)

    def running(self, setting: str) -> int:
        """The next number of a kind of document; the setting moves on."""
        number = int(self.settings[setting])
        self.settings[setting] = number + 1
        return number

    def has_documents(self, customer: str) -> bool:
        """Whether anything is linked to the customer."""
        return any(self.records[kind].find(customer) for kind in DOCUMENTS)
