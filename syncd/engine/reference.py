"""*Our reference*: the text that a customer's technicians give, and the documents it is written on (S-30 to S-34)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from syncd.engine.actions import SetReference, digest
from syncd.engine.questions import Question
from syncd.engine.state import Noted

if TYPE_CHECKING:
    from syncd.engine.footprint import Inscription
    from syncd.values.records import RemoteDocument


@dataclass(frozen=True, slots=True)
class Technician:
    """What a template may say about an assigned user."""

    name: str
    phone: str | None = None
    email: str | None = None
    employee_number: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceRules:
    """The setting *Add assigned in our reference* of one connection, with the vendor's limit in characters."""

    mode: Literal["fill", "always"] = "fill"
    names: Literal["responsible", "all"] = "responsible"
    template: str = "{name}"
    limit: int = 100
    company_default: str | None = None

    @property
    def mark(self) -> str:
        """A mark of how references are written: when it changes, every open document is judged again (S-32)."""
        return digest(asdict(self))


@dataclass(frozen=True, slots=True)
class Referenced:
    """A document with its customer, the customer's technicians, and what syncd remembers of the document."""

    document: RemoteDocument
    subject: str
    number: str | None
    technicians: tuple[Technician, ...] = ()
    noted: Noted = field(default_factory=Noted)

    @property
    def ours(self) -> bool:
        """Whether the document holds what syncd wrote there."""
        written = self.noted.written
        return bool(written) and (self.document.reference or "").strip() == (written or "").strip()


PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = ("name", "phone", "email", "employee_number")


def reference_text(technicians: tuple[Technician, ...], rules: ReferenceRules) -> str | None:
    """Return the reference for these technicians, responsible first; None without any.

    With ``all``, names are joined whole, as many as fit. A single text longer than the vendor's limit is None too:
    nothing is ever cut.
    """
    text = ""
    for part in _parts(technicians, rules):
        longer = f"{text}, {part}" if text else part
        if len(longer) <= rules.limit:
            text = longer
        elif not text:
            return None
    return text or None


def _parts(technicians: tuple[Technician, ...], rules: ReferenceRules) -> tuple[str, ...]:
    chosen = technicians if rules.names == "all" else technicians[:1]
    return tuple(filter(None, (_filled(technician, rules.template) for technician in chosen)))


def _unfit(technicians: tuple[Technician, ...], rules: ReferenceRules) -> str | None:
    """Why not even the first text can be written (S-23)."""
    first = next(iter(_parts(technicians, rules)), "")
    if len(first) <= rules.limit:
        return None
    return (
        f"our_reference is {len(first)} characters, accounting holds {rules.limit}: "
        "shorten the name or our_reference_template"
    )


def misfit_question(case: Referenced, rules: ReferenceRules, name: str) -> Question | None:
    """What a person must shorten before a customer's open documents can hold the reference (S-23)."""
    unfit = _unfit(case.technicians, rules) if case.document.is_open else None
    if unfit is None:
        return None
    return Question("does_not_fit", case.subject, case.number, name, unfit, "our_reference", choices=())


def _filled(technician: Technician, template: str) -> str:
    values = {
        "name": technician.name,
        "phone": technician.phone or "",
        "email": technician.email or "",
        "employee_number": technician.employee_number or "",
    }
    text = PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)
    return " ".join(text.split()).strip(" ,;-/")


def judge_reference(case: Referenced, rules: ReferenceRules) -> SetReference | None:
    """Decide one open document; None when nothing is to be done or it was judged like this before."""
    text, unfit = reference_text(case.technicians, rules), _unfit(case.technicians, rules)
    settled = unfit is None and (case.document.reference or "") == (text or "")
    mark = _judged(case, rules)
    if mark == case.noted.judged or not case.document.is_open or settled:
        return None
    skipped = f"does not fit: {unfit}" if unfit is not None else _left_alone(case, text, rules)
    if skipped == "":
        return None
    then = replace(case.noted, judged=mark) if skipped else _once_written(case, text)
    return SetReference(case.document, case.subject, case.number, text, case.noted, then, skipped)


def _judged(case: Referenced, rules: ReferenceRules) -> str:
    """The mark of a judgement: the same until the text, the document or the rules change."""
    text = reference_text(case.technicians, rules) or _unfit(case.technicians, rules)
    return digest(text, case.document.reference, rules.mode, case.noted.written, rules.company_default)


def _once_written(case: Referenced, text: str | None) -> Noted:
    """What is remembered with a text of ours; what stood there before syncd's first text is kept."""
    if text is None:
        return Noted()
    return Noted(text, case.noted.earlier if case.ours else case.document.reference)


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").strip() == (other or "").strip()


def _left_alone(case: Referenced, text: str | None, rules: ReferenceRules) -> str | None:
    """Why the document is left alone; an empty text when that is not worth a word."""
    now = (case.document.reference or "").strip()
    free = not now or now == (rules.company_default or "").strip()
    if text is None:
        return None if case.ours else ""
    if free or case.ours or rules.mode == "always":
        return None
    return "kept: a person wrote another reference in accounting"


# ----- taken back


def undo_reference(wrote: Inscription, case: Referenced, rules: ReferenceRules | None) -> SetReference | None:
    """Put back what stood on a document before a run wrote there (S-56); None when it stands there already."""
    now = case.document.reference
    if _same(now, wrote.before):
        return None
    skipped = None if _same(now, wrote.after) else "edited since"
    if not case.document.is_open:
        skipped = "the document is no longer open"
    ours = bool(wrote.written) and _same(wrote.before, wrote.written)
    earlier = case.noted.earlier if case.noted.written else now
    then = Noted(wrote.before, earlier) if ours else Noted()
    return _taken_back(case, wrote.before, then, rules, skipped)


def take_back_reference(case: Referenced, rules: ReferenceRules | None) -> SetReference | None:
    """Put back what stood on an open document before syncd's first text, if syncd's text still stands there (S-34)."""
    if not case.ours or not case.document.is_open:
        return None
    return _taken_back(case, case.noted.earlier, Noted(), rules)


def _taken_back(
    case: Referenced, text: str | None, then: Noted, rules: ReferenceRules | None, skipped: str | None = None
) -> SetReference:
    """As judged already, so that later runs leave the text until something changes."""
    after = replace(case, document=replace(case.document, reference=text), noted=then)
    judged = _judged(after, rules) if rules is not None else None
    then = case.noted if skipped else replace(then, judged=judged)
    return SetReference(case.document, case.subject, case.number, text, case.noted, then, skipped)
