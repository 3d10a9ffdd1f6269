"""The three-way comparison of one unit, row by row (sync.md §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.state import Agreed
from tests.engine.builders import a_case, a_system

if TYPE_CHECKING:
    from syncd.engine.rules import Policy
    from syncd.register.fields import Value
    from syncd.values.capabilities import Direction
    from tests.engine.builders import Case

A, B, C = "08-11 11 11", "08-22 22 22", "08-33 33 33"
NONE = "no base"


def phone(base: Value, register: Value, accounting: Value, **more: Any) -> Case:  # noqa: ANN401 - the rules, by name
    """The phone number, with what both sides last agreed on."""
    known = {} if base == NONE else {"phone": Agreed(base, base)}
    return a_case("phone", {"phone": register}, {"phone": accounting}, known, **more)


def told(case: Case) -> str:
    """A verdict in one word."""
    verdict = case.verdict
    if verdict.clash:
        return "clash"
    word = "take" if verdict.take else "push" if verdict.push else "nothing"
    return f"{word} {verdict.note}" if verdict.note else word


ROWS: list[tuple[Value, Value, Value, dict[Direction, str]]] = [
    (A, A, A, {"both": "nothing", "to_accounting": "nothing", "from_accounting": "nothing"}),
    (A, B, B, {"both": "nothing", "to_accounting": "nothing", "from_accounting": "nothing"}),
    (NONE, A, A, {"both": "nothing", "to_accounting": "nothing", "from_accounting": "nothing"}),
    (NONE, None, None, {"both": "nothing", "to_accounting": "nothing", "from_accounting": "nothing"}),
    (A, A, B, {"both": "take", "to_accounting": "push restored", "from_accounting": "take"}),
    (A, B, A, {"both": "push", "to_accounting": "push", "from_accounting": "take restored"}),
    (A, B, C, {"both": "clash", "to_accounting": "push restored", "from_accounting": "take restored"}),
    (NONE, A, None, {"both": "push", "to_accounting": "push", "from_accounting": "nothing kept"}),
    (NONE, None, A, {"both": "take", "to_accounting": "nothing kept", "from_accounting": "take"}),
    (NONE, A, B, {"both": "clash", "to_accounting": "push", "from_accounting": "take"}),
    (A, None, A, {"both": "push", "to_accounting": "push", "from_accounting": "take restored"}),
    (A, A, None, {"both": "take", "to_accounting": "push restored", "from_accounting": "take"}),
    (A, None, B, {"both": "clash", "to_accounting": "push restored", "from_accounting": "take restored"}),
    (A, B, None, {"both": "clash", "to_accounting": "push restored", "from_accounting": "take restored"}),
    (None, A, None, {"both": "push", "to_accounting": "push", "from_accounting": "nothing"}),
    (None, None, A, {"both": "take", "to_accounting": "nothing", "from_accounting": "take"}),
    (None, A, B, {"both": "clash", "to_accounting": "push restored", "from_accounting": "take restored"}),
]


@pytest.mark.parametrize("direction", ["both", "to_accounting", "from_accounting"])
@pytest.mark.parametrize(("base", "register", "accounting", "expected"), ROWS)
def test_every_row_of_the_table_in_every_direction(
    base: Value, register: Value, accounting: Value, expected: dict[Direction, str], direction: Direction
) -> None:
    """A change goes where the direction lets it, is put back where not, and is asked about where both moved."""
    assert told(phone(base, register, accounting, direction=direction)) == expected[direction]


@pytest.mark.parametrize("direction", ["both", "to_accounting", "from_accounting"])
@pytest.mark.parametrize("policy", ["ask", "register", "accounting", "newest"])
@pytest.mark.parametrize(("base", "register", "accounting", "expected"), ROWS)
def test_a_policy_decides_clashes_and_nothing_else(
    base: Value,
    register: Value,
    accounting: Value,
    expected: dict[Direction, str],
    policy: Policy,
    direction: Direction,
) -> None:
    """Setting a conflict policy changes nothing but the outcome of fields that both sides changed."""
    case = phone(base, register, accounting, direction=direction, conflict_policy=policy)
    plain = expected[direction]
    winner = {"register": "push", "accounting": "take"}.get(policy, "clash")
    assert told(case) == (winner if plain == "clash" and base != NONE else plain)


@pytest.mark.parametrize(("setting", "expected"), [("ask", "clash"), ("register", "push"), ("accounting", "take")])
@pytest.mark.parametrize("policy", ["ask", "register", "accounting"])
def test_the_first_meeting_has_its_own_setting(setting: Policy, expected: str, policy: Policy) -> None:
    """Who wins when a customer is first linked is told by first_link, not by the conflict policy."""
    assert told(phone(NONE, A, B, first_link=setting, conflict_policy=policy)) == expected


def test_a_policy_of_the_field_goes_before_the_connections() -> None:
    """An administrator who sets a policy for one field gets it for that field."""
    case = phone(A, B, C, conflict_policy="register", policies={"phone": "accounting"})
    assert told(case) == "take"


def test_newest_is_asked_even_where_accounting_knows_times() -> None:
    """No field is overwritten by *newest* as long as nobody compares times."""
    case = phone(A, B, C, conflict_policy="newest", capabilities=a_system(knows_field_times=True))
    assert told(case) == "clash"


def test_noise_is_no_change_and_keeps_what_each_side_wrote() -> None:
    """A phone number that accounting rewrites with its country code causes no write, and no one's text is altered."""
    case = phone(A, "08-11 11 11", "+46 8 11 11 11")
    assert told(case) == "nothing"
    assert case.verdict.agree == {"phone": Agreed("08-11 11 11", "+46 8 11 11 11")}


