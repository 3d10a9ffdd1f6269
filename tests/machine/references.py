"""*Our reference* as people would expect it on the open documents of a customer (S-30 to S-34)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.machine.oracle import must

if TYPE_CHECKING:
    from tests.machine.looking import Paper
    from tests.machine.oracle import Oracle
    from tests.machine.passed import Passed


def check_references(oracle: Oracle, passed: Passed) -> None:
    """Only the technician's name is written, only where it may be; after an undisturbed run it is where it must be."""
    for id_, paper in passed.before.papers.items():
        now = passed.after.papers[id_]
        if now.reference != paper.reference:
            _check_written(oracle, passed, paper, now)
            oracle.written[id_] = now.reference
        elif (
            passed.sure and passed.about is None and _is_wanted(oracle, passed, paper) and _can_be_saved(passed, paper)
        ):
            text = _text(passed, paper)
            missing = text if _may_write(oracle, paper, text) else paper.reference
            must(
                paper.reference == missing, f"{_of(passed, paper)} says {paper.reference!r}, it should say {missing!r}"
            )


def _check_written(oracle: Oracle, passed: Passed, paper: Paper, now: Paper) -> None:
    text = _text(passed, paper)
    told = f"{_of(passed, paper)} went from {paper.reference!r} to {now.reference!r}"
    must(_is_wanted(oracle, passed, paper), f"{told}, and nobody asked for it")
    must(now.reference == text and _may_write(oracle, paper, text), f"{told}; the technician is {text!r}")


def _is_wanted(oracle: Oracle, passed: Passed, paper: Paper) -> bool:
    """Whether the document is one that syncd writes on."""
    on = oracle.settings.get("add_assigned_in_our_reference", "false") == "true"
    return on and paper.is_open and _owner(passed, paper) is not None


def _can_be_saved(passed: Passed, paper: Paper) -> bool:
    """Accounting takes no document of a customer that is gone."""
    return paper.customer in passed.after.there


def _owner(passed: Passed, paper: Paper) -> int | None:
    """The register's customer whose document it is."""
    for look in (passed.after, passed.before):
        for here, there in look.links.items():
            if there == paper.customer and here in look.here:
                return here
    return None


def _text(passed: Passed, paper: Paper) -> str | None:
    """The responsible technician."""
    owner = _owner(passed, paper)
    return next(iter(passed.before.technicians.get(owner or 0, ())), None)


def _may_write(oracle: Oracle, paper: Paper, text: str | None) -> bool:
    """What a person typed is left alone, unless the setting says otherwise; it is never cleared."""
    ours = bool(paper.reference) and oracle.written.get(paper.id) == paper.reference
    if text is None:
        return ours
    return ours or not paper.reference or oracle.settings.get("our_reference_mode", "fill") == "always"


def _of(passed: Passed, paper: Paper) -> str:
    number: Any = passed.before.number_there(paper.customer)
    return f"our reference on a document of customer {number}"
