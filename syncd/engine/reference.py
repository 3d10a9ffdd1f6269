"""*Our reference*: the text that a customer's technicians give, and the documents it is written on (S-30 to S-34)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from syncd.engine.actions import SetReference, digest

if TYPE_CHECKING:
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
    """A document with its customer and what syncd knows of it: ``written`` is the text syncd last wrote there."""

    document: RemoteDocument
    customer_id: int
    number: str
    technicians: tuple[Technician, ...]
    written: str | None = None
    judged: str | None = None


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
        f"does not fit: our_reference is {len(first)} characters, accounting holds {rules.limit}: "
        "shorten the name or our_reference_template"
    )


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
    now = case.document.reference
    mark = digest(text or unfit, now, rules.mode, case.written, rules.company_default)
    settled = unfit is None and (now or "") == (text or "")
    if mark == case.judged or not case.document.is_open or settled:
        return None
    skipped = unfit or _left_alone(case, text, rules)
    if skipped == "":
        return None
    return SetReference(case.document, case.customer_id, case.number, text, mark, skipped, case.written)


def _left_alone(case: Referenced, text: str | None, rules: ReferenceRules) -> str | None:
    """Why the document is left alone; an empty text when that is not worth a word."""
    now = (case.document.reference or "").strip()
    ours = bool(case.written) and now == (case.written or "").strip()
    free = not now or now == (rules.company_default or "").strip()
    if text is None:
        return None if ours else ""
    if free or ours or rules.mode == "always":
        return None
    return "kept: a person wrote another reference in accounting"