def test_what_is_written_is_written_as_the_person_wrote_it() -> None:
    """A number typed with spaces arrives with spaces."""
    assert phone(A, " 08 22 22 22", A).verdict.push == {"phone": " 08 22 22 22"}
    assert phone(A, A, "(08) 22 22 22").verdict.take == {"phone": "(08) 22 22 22"}


@pytest.mark.parametrize("direction", ["both", "to_accounting", "from_accounting"])
@pytest.mark.parametrize(("register", "accounting"), [(B, "X"), (None, B), (B, None)])
def test_a_value_that_accounting_altered_counts_as_in_step(
    register: Value, accounting: Value, direction: Direction
) -> None:
    """A value that accounting stores in its own way is not sent again at every run (S-25)."""
    base = {"phone": Agreed(register, accounting)}
    case = a_case("phone", {"phone": register}, {"phone": accounting}, base, direction=direction)
    assert told(case) == "nothing"
    assert not case.verdict.agree


def test_an_altered_value_is_sent_again_only_after_a_change() -> None:
    """Once either side changes an altered value, it moves like any other (S-25)."""
    base = {"phone": Agreed(B, C)}
    assert told(a_case("phone", {"phone": A}, {"phone": C}, base)) == "push"
    assert told(a_case("phone", {"phone": B}, {"phone": A}, base)) == "take"
    assert told(a_case("phone", {"phone": C}, {"phone": B}, base)) == "clash"


# First link: empty never over filled


def test_a_default_that_nobody_chose_counts_as_empty() -> None:
    """A private person in accounting is not turned into a company by the register's default (S-29)."""
    case = a_case("type", {"type": "company"}, {"type": "private"}, untouched=["type"])
    assert case.verdict.take == {"type": "private"}
    assert not case.verdict.push


def test_a_default_is_not_pushed_over_nothing() -> None:
    """The register's default does not become accounting's value."""
    case = a_case("type", {"type": "company"}, {"type": None}, untouched=["type"])
    assert told(case) == "nothing kept"


def test_a_default_that_a_person_chose_is_a_value() -> None:
    """A company that somebody entered as a company is asked about (S-29)."""
    assert told(a_case("type", {"type": "company"}, {"type": "private"})) == "clash"


