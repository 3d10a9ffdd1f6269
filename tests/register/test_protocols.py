"""Who is mailed a service protocol or a work order (R-06)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncd.register.contacts import Contact
from syncd.register.protocols import Receiver, receivers

ADDRESSES = st.sampled_from([None, "a@x.se", "A@x.se", "b@x.se", "c@x.se"])


def test_each_contact_gets_what_it_is_marked_for_in_one_mail() -> None:
    people = [
        Contact(name="Eva", email="eva@x.se", send_service_protocol=True),
        Contact(name="Bo", email="bo@x.se", send_work_orders=True),
        Contact(name="Kontoret", email="Eva@x.se", send_work_orders=True),
        Contact(name="Chefen", email="chef@x.se", accounting=True),
        Contact(name="Ingen", send_service_protocol=True),
    ]
    assert receivers(people, has_protocol=True) == (
        Receiver("eva@x.se", "Eva", protocol=True, work_order=True),
        Receiver("bo@x.se", "Bo", protocol=False, work_order=True),
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
