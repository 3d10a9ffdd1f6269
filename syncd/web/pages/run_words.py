"""Runs in words: why they are held, what they do, how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.web.pages.words import _, n_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.ports.records import RunInfo
    from syncd.web.pages.words import Words

BRAKES = {
    "first_run": _("The first run waits for somebody to look at its plan."),
    "first_references": _("Our reference was switched on: its first plan waits for somebody to look at it."),
    "many_changes": _("More customers would change than one run may change by itself."),
    "many_deactivations": _("More customers would be deactivated than one run may deactivate by itself."),
    "mass_blanking": _("More customers would lose values than one run may blank by itself."),
    "all_changed": _("The same field would change on more than half of the customers."),
    "empty_side": _("One side is suddenly empty."),
    "halved_side": _("One side has suddenly lost half of its customers."),
    "incomplete_listing": _("Accounting showed fewer customers than it says it has."),
    "records_vanished": _("Many linked customers are no longer in accounting."),
    "mapping_changed": _("Fields are no longer synchronised as before."),
    "restored_database": _("The database is older than the last run: it was restored from a backup."),
    "wrong_company": _("Another company answers than the one that was connected."),
    "other": _("A brake stopped the run before it wrote anything."),
}
"""Why a run is held, by the brake's code."""

STATUSES = {
    "running": _("Under way"),
    "succeeded": _("Done"),
    "partial": _("Done, but not everything"),
    "failed": _("Failed"),
    "held": _("Held, nothing written"),
    "planned": _("Dry run, nothing written"),
    "interrupted": _("Cut off"),
}
SIGNS = {
    "succeeded": "✓",
    "partial": "!",
    "failed": "✗",
    "held": "‖",
    "planned": "…",
    "interrupted": "✂",
    "running": "▸",
}

KINDS = {
    "incremental": _("Changes"),
    "full": _("Everything"),
    "customer": _("One customer"),
    "undo": _("Undo"),
}

ACTIONS = {
    "create_in_accounting": _("create in accounting"),
    "update_in_accounting": _("change in accounting"),
    "create_in_register": _("create in the register"),
    "update_in_register": _("change in the register"),
    "renumber": _("renumber"),
    "deactivate": _("deactivate"),
    "reactivate": _("reactivate"),
    "our_reference": _("our reference"),
    "open_conflict": _("ask"),
    "close_conflict": _("question has gone"),
}
OUTCOMES = {
    "planned": _("planned"),
    "done": _("done"),
    "skipped": _("left alone"),
    "failed": _("failed"),
    "unknown": _("outcome not known yet"),
}
OUTCOME_STATES = {"done": "good", "skipped": "warn", "failed": "bad", "unknown": "bad"}

_COUNTED = {
    "create_in_accounting": n_("%(num)s customer created in accounting", "%(num)s customers created in accounting"),
    "update_in_accounting": n_("%(num)s field changed in accounting", "%(num)s fields changed in accounting"),
    "create_in_register": n_("%(num)s customer created in the register", "%(num)s customers created in the register"),
    "update_in_register": n_("%(num)s field changed in the register", "%(num)s fields changed in the register"),
    "renumber": n_("%(num)s customer renumbered", "%(num)s customers renumbered"),
    "deactivate": n_("%(num)s customer deactivated", "%(num)s customers deactivated"),
    "reactivate": n_("%(num)s customer reactivated", "%(num)s customers reactivated"),
    "our_reference": n_("%(num)s reference written", "%(num)s references written"),
    "conflicts_opened": n_("%(num)s conflict opened", "%(num)s conflicts opened"),
    "conflicts_closed": n_("%(num)s conflict closed", "%(num)s conflicts closed"),
    "rejected": n_("%(num)s customer refused by accounting", "%(num)s customers refused by accounting"),
    "errors": n_("%(num)s customer failed", "%(num)s customers failed"),
}
CHANGES = tuple(_COUNTED)[:8]
"""The counts that are changes of customers."""


def counted(counts: Mapping[str, int], words: Words) -> Iterator[str]:
    """What a run did; nothing is said of what did not happen."""
    for name, (one, more) in _COUNTED.items():
        if counts.get(name):
            yield words.count(one, more, counts[name])


def told(run: RunInfo, words: Words) -> str:
    """What a run did, or would do, on one line."""
    did = words.list(counted(run.counts, words))
    if not did:
        return words.say(_("nothing to do"))
    return words.say(_("planned: %(what)s"), what=did) if run.status in {"held", "planned"} else did


def changes(counts: Mapping[str, int]) -> int:
    """How many changes a run made, or would make."""
    return sum(counts.get(name, 0) for name in CHANGES)
