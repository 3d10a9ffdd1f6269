"""What fields are called on pages, where neither the register nor its files have a word for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.labels import LABELS
from syncd.services.uploads.headings import MORE_LABELS
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from syncd.web.pages.words import Words

LETTERS = "discount_letters"

_MORE = {
    "display_name": _("Name"),
    "assigned": _("Assigned"),
    "links": _("Accounting"),
    "key": _("Short name"),
    "label": _("Label"),
    "choices": _("Choices"),
    "position": _("Position"),
    "show_in_list": _("Show in lists"),
    "hide_for_customer_users": _("Hide for customer users"),
    "login": _("Login"),
    "employee_number": _("Employee number"),
    "email_notices": _("Is told by mail"),
    "kind": _("On which orders"),
    "quantity": _("Quantity"),
    "title": _("Title"),
    "status": _("Status"),
    "date": _("Date"),
    "facility": _("Facility"),
    "article": _("Article"),
    "technician": _("Technician"),
}

PARTS = {
    "line1": _("Address line 1"),
    "line2": _("Address line 2"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "country": _("Country"),
}
"""An address beneath a heading that says which one."""

CHOICES = {
    "company": _("Company"),
    "private": _("Private person"),
    "yes": _("Yes"),
    "no": _("No"),
    "service": _("Service order"),
    "work_order": _("Work order"),
    "work": _("Work order"),
    "sales": _("Sales order"),
    "new": _("New"),
    "ongoing": _("Ongoing"),
    "done": _("Done"),
    "cancelled": _("Cancelled"),
    "text": _("Text"),
    "number": _("Number"),
    "date": _("Date"),
    "yes_no": _("Yes or no"),
    "choice": _("Choice"),
    "en": "English",
    "sv": "Svenska",
}
"""What can be chosen, in words."""


def called(name: str, words: Words) -> str:
    """What a field is called."""
    known = LABELS.get(name) or MORE_LABELS.get(name)
    if known is not None:
        return known.to(words.language)
    return words.say(_MORE[name]) if name in _MORE else name


def part_called(name: str, words: Words) -> str:
    """What a field is called beneath the heading of its group."""
    part = name if name in PARTS else name.partition("_")[2]
    return words.say(PARTS[part]) if part in PARTS else called(name, words)


def choice_called(value: str, words: Words) -> str:
    """What one of several choices is called; a group's own choices are called what they are."""
    return words.say(CHOICES[value]) if value in CHOICES else value
