"""The group settings of the customer register: names, defaults, meanings, checks (R-03, R-04, R-20 to R-24)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from syncd.register.forms import FLAGS
from syncd.register.language import LANGUAGES
from syncd.register.numbers import LONGEST
from syncd.register.problems import InvalidFieldsError, InvalidValueError, UnknownFieldError
from syncd.register.zones import zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.language import Language
    from syncd.register.problems import Problem

SettingValue = bool | int | str


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """One group's settings of the customer register, with the defaults of a new group."""

    customer_number_min_length: int = 1
    customer_number_max_length: int = 16
    generate_customer_number: bool = True
    include_number_in_display_name: bool = False
    show_facility_name: bool = False
    show_cost_center: bool = False
    show_order_number: bool = False
    require_order_number: bool = False
    show_service_items: bool = True
    show_work_order_items: bool = True
    language: Language = "en"
    time_zone: str = ""
    keep_deleted_days: int = 0

    @property
    def asks_order_number(self) -> bool:
        """Whether orders have the field: what is required must be seen to be filled in."""
        return self.show_order_number or self.require_order_number


MEANINGS: dict[str, str] = {
    "customer_number_min_length": "Fewest characters of a customer number; new ones are padded.",
    "customer_number_max_length": "Most characters of a customer number; 16 fits accounting.",
    "generate_customer_number": "A new customer gets the next customer number.",
    "include_number_in_display_name": "Lists show the customer number with the name.",
    "show_facility_name": "Lists show the facility instead of the customer.",
    "show_cost_center": "Customers and orders have a cost center.",
    "show_order_number": "Customers and orders have the customer's order number.",
    "require_order_number": "Orders are refused without the customer's order number.",
    "show_service_items": "The customer shows its service items.",
    "show_work_order_items": "The customer shows its work order items.",
    "language": "The language of mails and exported files: en or sv.",
    "time_zone": "Whose clock the nightly run goes by; empty: the configuration's.",
    "keep_deleted_days": "Days after which what is held on a deleted customer is erased; 0: never.",
}
"""What each setting does, in the order people read them."""

_LONGEST_KEPT = 36_500
"""Days of a hundred years: who keeps longer, keeps for ever."""

_DEFAULTS: dict[str, SettingValue] = asdict(GroupSettings())


def parse_setting(key: str, text: str) -> SettingValue:
    """Return a setting's value from text: yes or no, a language, a time zone, or a length."""
    if key not in _DEFAULTS:
        raise UnknownFieldError(key, next(iter(get_close_matches(key, _DEFAULTS, n=1)), None))
    plain = text.strip().casefold()
    if isinstance(_DEFAULTS[key], bool):
        return _flag(key, plain)
    if key == "language":
        return _language(key, plain)
    if key == "time_zone":
        return _time_zone(key, text.strip())
    if key == "keep_deleted_days":
        return _days(key, plain)
    return _length(key, plain)


def format_setting(value: SettingValue) -> str:
    """Return the text that ``parse_setting`` reads back."""
    return value if isinstance(value, str) else str(value).lower()


def listed(settings: GroupSettings) -> dict[str, SettingValue]:
    """Return every setting by key, in the order people read them."""
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def from_stored(stored: Mapping[str, str]) -> GroupSettings:
    """Return a group's settings from what is stored; what was never set has its default."""
    return changed(GroupSettings(), {key: text for key, text in stored.items() if key in _DEFAULTS})


def changed(settings: GroupSettings, texts: Mapping[str, str]) -> GroupSettings:
    """Return the settings after these changes, or raise one error that lists every problem."""
    values: dict[str, SettingValue] = {}
    problems: list[Problem] = []
    for key, text in texts.items():
        try:
            values[key] = parse_setting(key, text)
        except InvalidValueError as error:
            problems.append(error.problem)
    if problems:
        raise InvalidFieldsError(problems)
    return checked(replace(settings, **values))  # type: ignore[arg-type]  # parsed by key


def checked(settings: GroupSettings) -> GroupSettings:
    """Refuse lengths that no customer number could have."""
    if settings.customer_number_min_length > settings.customer_number_max_length:
        raise InvalidValueError(
            field="customer_number_min_length",
            reason="is above customer_number_max_length",
            remedy="Set both together, the smaller one as the minimum.",
        )
    return settings


def _time_zone(key: str, text: str) -> str:
    try:
        return zone(text).key if text else ""
    except ValueError as error:
        raise InvalidValueError(key, str(error), "Write UTC, or one such as Europe/Stockholm.") from error


def _flag(key: str, text: str) -> bool:
    if text not in FLAGS:
        raise InvalidValueError(key, "is neither yes nor no", "Write true or false.")
    return FLAGS[text]


def _language(key: str, text: str) -> Language:
    known = next((language for language in LANGUAGES if language == text), None)
    if known is None:
        raise InvalidValueError(key, "is not a language", f"Write one of: {', '.join(LANGUAGES)}.")
    return known


def _days(key: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LONGEST_KEPT)) and int(text) <= _LONGEST_KEPT):
        raise InvalidValueError(key, "is not a number of days", f"Write 0 (never), or up to {_LONGEST_KEPT} days.")
    return int(text)


def _length(key: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST))):
        raise InvalidValueError(key, "is not a length", f"Write a number from 1 to {LONGEST}.")
    if not 1 <= int(text) <= LONGEST:
        raise InvalidValueError(key, "is out of range", f"Write a number from 1 to {LONGEST}.")
    return int(text)
