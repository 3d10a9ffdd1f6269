"""Conflicts in plain words: why one is asked, and what each answer does."""

from __future__ import annotations

from syncd.web.pages.words import _

WHY = {
    "field": _("It was changed on both sides since they last agreed. Which value is right?"),
    "identity": _("Both have this customer number, but they look like two different customers."),
    "possible_duplicate": _("They have the same organisation number under two customer numbers."),
    "duplicate_number": _("More than one customer in accounting has this number. Give each its own number there."),
    "does_not_fit": _("Accounting cannot hold this value. It was not sent, and nothing was cut."),
    "unknown_reference": _("Accounting knows nobody of this name, so no reference was written."),
    "missing_in_accounting": _("The customer no longer exists in accounting."),
    "number_taken": _("The new customer number belongs to somebody else on the other side."),
    "cannot_renumber": _("The accounting system cannot change the number of a customer."),
    "rejected": _("Accounting refused what was sent. It is not sent again until something changes."),
    "number_not_allowed": _("The number in accounting breaks the rules for customer numbers."),
    "no_number": _("The customer in accounting has no number. Give it one there."),
}
"""Why a question is asked, by its kind."""

_DETAILED = frozenset({"does_not_fit", "rejected", "unknown_reference", "number_not_allowed", "number_taken", "field"})
_SAYS_NO_MORE = "both sides changed"


def detail(kind: str, message: str) -> str:
    """The conflict's own message, where it says more than the words above."""
    return "" if kind not in _DETAILED or message.startswith(_SAYS_NO_MORE) else message


DOES = {
    "register": _("The register's value is written to accounting."),
    "accounting": _("Accounting's value is written to the register."),
    "value": _("The value you type is written to both sides."),
    "same": _("They are one customer: they are linked, and compared field by field."),
    "different": _("They are two customers: both are left alone from now on."),
    "link": _("They are one customer: they are linked; then one side's number is asked for."),
    "create": _("They are two customers: each is created on the other side."),
    "accounting_only": _("The value you type is written to accounting; the register keeps its own."),
    "skip": _("No reference is written for this customer."),
    "create_again": _("The customer is created in accounting again."),
    "deactivate": _("The customer is deactivated in the register, and the link ends."),
    "unlink": _("The link ends; both sides stay as they are."),
    "revert": _("The old number is put back."),
}
"""What an answer does, by its word."""

STATUS_STATES = {"open": "warn", "resolved": "good", "closed": "good"}
STATUS_SIGNS = {"open": "?", "resolved": "✓", "closed": "○"}