def test_a_kept_value_stays_until_the_register_has_held_one() -> None:
    """With to_accounting, accounting keeps its value until the register fills, and may then clear, the field (S-29)."""
    kept = phone(NONE, None, A, direction="to_accounting")
    assert kept.verdict.note == "kept"
    again = kept.after()
    assert told(again) == "nothing kept"
    filled = a_case("phone", {"phone": B}, {"phone": A}, again.sides.base, direction="to_accounting")
    assert told(filled) == "push"
    cleared = a_case("phone", {"phone": None}, {"phone": B}, filled.after().sides.base, direction="to_accounting")
    assert told(cleared) == "push"
    assert cleared.accounting == {"phone": None}


def test_a_kept_value_that_accounting_changes_is_still_kept() -> None:
    """A bookkeeper may change a value that the register never held, with to_accounting too."""
    case = phone(NONE, None, A, direction="to_accounting").after()
    changed = a_case("phone", {"phone": None}, {"phone": B}, case.sides.base, direction="to_accounting")
    assert told(changed) == "nothing kept"
    assert changed.accounting == {"phone": B}


@pytest.mark.parametrize("base", [NONE, None])
def test_a_kept_value_goes_over_once_both_lead(base: Value) -> None:
    """What one side kept was never agreed on: when the field goes both ways, the empty side takes it (S-29)."""
    kept = phone(base, None, A, direction="to_accounting").after()
    assert told(a_case("phone", kept.register, kept.accounting, kept.sides.base)) == "take"
    kept = phone(base, A, None, direction="from_accounting").after()
    assert told(a_case("phone", kept.register, kept.accounting, kept.sides.base)) == "push"


def test_the_companys_own_country_is_the_same_as_none() -> None:
    """A customer without a country is a Swedish one to a Swedish company (S-29)."""
    case = a_case("invoice_address", {"invoice_country": None}, {"invoice_country": "se"})
    assert told(case) == "nothing"


def test_another_country_is_not_the_same_as_none() -> None:
    """A Norwegian address stays Norwegian."""
    case = a_case("invoice_address", {"invoice_country": None}, {"invoice_country": "NO"})
    assert case.verdict.take == {"invoice_country": "NO"}


# Groups


def address(line1: Value, postal_code: Value, city: Value) -> dict[str, Value]:
    """An invoice address."""
    return {"invoice_line1": line1, "invoice_postal_code": postal_code, "invoice_city": city}


def agreed(fields: dict[str, Value]) -> dict[str, Agreed]:
    """A base on which both sides agreed."""
    return {name: Agreed(value, value) for name, value in fields.items()}


OLD = address("Gatan 1", "111 11", "Åby")
NEW = address("Vägen 2", "222 22", "Boda")
OTHER = address("Torget 3", "333 33", "Cemby")


def test_a_group_changed_on_one_side_moves_whole() -> None:
    """A new address arrives with street, postal code and town (S-27)."""
    assert a_case("invoice_address", NEW, OLD, agreed(OLD)).verdict.push == NEW
    assert a_case("invoice_address", OLD, NEW, agreed(OLD)).verdict.take == NEW


def test_different_members_changed_on_the_two_sides_are_one_conflict() -> None:
    """A street changed here and a postal code changed there are never put together (S-27)."""
    here, there = {**OLD, "invoice_line1": "Vägen 2"}, {**OLD, "invoice_postal_code": "333 33"}
    case = a_case("invoice_address", here, there, agreed(OLD))
    assert case.verdict.clash
    assert not case.verdict.agree


@pytest.mark.parametrize(("policy", "expected"), [("register", NEW), ("accounting", OTHER)])
def test_a_policy_takes_the_whole_group_from_one_side(policy: Policy, expected: dict[str, Value]) -> None:
    """Whoever wins an address wins all of it."""
    case = a_case("invoice_address", NEW, OTHER, agreed(OLD), conflict_policy=policy)
    assert case.register == case.accounting == expected


