"""How a pair is named and found again."""

from __future__ import annotations

from syncd.engine.state import Pair
from tests.engine.builders import a_customer, a_link, a_record, an_answer


def test_a_pair_is_known_by_the_registers_number_and_name() -> None:
    """People read the register's number and name, else accounting's."""
    both = Pair(a_customer("1", name="Här AB"), a_record("2", name="Där AB"))
    assert (both.number, both.name, both.key) == ("1", "Här AB", "customer:1")
    there = Pair(remote=a_record("2", remote_id="r-2", name="Där AB"))
    assert (there.number, there.name, there.key) == ("2", "Där AB", "remote:r-2")
    assert Pair(remote=a_record(name=None)).name is None


def test_a_linked_pair_keeps_its_key_without_a_customer() -> None:
    """A customer deleted here is the same subject as before (S-80)."""
    gone = Pair(None, a_record(), a_link(customer_id=4))
    assert gone.key == "customer:4"
    nobody = Pair(None, None, a_link(customer_id=4))
    assert (nobody.key, nobody.number, nobody.name) == ("customer:4", None, None)
    assert Pair().key == "none"


def test_an_answer_is_found_by_kind_and_field() -> None:
    """An answer to one question is no answer to another."""
    phone, identity = an_answer("field", "register", "phone"), an_answer("identity", "same")
    pair = Pair(a_customer(), a_record(), answers=(phone, identity))
    assert pair.answer("field", "phone") is phone
    assert pair.answer("identity") is identity
    assert pair.answer("field", "email") is None
    assert pair.answer("does_not_fit", "phone") is None
