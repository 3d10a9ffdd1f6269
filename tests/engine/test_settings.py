"""A connection's settings: what is accepted, what a refusal says, what the engine makes of them (cli.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.engine.guard import Limits
from syncd.engine.reference import ReferenceRules
from syncd.engine.settings import SETTINGS, effective, limits, parse_setting, reference_rules, rules
from syncd.errors import RefusedError
from syncd.values.units import UNITS
from tests.engine.builders import a_company, a_system

if TYPE_CHECKING:
    from syncd.engine.settings import SettingValue


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("create_in_accounting", "true", True),
        ("create_in_accounting", " Ja ", True),
        ("create_in_register", "1", True),
        ("create_in_register", "ON", True),
        ("create_in_register", "yes", True),
        ("paused", "false", False),
        ("paused", "off", False),
        ("paused", "0", False),
        ("paused", "NEJ", False),
        ("paused", "no", False),
        ("first_link", " Register ", "register"),
        ("conflict_policy", "newest", "newest"),
        ("deletion", "keep", "keep"),
        ("our_reference_mode", "always", "always"),
        ("our_reference_names", "all", "all"),
        ("our_reference_template", " {name}, {phone} ", "{name}, {phone}"),
        ("our_reference_template", "  ", "{name}"),
        ("max_changes_percent", "100", 100),
        ("max_changes_percent", " 0 ", 0),
        ("max_changes_minimum", "5000", 5000),
        ("name_likeness", "100", 100),
        ("terms_of_payment", " 30 dagar ", "30 dagar"),
        ("terms_of_payment", "", None),
        ("field.phone.direction", "to_accounting", "to_accounting"),
        ("field.phone.direction", "OFF", "off"),
        ("field.contact.policy", "newest", "newest"),
        ("field.contact.policy", " ", None),
        ("field.invoice_address.direction", "from_accounting", "from_accounting"),
    ],
)
def test_a_setting_is_read_as_typed(key: str, text: str, value: SettingValue) -> None:
    """Blanks and letter case do not matter where a setting has words."""
    found = parse_setting(key, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "text", "message", "remedy"),
    [
        ("first_lin", "ask", "first_lin: there is no such connection setting", "Did you mean first_link?"),
        ("zzz", "1", "zzz: there is no such connection setting", "`syncd connection show NAME` lists them."),
        ("paused", "maybe", "paused: must be true or false", None),
        ("first_link", "newest", "first_link: must be one of ask, register, accounting", None),
        ("deletion", "never", "deletion: must be one of deactivate, delete, keep", None),
        ("max_changes_percent", "101", "max_changes_percent: must be a whole number, 0 to 100", None),
        ("max_changes_percent", "-1", "max_changes_percent: must be a whole number, 0 to 100", None),
        ("max_deactivations", "1.5", "max_deactivations: must be a whole number, 0 and up", None),
        ("max_deactivations", "", "max_deactivations: must be a whole number, 0 and up", None),
        (
            "our_reference_template",
            "{name} {title}",
            "our_reference_template: there is no {title} to fill in",
            "Use {name}, {phone}, {email}, {employee_number}.",
        ),
        (
            "field.phone.direction",
            "up",
            "field.phone.direction: must be one of both, to_accounting, from_accounting, off",
            None,
        ),
        (
            "field.phone.policy",
            "both",
            "field.phone.policy: must be one of ask, register, accounting, newest",
            None,
        ),
        (
            "field.invoice_city.direction",
            "both",
            "field.invoice_city.direction: there is no such connection setting",
            "Use field.invoice_address.direction or field.invoice_address.policy.",
        ),
        (
            "field.phone.direktion",
            "both",
            "field.phone.direktion: there is no such connection setting",
            "Use field.phone.direction or field.phone.policy.",
        ),
        (
            "field.colour.direction",
            "both",
            "field.colour.direction: there is no such connection setting",
            "Use field.<name>.direction or field.<name>.policy.",
        ),
        (
            "field.phone.target",
            "Note",
            "field.phone.target: there is no such connection setting",
            "A target is chosen for note, comments, mail_address or custom.<key>.",
        ),
        (
            "field.phone",
            "both",
            "field.phone: there is no such connection setting",
            "Use field.phone.direction or field.phone.policy.",
        ),
        (
            "field.phone.direction.x",
            "both",
            "field.phone.direction.x: there is no such connection setting",
            "Use field.phone.direction or field.phone.policy.",
        ),
    ],
)
def test_a_refusal_says_what_would_be_right(key: str, text: str, message: str, remedy: str | None) -> None:
    """Whoever mistypes a setting reads which one, what is wrong and what is allowed."""
    with pytest.raises(RefusedError) as refusal:
        parse_setting(key, text)
    assert refusal.value.message == message
    if remedy is not None:
        assert refusal.value.remedy == remedy


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_has_its_settings(name: str) -> None:
    """Each field, and each group, can be given a direction and a policy."""
    assert parse_setting(f"field.{name}.direction", "both") == "both"
    assert parse_setting(f"field.{name}.policy", "ask") == "ask"


def test_every_default_is_accepted_as_typed() -> None:
    """What `connection show` prints can be set again."""
    for key, setting in SETTINGS.items():
        if setting.default is not None:
            assert parse_setting(key, str(setting.default).lower()) == setting.default


def test_the_defaults_are_the_contracts() -> None:
    """A new connection behaves as cli.md and sync.md promise."""
    found = effective({})
    assert found == {
        "create_in_accounting": True,
        "create_in_register": True,
        "first_link": "ask",
        "conflict_policy": "ask",
        "name_likeness": 50,
        "add_assigned_in_our_reference": False,
        "our_reference_mode": "fill",
        "our_reference_names": "responsible",
        "our_reference_template": "{name}",
        "max_changes_percent": 20,
        "max_changes_minimum": 20,
        "max_deactivations": 5,
        "approve_first_run": True,
        "deletion": "deactivate",
        "terms_of_payment": None,
        "incremental_every": "5m",
        "full_at": found["full_at"],
        "paused": False,
    }
    assert effective({"paused": True})["paused"] is True


def test_settings_become_rules() -> None:
    """What an administrator set is what the engine judges by."""
    stored = {
        "field.phone.direction": "off",
        "field.contact.direction": "to_accounting",
        "field.email.policy": "register",
        "first_link": "register",
        "conflict_policy": "accounting",
        "create_in_accounting": False,
        "create_in_register": False,
        "deletion": "keep",
        "name_likeness": 80,
    }
    found = rules(stored, a_system(), a_company(country="NO"), numbers=(3, 9))
    assert found.directions == {"phone": "off", "contact": "to_accounting"}
    assert found.policies == {"email": "register"}
    assert (found.first_link, found.conflict_policy, found.deletion) == ("register", "accounting", "keep")
    assert (found.create_in_accounting, found.create_in_register) == (False, False)
    assert (found.country, found.name_likeness) == ("NO", 80)
    assert (found.number_minimum, found.number_maximum) == (3, 9)
    assert found.capabilities == a_system()


def test_settings_become_brakes() -> None:
    """What an administrator set is what holds a run."""
    assert limits({}) == Limits(20, 20, 5, approve_first_run=True)
    stored = {
        "max_changes_percent": 1,
        "max_changes_minimum": 2,
        "max_deactivations": 3,
        "approve_first_run": False,
    }
    assert limits(stored) == Limits(1, 2, 3, approve_first_run=False)


def test_our_reference_is_off_until_switched_on() -> None:
    """Nothing is written on documents by default, nor where accounting has no place for it (S-34, S-31)."""
    on = {"add_assigned_in_our_reference": True}
    assert reference_rules({}, a_system(), a_company()) is None
    assert reference_rules(on, a_system(reference="none"), a_company()) is None
    assert reference_rules(on, a_system(), a_company()) == ReferenceRules()


def test_settings_become_reference_rules() -> None:
    """Mode, names and template are the administrator's, limit and default the accounting company's (S-30, S-32)."""
    stored = {
        "add_assigned_in_our_reference": True,
        "our_reference_mode": "always",
        "our_reference_names": "all",
        "our_reference_template": "{email}",
    }
    found = reference_rules(stored, a_system(reference_limit=40), a_company(default_reference="Vd"))
    assert found == ReferenceRules("always", "all", "{email}", 40, "Vd")


@pytest.mark.parametrize(
    ("key", "text"),
    [("incremental_every", "often"), ("incremental_every", "0s"), ("full_at", "25:00"), ("full_at", "3")],
)
def test_a_time_that_no_clock_shows_is_refused(key: str, text: str) -> None:
    """A schedule that would never come is noticed when it is typed, not when nothing runs."""
    with pytest.raises(RefusedError, match=f"{key}: must be"):
        parse_setting(key, text)


@pytest.mark.parametrize(
    ("key", "text"),
    [("incremental_every", "90s"), ("incremental_every", "*/10 6-18 * * mon-fri"), ("full_at", "02:30")],
)
def test_times_and_cron_lines_are_taken_as_typed(key: str, text: str) -> None:
    """Intervals, times of day and cron lines are all fine."""
    assert parse_setting(key, text) == text