@pytest.mark.parametrize("policy", ["register", "accounting", "ask"])
def test_a_policy_does_not_blank_what_its_side_never_held(policy: Policy) -> None:
    """A member that only one side has ever held is not blanked by a policy: a person decides (S-29)."""
    base = {**agreed({"invoice_line1": "Gatan 1"}), "invoice_city": Agreed(None, "Åby")}
    if policy == "accounting":
        base["invoice_city"] = Agreed("Åby", None)
    here = {"invoice_line1": "Vägen 2", "invoice_city": base["invoice_city"].register}
    there = {"invoice_line1": "Torget 3", "invoice_city": base["invoice_city"].accounting}
    assert a_case("invoice_address", here, there, base, conflict_policy=policy).verdict.clash


@pytest.mark.parametrize(("policy", "written"), [("accounting", "push"), ("register", "take")])
def test_what_a_policy_may_not_blank_goes_over_in_the_same_run(policy: Policy, written: str) -> None:
    """Both gave a contact the same e-mail, one gave it a mobile too: the second run finds nothing left to do (S-26)."""
    base = {"contact_email": Agreed(None, None), "contact_mobile": Agreed(None, None)}
    fuller, other = {"contact_email": "a@b.se", "contact_mobile": "070-1"}, {"contact_email": "a@b.se"}
    here, there = (fuller, other) if policy == "accounting" else (other, fuller)
    none = {"contact_mobile": None}
    case = a_case("contact", {**none, **here}, {**none, **there}, base, conflict_policy=policy)
    assert told(case) == written
    assert case.register == case.accounting == fuller
    assert told(case.after()) == "nothing"


def test_members_are_filled_where_the_rest_agrees() -> None:
    """Two halves of one address are put together at the first link (S-29)."""
    case = a_case("invoice_address", address("Gatan 1", None, "Åby"), address(None, "111 11", "Åby"))
    assert case.register == case.accounting == OLD
    assert case.verdict.agree == {"invoice_city": Agreed("Åby", "Åby")}


@pytest.mark.parametrize("first_link", ["ask", "register", "accounting"])
def test_a_street_never_meets_a_postal_code_that_shares_nothing_with_it(first_link: Policy) -> None:
    """Without anything in common the two halves may be two addresses: a person decides (S-27)."""
    case = a_case("invoice_address", address("Gatan 1", None, None), address(None, "222 22", "Boda"), None)
    assert case.verdict.clash
    assert a_case(
        "invoice_address",
        address("Gatan 1", None, None),
        address(None, "222 22", "Boda"),
        first_link=first_link,
    ).verdict.clash


def test_the_own_country_alone_does_not_make_two_halves_one_address() -> None:
    """That both addresses are Swedish says nothing about the town."""
    here = {**address("Gatan 1", None, None), "invoice_country": "SE"}
    there = {**address(None, "222 22", "Boda"), "invoice_country": "SE"}
    assert a_case("invoice_address", here, there).verdict.clash


def test_an_empty_group_is_filled_whole() -> None:
    """An address that only one side has is taken whole at the first link."""
    nothing = dict.fromkeys(OLD)
    assert a_case("invoice_address", nothing, OLD).verdict.take == OLD
    assert a_case("invoice_address", OLD, nothing).verdict.push == OLD


@pytest.mark.parametrize(("first_link", "expected"), [("ask", None), ("register", OLD), ("accounting", NEW)])
def test_the_first_meeting_takes_a_whole_group(first_link: Policy, expected: dict[str, Value] | None) -> None:
    """Two different addresses are asked about, or one of them wins whole."""
    case = a_case("invoice_address", OLD, NEW, first_link=first_link)
    assert case.verdict.clash if expected is None else case.register == case.accounting == expected


