"""Which free records belong together (S-10, S-13)."""

from __future__ import annotations

from dataclasses import dataclass

from syncd.engine.match import match


@dataclass(frozen=True)
class Half:
    """A free record."""

    id: int | str
    number: str | None
    organisation_key: str | None = None


def test_the_same_number_is_a_pair() -> None:
    """Customers are matched by number, whatever their organisation numbers say (S-10)."""
    one, two = Half(1, "1001", "x"), Half("r1", "1001", "y")
    found = match([one], [two])
    assert found.by_number == ((one, two),)
    assert (found.twins, found.only_here, found.only_there, found.waiting) == ((), (), (), ())


def test_a_leading_zero_makes_another_number() -> None:
    """0042 and 42 are two customers (S-10)."""
    one, two = Half(1, "0042"), Half("r1", "42")
    found = match([one], [two])
    assert (found.by_number, found.only_here, found.only_there) == ((), (one,), (two,))


def test_records_without_numbers_are_not_a_pair() -> None:
    """Two missing numbers are not the same number."""
    one, two = Half(1, ""), Half("r1", None)
    assert match([one], [two]).by_number == ()
    assert match([one], [Half("r1", "")]).by_number == ()


def test_one_organisation_number_under_two_numbers_is_a_pair_of_twins() -> None:
    """A company known on both sides under two numbers is asked about (S-13)."""
    one, two = Half(1, "1", "x"), Half("r1", "2", "x")
    found = match([one], [two])
    assert (found.twins, found.only_here, found.only_there) == (((one, two),), (), ())


def test_records_without_organisation_numbers_are_no_twins() -> None:
    """Two private customers without an organisation number have nothing in common."""
    assert match([Half(1, "1"), Half(2, "2", "")], [Half("r1", "3"), Half("r2", "4", "")]).twins == ()


def test_a_number_goes_before_an_organisation_number() -> None:
    """Who is matched by number is nobody's twin."""
    here = [Half(1, "1", "x"), Half(2, "2", "x")]
    there = [Half("r2", "2", "x")]
    found = match(here, there)
    assert found.by_number == ((here[1], there[0]),)
    assert (found.twins, found.only_here) == ((), (here[0],))


def test_all_holders_of_a_doubled_number_appear() -> None:
    """Where accounting doubles a number neither record is left to be imported (S-14)."""
    here, there = Half(1, "1"), [Half("r1", "1"), Half("r2", "1")]
    found = match([here], there)
    assert found.by_number == ((here, there[0]), (here, there[1]))
    assert found.only_there == ()


def test_further_records_of_a_company_wait_for_the_answer() -> None:
    """A third record with the organisation number is not created while the first two are asked about (S-13)."""
    here = [Half(1, "1", "x"), Half(2, "2", "x"), Half(3, "3", "y")]
    there = [Half("r1", "4", "x"), Half("r2", "5", "z")]
    found = match(here, there)
    assert found.twins == ((here[0], there[0]),)
    assert found.waiting == (here[1],)
    assert (found.only_here, found.only_there) == ((here[2],), (there[1],))
    assert match([here[0]], [*there, Half("r3", "6", "x")]).waiting == (Half("r3", "6", "x"),)


def test_each_company_has_its_own_twins() -> None:
    """Two companies with two records each are two questions."""
    here = [Half(1, "1", "x"), Half(2, "2", "y"), Half(3, "3", "x")]
    there = [Half("r1", "4", "x"), Half("r2", "5", "y"), Half("r3", "6", "x")]
    found = match(here, there)
    assert found.twins == ((here[0], there[0]), (here[1], there[1]), (here[2], there[2]))
    assert found.waiting == ()


def test_who_was_said_to_be_different_is_no_twin() -> None:
    """Two records that a person told apart are not asked about again (S-16)."""
    here, there = [Half(1, "1", "x")], [Half("r1", "2", "x"), Half("r2", "3", "x")]
    assert match(here, there, frozenset({(1, "r1")})).twins == ((here[0], there[1]),)
    apart = match(here, there[:1], frozenset({(1, "r1")}))
    assert (apart.twins, apart.only_here, apart.only_there) == ((), (here[0],), (there[0],))
