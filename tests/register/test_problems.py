"""What people are told when something is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.register import catalogues, files, orders
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.facilities import FacilityTakenError
from syncd.register.problems import ErasedCustomerError
from syncd.register.protocols import NobodyToSendError, NoServiceOrderError, UnknownProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.errors import RefusedError

REFUSALS: list[tuple[Callable[[], RefusedError], str, str]] = [
    (lambda: catalogues.UnknownEntryError(DISCOUNT_LETTERS), "no such discount letter", "code"),
    (lambda: catalogues.EntryTakenError(ARTICLES), "such an article already", "number"),
    (lambda: catalogues.EntryTakenError(CUSTOM_FIELDS), "such a custom field already", "key"),
    (lambda: catalogues.EntryInUseError(ARTICLES), "article is in use", "Retire"),
    (lambda: catalogues.EntryRetiredError(DISCOUNT_LETTERS), "discount letter is retired", "restore"),
    (lambda: catalogues.FixedFieldError(DISCOUNT_LETTERS, "code"), "code of a discount letter stays", "Retire"),
    (files.BadFileNameError, "name", "200"),
    (files.EmptyFileError, "empty", "again"),
    (files.UnknownFileError, "no such file", "List"),
    (files.FileTakenError, "already", "--name"),
    (lambda: files.FileTooLargeError(25 * 2**20), "larger than 25 MB", "limits.upload_megabytes"),
    (FacilityTakenError, "already", "rename"),
    (lambda: orders.DeactivatedCustomerError("0042"), "Customer 0042 is deactivated", "syncd customer reactivate 0042"),
    (lambda: orders.HasOrdersError("0042"), "Customer 0042 has orders", "syncd customer deactivate 0042"),
    (orders.UnknownOrderError, "no such order", "syncd order list"),
    (lambda: ErasedCustomerError("0042"), "Customer 0042 was erased", "another number"),
    (lambda: NoServiceOrderError("O-7"), "O-7 is no service order", "syncd order add"),
    (UnknownProtocolError, "no such service protocol", "syncd protocol list"),
    (lambda: NobodyToSendError("7", "O-7", waits_for_protocol=False), "customer 7", "syncd contact set 7"),
    (lambda: NobodyToSendError("7", "O-7", waits_for_protocol=True), "Order O-7 has no", "syncd protocol add O-7"),
]


@pytest.mark.parametrize(("refused", "told", "remedy"), REFUSALS)
def test_a_refusal_names_what_is_meant_and_what_to_do(
    refused: Callable[[], RefusedError], told: str, remedy: str
) -> None:
    refusal = refused()
    assert told in refusal.message
    assert remedy in str(refusal.remedy)
    assert refusal.code not in {"refused", "not_found", "error"}
