"""What a service protocol holds, and who is mailed one or a work order (R-06)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.register.contacts import Contact
from syncd.register.items import ArticleLine
from syncd.register.problems import InvalidFieldsError
from syncd.register.protocols import (
    Receiver,
    Row,
    changed_protocol,
    is_service,
    new_protocol,
    receivers,
    rows,
)

ADDRESSES = st.sampled_from([None, "a@x.se", "A@x.se", "b@x.se", "c@x.se"])


def test_each_contact_gets_what_it_is_marked_for_in_one_mail() -> None:
    people = [
        Contact(name="Eva", email="eva@x.se", send_service_protocol=True),
        Contact(name="Bo", email="bo@x.se", send_work_orders=True),
        Contact(name="Kontoret", email="Eva@x.se", send_work_orders=True),
        Contact(name="Chefen", email="chef@x.se", accounting=True),
        Contact(name="Ingen", send_service_protocol=True),
        Contact(name="Lisa", email="lisa@x.se", send_service_protocol=True),
    ]
    assert receivers(people, has_protocol=True) == (
        Receiver("eva@x.se", "Eva", protocol=True, work_order=True),
        Receiver("bo@x.se", "Bo", protocol=False, work_order=True),
        Receiver("lisa@x.se", "Lisa", protocol=True, work_order=False),
    )
    assert [one.protocol for one in receivers(people, has_protocol=False)] == [False, False]


@given(
    st.lists(st.builds(Contact, email=ADDRESSES, send_service_protocol=st.booleans(), send_work_orders=st.booleans())),
    st.booleans(),
)
def test_nobody_without_the_flag_is_ever_mailed(people: list[Contact], has_protocol: bool) -> None:  # noqa: FBT001 - drawn
    """And nobody twice, however often an address is written down."""
    found = receivers(people, has_protocol=has_protocol)
    for what, flag in (("protocol", "send_service_protocol"), ("work_order", "send_work_orders")):
        mailed = {one.address.casefold() for one in found if getattr(one, what)}
        marked = {one.email.casefold() for one in people if one.email and getattr(one, flag)}
        assert mailed == (marked if what == "work_order" or has_protocol else set())
    assert len({one.address.casefold() for one in found}) == len(found)


def test_what_was_not_written_has_its_default() -> None:
    """Also a date that somebody emptied; a changed protocol keeps what was not typed."""
    today = date(2026, 11, 30)
    for typed in ({}, {"date": ""}):
        assert new_protocol(typed, today) == {"date": "2026-11-30", "technician": None, "text": None}
    written = new_protocol({"date": "2026-11-29", "technician": " bo ", "text": "Bytt\npump"}, today)
    assert written == {"date": "2026-11-29", "technician": "bo", "text": "Bytt\npump"}
    assert changed_protocol({"text": ""}) == {"text": None}
    with pytest.raises(InvalidFieldsError, match="date cannot be empty"):
        changed_protocol({"date": ""})


def test_a_protocol_has_the_rows_of_its_order_and_what_was_typed() -> None:
    order = [ArticleLine("service", "RESA", "Resa", "2", "st", "450")]

    assert rows(order, [" Bytt pump "]) == (Row("Resa", "RESA", "2", "st"), Row("Bytt pump"))
    assert rows([], ["x" * 500]) == (Row("x" * 500),)
    for typed in ("", "x" * 501):
        with pytest.raises(InvalidFieldsError, match="row"):
            rows([], [typed])


def test_only_a_service_order_has_protocols() -> None:
    assert [kind for kind in ("work", "service", "sales", None) if is_service({"type": kind})] == ["service"]
    assert not is_service({})
