"""Refusals that name something: the code says them in English, these are the same sentences in the catalogue."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from syncd.web.pages.words import _

if TYPE_CHECKING:
    from syncd.web.pages.words import Words

SENTENCES = (
    # settings of an integration
    _("%(key)s: there is no {%(name)s} to fill in"),
    _("%(key)s: there is no such connection setting"),
    _("%(key)s: must be true or false"),
    _("%(key)s: must be a whole number, 0 to %(most)s"),
    _("%(key)s: must be a whole number, 0 and up"),
    _("%(key)s: must be one of %(words)s"),
    _("%(key)s: accounting has no free place %(place)s"),
    _("%(key)s: there is no such custom field"),
    _("%(key)s: a whole address needs a place for one"),
    _("%(key)s: that place takes a whole address"),
    _("%(key)s: it may have several lines, that place holds one"),
    _("%(key)s: it is yes or no, that place holds text"),
    _("%(key)s: must be an interval such as 30s, 5m or 1h, or a cron line of five fields"),
    _("%(key)s: must be a time such as 02:30, or a cron line of five fields"),
    _("%(key)s: is no cron line: %(why)s"),
    _("%(key)s: must name weekdays (mon-fri): their numbers mean different days to different programs"),
    _("%(place)s is the target of several fields: %(names)s"),
    _("%(name)s is no text, so it cannot be taken from accounting"),
    _("the visiting address and the mail address share one place in accounting"),
    _("Use %(names)s."),
    _("Did you mean %(name)s?"),
    _("Free places: %(names)s."),
    _("It has none."),
    _("Give each a place of its own."),
    _("Set %(key)s=to_accounting."),
    # connections
    _("a connection named %(name)s exists already"),
    _("a connection needs a name"),
    _("there is no accounting system named %(name)s"),
    _("Choose another name."),
    _("For example `visma`."),
    _("One of: %(names)s."),
    _("the consent was not given"),
    _("the consent did not include offline access"),
    _("this address belongs to another consent"),
    _("this address holds no code"),
    _("the company is %(status)s in %(vendor)s"),
    _("Renew its subscription, or connect another company."),
    # conflicts
    _("%(word)s is no answer to a conflict %(kind)s"),
    _("Its answers: %(names)s."),
    _("the answer %(word)s needs a value"),
    _("the answer %(word)s is for one conflict"),
    # runs
    _("run %(id)s wrote nothing: it was held"),
    _("run %(id)s wrote nothing: it was a dry run"),
    _("%(name)s is to be compared as a whole before anything is undone"),
    _("There is nothing to take back."),
    _("run %(id)s knows no customer %(number)s"),
    _("Check the number."),
    _("there is no run %(id)s any more"),
    _("no customer %(number)s in the register or in accounting"),
    _("the run was interrupted"),
    _("The next run continues where it stopped."),
    _("interrupted before the run began"),
    _("Start it again."),
    _("the run ended in a fault of the program (%(kind)s)"),
    # people and personal data
    _("Several deleted customers had the number %(number)s."),
    _("Name one: %(names)s."),
    _("There is no user %(login)s."),
    _("A customer user changes nothing of the register."),
    # uploads
    _("There is no column %(name)s."),
    _("Column %(place)s names %(name)s once more."),
    _("Keep one of the two columns."),
    _("Column %(place)s has a heading that is no field."),
    _("Take the column away, or name it as in the template."),
    # service protocols
    _("Service protocol %(number)s belongs to order %(order)s."),
)
"""``%(name)s`` is whatever stands there."""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(text), text) for text in SENTENCES)


def _pattern(text: str) -> re.Pattern[str]:
    """What the code says, told from the marked text."""
    plain, *rest = re.split(r"%\((\w+)\)s", text)
    filled = (f"(?P<{name}>.+){re.escape(after)}" for name, after in zip(rest[::2], rest[1::2], strict=True))
    return re.compile(re.escape(plain) + "".join(filled), re.DOTALL)


def sentence(said: str, words: Words) -> str | None:
    """A sentence of the code's in the reader's language; None for one that has no other words."""
    for pattern, text in _patterns():
        found = pattern.fullmatch(said)
        if found is not None:
            return words.say(text, **found.groupdict()) if found.groupdict() else words.say(text)
    return None
