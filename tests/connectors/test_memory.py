"""The reference implementation misbehaves when it is told to, and pages like a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.connectors.memory import MemoryConnector
from syncd.errors import GoneError, RejectedError, UnknownOutcomeError

if TYPE_CHECKING:
    from syncd.connectors.memory import Moment


def test_a_fault_may_strike_before_or_after_the_write() -> None:
    """The engine can be tested against both kinds of lost answers."""
    memory = MemoryConnector()
    struck: list[Moment] = ["after", "before"]

    def strike(method: str, moment: Moment) -> None:
        if method == "create" and struck and moment == struck[-1]:
            struck.pop()
            raise UnknownOutcomeError("lost")

    memory.hook = strike
    with pytest.raises(UnknownOutcomeError):
        memory.create({"number": "1"})
    assert memory.find("1") == ()
    with pytest.raises(UnknownOutcomeError):
        memory.create({"number": "1"})
    assert len(memory.find("1")) == 1
    memory.close()


def test_customers_come_in_pages() -> None:
    """All pages bear the time of the first."""
    memory = MemoryConnector(page_size=2)
    for number in range(5):
        memory.add({"number": str(number)})
    pages = list(memory.customers())
    assert [len(page.rows) for page in pages] == [2, 2, 1]
    assert {(page.server_time, page.total) for page in pages} == {("000000000005", 5)}


def test_a_field_that_it_cannot_hold_is_not_shown() -> None:
    """Keys of its own are kept in the text and nowhere else; empty text is nothing."""
    memory = MemoryConnector()
    remote_id = memory.add({"number": "1", "name": "", "own": "x", "email": 7})
    record = memory.customer(remote_id)
    assert record.fields == {"number": "1", "name": None}
    assert '"own":"x"' in record.raw


def test_a_closed_document_is_left_alone() -> None:
    """What is closed is refused, what is elsewhere is gone."""
    memory = MemoryConnector()
    paper = memory.add_document("orders", memory.add({"number": "1"}), is_open=False)
    with pytest.raises(RejectedError):
        memory.write_reference(memory.document("orders", paper), "Eva")
    with pytest.raises(GoneError):
        memory.document("drafts", paper)