@pytest.mark.parametrize(
    ("first_link", "here", "there"),
    [
        ("register", address("Gatan 1", None, None), NEW),
        ("accounting", NEW, address("Gatan 1", None, None)),
    ],
)
@pytest.mark.parametrize("by", ["first_link", "direction"])
def test_a_first_meeting_does_not_blank_part_of_a_group(
    first_link: Policy, here: dict[str, Value], there: dict[str, Value], by: str
) -> None:
    """A shorter address does not blank the town of a fuller one, whatever the setting and the direction (S-29)."""
    direction = {"register": "to_accounting", "accounting": "from_accounting"}[first_link]
    rules = {"first_link": first_link} if by == "first_link" else {"direction": direction}
    assert a_case("invoice_address", here, there, **rules).verdict.clash


@pytest.mark.parametrize(
    ("first_link", "here", "there"),
    [
        ("register", NEW, address("Gatan 1", None, None)),
        ("accounting", address("Gatan 1", None, None), NEW),
    ],
)
def test_a_fuller_group_wins_whole_at_the_first_meeting(
    first_link: Policy, here: dict[str, Value], there: dict[str, Value]
) -> None:
    """The winner's address is written whole."""
    case = a_case("invoice_address", here, there, first_link=first_link)
    assert case.register == case.accounting == NEW


def test_part_of_a_group_kept_by_direction() -> None:
    """With to_accounting, a town that only accounting has is left alone beside a street that agrees."""
    here, there = address("Gatan 1", None, None), address("Gatan 1", None, "Åby")
    case = a_case("invoice_address", here, there, direction="to_accounting")
    assert told(case) == "nothing kept"
    assert "invoice_city" not in case.verdict.agree


def test_a_kept_member_is_not_blanked_when_another_changes() -> None:
    """A street changed in the register does not blank a town that only accounting ever held: a person decides."""
    base = {**agreed({"invoice_line1": "Gatan 1"}), "invoice_city": Agreed(None, "Åby")}
    here = {"invoice_line1": "Vägen 2", "invoice_city": None}
    there = {"invoice_line1": "Gatan 1", "invoice_city": "Åby"}
    for direction in ("both", "to_accounting"):
        assert a_case("invoice_address", here, there, base, direction=direction).verdict.clash


def test_a_group_with_part_of_a_base_is_compared_as_at_a_first_link() -> None:
    """A field that accounting newly shows fills its gap and disturbs nothing else."""
    here = {"invoice_line1": "Gatan 1", "invoice_city": None}
    there = {"invoice_line1": "Gatan 1", "invoice_city": "Åby"}
    case = a_case("invoice_address", here, there, agreed({"invoice_line1": "Gatan 1"}))
    assert case.verdict.take == {"invoice_city": "Åby"}


@pytest.mark.parametrize("first_link", ["ask", "register", "accounting"])
@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({"invoice_line1": None, "invoice_city": None}, {"invoice_line1": "Gatan 1", "invoice_city": "Åby"}),
        ({"invoice_line1": "Gatan 1", "invoice_city": "Åby"}, {"invoice_line1": None, "invoice_city": None}),
        ({"invoice_line1": "Gatan 2", "invoice_city": None}, {"invoice_line1": "Gatan 1", "invoice_city": "Åby"}),
    ],
)
def test_a_change_beside_a_member_without_base_is_for_a_person(
    here: dict[str, Value], there: dict[str, Value], first_link: Policy
) -> None:
    """A street that somebody cleared or changed is neither undone nor mixed with a town nobody agreed on."""
    base = agreed({"invoice_line1": "Gatan 1"})
    assert a_case("invoice_address", here, there, base, first_link=first_link).verdict.clash


def test_a_conflict_settles_nothing_of_its_group() -> None:
    """As long as an address is asked about, its base stays, also for the members that agree (S-25)."""
    here, there = {**NEW, "invoice_city": "Åby"}, {**OTHER, "invoice_city": "Åby"}
    assert a_case("invoice_address", here, there, agreed(OLD)).verdict.agree == {}


def test_members_that_agree_get_their_base_beside_a_write() -> None:
    """What both sides hold is remembered when the rest is written."""
    case = a_case("invoice_address", {**OLD, "invoice_line1": "Vägen 2"}, OLD, agreed(OLD))
    assert set(case.verdict.agree) == {"invoice_postal_code", "invoice_city"}
