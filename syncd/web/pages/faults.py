"""Errors as a reader of the console meets them: a status, words in their language, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.errors import (
    ChangedMeanwhileError,
    ConfigurationError,
    NotAllowedError,
    NotFoundError,
    RefusedError,
    StopError,
    SyncdError,
    TryLaterError,
    UsageError,
)
from syncd.services.logins.entering import TooManyAttemptsError
from syncd.web.pages.field_words import called
from syncd.web.pages.problem_words import problems_of, told_of
from syncd.web.pages.sentences import sentence
from syncd.web.pages.words import DEFAULT, _

if TYPE_CHECKING:
    from syncd.web.pages.words import Words


class NothingHereError(NotFoundError):
    """There is nothing at this address, or nothing that this reader may know of."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is nothing here.", remedy="Check the address.")


class ForeignFormError(NotAllowedError):
    """A form that none of our own pages sent."""

    code = "foreign_form"

    def __init__(self) -> None:
        super().__init__("The form was not sent by this site.", remedy="Open the page anew, then repeat the change.")


class UnreadableFormError(RefusedError):
    """A form that is broken, or too large to be one of ours."""

    code = "unreadable_form"

    def __init__(self) -> None:
        super().__init__("The form cannot be read.", remedy="Open the page anew, then repeat the change.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a page tells. ``language`` is that of the words, where it is not the reader's."""

    status: int
    message: str
    remedy: str
    language: str | None = None


_AGAIN = _("Open the page anew, then repeat the change.")
_ASK = _("Ask an administrator.")
_BACK = _("Go back to the list.")
_LATER = _("Nothing is lost. Try again in a moment.")
_TELL = _("Tell an administrator.")
_RESTORE = _("Tell an administrator: it must be restored from a backup.")
_NEXT = _("The next run tries again.")
_LOGIN_LATER = _("Begin again in a moment. If it happens again, tell an administrator: the log names the reason.")

TEXTS: dict[str, tuple[str, str]] = {
    "not_found": (_("There is nothing here."), _BACK),
    "unknown_customer": (_("There is no such customer."), _BACK),
    "unknown_order": (_("There is no such order."), _BACK),
    "unknown_protocol": (_("There is no such service protocol."), _BACK),
    "no_service_order": (_("Service protocols are written on service orders alone."), _("Add a service order.")),
    "nobody_to_send": (
        _("No contact of the customer is to be sent what there is."),
        _("Mark a contact for service protocols or work orders; a service protocol must be written first."),
    ),
    "unknown_user": (_("There is no such user."), _BACK),
    "unknown_token": (_("There is no such token."), _BACK),
    "unknown_team": (_("There is no such team."), _BACK),
    "not_allowed": (_("You may not do this."), _ASK),
    "foreign_form": (_("The form was not sent by this site."), _AGAIN),
    "unreadable_form": (_("The form cannot be read."), _AGAIN),
    "changed_meanwhile": (_("Somebody else changed this meanwhile."), _("Look at it again, then repeat the change.")),
    "wrong_password": (
        _("Login and password do not fit."),
        _("Try again, or ask an administrator for a new password."),
    ),
    "too_many_attempts": (_("There were too many attempts."), _("Try again in 15 minutes.")),
    "login_service": (_("The login service does not answer as it should."), _LOGIN_LATER),
    "login_untrusted": (_("The answer of the login service cannot be trusted."), _LOGIN_LATER),
    "login_forgotten": (_("This login is not waited for (any more)."), _("Begin again.")),
    "login_declined": (
        _("The login was not completed there."),
        _("Begin again, or ask whoever runs that service."),
    ),
    "login_unknown": (
        _("You may not log in here with that account."),
        _("Ask an administrator: a user with the same address must be there and be active."),
    ),
    "passwords_off": (_("Passwords are not taken here."), _("Log in at your company's login service.")),
    "weak_password": (
        _("The password must have at least 8 characters."),
        _("Choose a longer one; several words are easy to remember."),
    ),
    "same_password": (_("This is the password you have."), _("Choose another one.")),
    "unequal_passwords": (_("The two new passwords differ."), _("Type the same password twice.")),
    "no_file": (_("No file is chosen."), _("Choose one, then send the form.")),
    "unreadable_file": (_("The file cannot be read."), _("Save it anew as CSV UTF-8, or as an Excel workbook.")),
    "file_too_large": (_("The file is too large."), _("Make it smaller.")),
    "empty_file": (_("The file is empty."), _("Check that it was saved, and choose it again.")),
    "bad_file_name": (_("The file cannot have this name."), _("Give it another name.")),
    "file_type": (
        _("The file is of no type that is taken, or is not what its name says."),
        _("Attach a picture, a PDF, an office document or a drawing."),
    ),
    "file_taken": (_("The customer has a file of this name already."), _("Give it another name, or delete that one.")),
    "unknown_file": (_("There is no such file."), _BACK),
    "still_linked": (
        _("The customer is still kept in step with accounting."),
        _("Deactivate it first and synchronise, or end the link."),
    ),
    "open_writes": (
        _("It is not known yet whether a change of the customer reached accounting."),
        _("Synchronise first."),
    ),
    "deactivated_customer": (
        _("The customer is deactivated: nothing new can be added to it."),
        _("Reactivate it first."),
    ),
    "has_orders": (
        _("The customer has orders, error reports or quotations, so it cannot be deleted."),
        _("Deactivate it instead."),
    ),
    "erased_customer": (_("The customer was erased: nothing can be done with it any more."), _("Add a new customer.")),
    "nobody_chosen": (_("Nobody is chosen."), _("Tick somebody, or a team that has people in it.")),
    "deactivated_user": (_("The user is deactivated."), _("Reactivate the user first.")),
    "customer_user": (_("The user belongs to a customer."), _("Choose a colleague.")),
    "facility_taken": (
        _("The customer has a facility of this name already."),
        _("Change that one, or choose another name."),
    ),
    "unknown_entry": (_("There is no such entry."), _BACK),
    "entry_taken": (_("There is such an entry already."), _("Change that one, or choose another name.")),
    "entry_in_use": (_("It is in use and cannot be deleted."), _("Retire it instead: it is offered no longer.")),
    "entry_retired": (_("It is retired."), _("Choose another one, or offer it again.")),
    "bad_login": (
        _("The login cannot be used."),
        _("Use up to 64 letters, digits, dots, dashes, underscores, plus and at signs."),
    ),
    "login_taken": (_("The login is taken."), _("Choose another one.")),
    "team_taken": (_("There is such a team already."), _("Choose another name.")),
    "last_administrator": (
        _("This is the last administrator."),
        _("Make somebody else administrator first."),
    ),
    "more_than_own": (_("You do not have this right for that customer yourself."), _ASK),
    "number_taken": (_("The customer number is taken."), _("Choose another number.")),
    "locked": (_("Another run is under way."), _("Wait for it to end.")),
    "unreachable": (
        _("The accounting system cannot be reached, or does not answer as it should."),
        _("Nothing is lost: the next run tries again."),
    ),
    "needs_consent": (
        _("The accounting system no longer accepts us."),
        _("An administrator must give consent again."),
    ),
    "database_unreachable": (_("The database cannot be reached."), _LATER),
    "database_fault": (_("The database did not answer as it should."), _LATER),
    "consent_forgotten": (_("This consent is not waited for (any more)."), _("Begin again.")),
    "wrong_company": (
        _("Another company answers than the one that was connected."),
        _("Connect again and choose the right company, or add an integration for the other one."),
    ),
    "unknown_connection": (_("There is no such connection."), _BACK),
    "unknown_conflict": (_("There is no such conflict."), _BACK),
    "already_decided": (_("The conflict is decided already."), _("There is nothing to decide.")),
    "unknown_run": (_("There is no such run."), _BACK),
    "not_held": (_("The run is not held."), _("There is nothing to approve.")),
    "paused": (_("The connection is paused."), _("Resume it first.")),
    "led_by_accounting": (
        _("Accounting leads this, so it cannot be changed here."),
        _("Change it in the accounting system."),
    ),
    "unknown_permission": (_("There is no such right."), _AGAIN),
    "colleague_stays": (_("Only customer users are deleted."), _("Make the user inactive instead.")),
    "not_for_customer_users": (_("A customer user cannot have this right."), _("Choose another right.")),
    "fixed_field": (_("This stays as it is."), _("Retire it and add another.")),
    "too_much_for_excel": (_("Excel cannot hold so much."), _("Narrow it down with filters, or export CSV.")),
    "content_lost": (_("The content of the file is missing or damaged."), _RESTORE),
    "files_directory": (_("The place of attached files cannot be used."), _TELL),
    "unknown_ticket": (_("There is no such order."), _BACK),
    "no_such_entry": (_("There is no such entry."), _BACK),
    "ambiguous_entry": (_("More than one entry is meant."), _BACK),
    "taken_over": (_("Another run has taken over."), _("The other run goes on.")),
    "configuration": (_("The installation must be put right first."), _TELL),
    "unforeseen": (_("The run ended in a fault of the program."), _TELL),
    "rejected": (_("Accounting refused the values."), _("Look at the customer there and here.")),
    "duplicate": (_("Accounting has a customer with this number already."), _("Choose another number.")),
    "gone": (_("Accounting no longer has the customer."), _("The next run asks what to do.")),
    "not_now": (_("Accounting cannot carry this out just now."), _NEXT),
    "unreadable": (_("The answer of accounting cannot be read."), _NEXT),
    "incomplete": (_("The answer of accounting was not whole, so nothing was sent."), _NEXT),
    "unknown_outcome": (_("It is not known whether accounting carried this out."), _("The next run finds out.")),
    "older_schema": (_("The database must be upgraded first."), _TELL),
    "newer_schema": (_("The database was written by a newer version."), _TELL),
    "damaged_schema": (_("The database is damaged."), _TELL),
    "fault": (_("Something unexpected happened."), _("Try again. If it happens again, tell an administrator.")),
}
"""Errors that have words of their own, by code. The others name something: their sentences stand in ``sentences``."""


def told(error: SyncdError, words: Words) -> Fault:
    """An error as the reader meets it."""
    problems = [told_of(one, words) for one in problems_of(error)]
    if problems and error.code not in TEXTS:
        text = " ".join(f"{called(one.field, words)}: {one.text}" for one in problems)
        foreign = next((one.language for one in problems if one.language), None)
        return Fault(status_of(error), text, "", foreign)
    return replace(in_words(error.code, error.message, error.remedy, words), status=status_of(error))


def in_words(code: str, message: str, remedy: str | None, words: Words) -> Fault:
    """The same for an error that was stored; a remedy that is a command is of no use here."""
    texts = TEXTS.get(code)
    if texts is not None:
        return Fault(0, words.say(texts[0]), words.say(texts[1]))
    said = sentence(message, words)
    helps = _helps(remedy or "", words, known=said is not None)
    told = f"{(said or message).rstrip('.')}."
    return Fault(0, _begun(told), helps, None if said or words.language == "en" else "en")


def _begun(told: str) -> str:
    """With a capital, unless a name stands first, which is written as it is."""
    first = told.partition(" ")[0]
    return told if any(mark in first.rstrip(".") for mark in ":_.") else told[:1].upper() + told[1:]


def _helps(remedy: str, words: Words, *, known: bool) -> str:
    """What helps, in the language of what it stands beside; a command is of no use to whoever reads a page."""
    if "syncd " in remedy:
        return ""
    told = sentence(remedy, words)
    return told or (remedy if not known or words.language == DEFAULT else "")


_STATUSES: tuple[tuple[type[SyncdError], int], ...] = (
    (TooManyAttemptsError, 429),
    (NotFoundError, 404),
    (ChangedMeanwhileError, 409),
    (NotAllowedError, 403),
    (RefusedError, 422),
    (UsageError, 422),
    (TryLaterError, 503),
    (ConfigurationError, 503),
    (StopError, 409),
    (SyncdError, 500),
)
"""The HTTP status that an error stands for: the first kind that fits."""


def status_of(error: SyncdError) -> int:
    """The HTTP status that an error stands for."""
    return next(status for kind, status in _STATUSES if isinstance(error, kind))
