"""Visma eAccounting's JSON ↔ our fields, both ways, pure. Nobody above this room knows the vendor's words."""

from syncd.mapping.visma_eaccounting.company import CLOSED_STATUSES, SYSTEM, capabilities, company
from syncd.mapping.visma_eaccounting.customer import remote_id, to_record
from syncd.mapping.visma_eaccounting.documents import FEEDS, SHAPES, Shape, feeds, to_document
from syncd.mapping.visma_eaccounting.fields import ALWAYS_SENT, WRITABLE
from syncd.mapping.visma_eaccounting.targets import TARGETS, places
from syncd.mapping.visma_eaccounting.terms import Terms
from syncd.mapping.visma_eaccounting.writing import changes_to_wire, create_body

__all__ = [
    "ALWAYS_SENT",
    "CLOSED_STATUSES",
    "FEEDS",
    "SHAPES",
    "SYSTEM",
    "TARGETS",
    "WRITABLE",
    "Shape",
    "Terms",
    "capabilities",
    "changes_to_wire",
    "company",
    "create_body",
    "feeds",
    "places",
    "remote_id",
    "to_document",
    "to_record",
]
