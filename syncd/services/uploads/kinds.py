"""How a row of each kind is checked and stored: customers, contacts, articles, discount letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, assert_never

from syncd.register.access import Verb, may
from syncd.register.catalogues import changed_entry, new_entry
from syncd.register.contacts import CONTACT_COLUMNS, changed_contact, contact_fields, parse_contact, with_contact
from syncd.register.fields import FIELDS
from syncd.register.numbers import check_number
from syncd.register.problems import InvalidFieldsError, InvalidValueError, Problem
from syncd.services.register.finding import author
from syncd.services.register.foreign import LedByAccountingError, refuse_foreign
from syncd.services.register.masking import refuse_masks
from syncd.services.register.vocabulary import parted, parted_draft, select_letters, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.catalogues import Catalogue
    from syncd.register.contacts import Contact
    from syncd.register.fields import Field, Value
    from syncd.services.uploads.report import Report

    Cells = dict[str, Value]


class Kind(Protocol):
    """One kind of register: the fields of its columns, the one that names a row, and what a chunk of rows comes to."""

    @property
    def key(self) -> str:
        """The field that names a row."""
        ...

    def fields(self) -> Mapping[str, Field]:
        """Every field that a column may hold."""
        ...

    def labels(self) -> Mapping[str, str]:
        """What a group's own fields are called."""
        ...

    def take(self, rows: Sequence[tuple[int, Cells]], report: Report, *, store: bool) -> None:
        """Check rows, count what they come to, and store them if asked to."""
        ...


class Customers:
    """Customers by number: unknown ones are added, known ones changed. A column that is missing changes nothing."""

    key = "number"

    def __init__(self, work: RegisterWork, actor: Actor, group_id: int, led: Mapping[str, str]) -> None:
        self._work, self._actor, self._group_id, self._led = work, actor, group_id, led
        self._known = vocabulary_of(work, group_id)
        settings = self._known.settings
        self._lengths = (settings.customer_number_min_length, settings.customer_number_max_length)

    def fields(self) -> Mapping[str, Field]:
        """Every field that can be typed for a customer."""
        return self._known.fields()

    def labels(self) -> Mapping[str, str]:
        """The labels of custom fields."""
        return {one.name: one.label for one in self._known.custom}

    def take(self, rows: Sequence[tuple[int, Cells]], report: Report, *, store: bool) -> None:
        """Check rows, count what they come to, and store them if asked to."""
        found = self._work.customers.find_many(self._group_id, [str(cells["number"] or "") for _, cells in rows])
        selected = self._work.customers.letters(local.id for local in found.values())
        new: list[tuple[dict[str, Value], frozenset[str]]] = []
        letters: dict[str, list[str]] = {}
        taken = self._work.customers.taken_numbers(self._group_id, self._unseen(rows, found))
        for place, cells in rows:
            local = found.get(str(cells["number"] or ""))
            try:
                if local is None:
                    _refuse_taken(str(cells["number"] or ""), taken)
                    new.append(self._new(cells, letters))
                    report.added += 1
                elif self._changed(local, cells, selected.get(local.id, []), store=store):
                    report.changed += 1
                else:
                    report.unchanged += 1
            except (InvalidFieldsError, InvalidValueError, LedByAccountingError) as error:
                report.refuse(place, cells, _problems(error))
        if store:
            self._insert(new, letters)

    def _unseen(self, rows: Sequence[tuple[int, Cells]], found: Mapping[str, Local]) -> list[str]:
        """Numbers that belong to nobody, or to a customer that the actor may not see."""
        return [number for _, cells in rows if (number := str(cells["number"] or "")) not in found]

    def _new(self, cells: Cells, letters: dict[str, list[str]]) -> tuple[dict[str, Value], frozenset[str]]:
        refuse_masks(cells)
        number = check_number(str(cells["number"] or ""), minimum=self._lengths[0], maximum=self._lengths[1])
        new, codes = parted_draft(self._known, {**cells, "number": number})
        if codes:
            letters[number] = codes
        return {**new.fields, "number": number}, new.defaulted

    def _changed(self, local: Local, cells: Cells, selected: list[str], *, store: bool) -> bool:
        if not may(self._actor, Verb.EDIT, local.id):
            reason, remedy = "belongs to a customer that you may not change", "Ask an administrator to upload it."
            raise InvalidFieldsError([Problem("number", reason, remedy)])
        refuse_masks({name: value for name, value in cells.items() if value != local.fields.get(name)})
        country = local.fields.get("invoice_country")
        cleaned = self._known.cleaned(cells, country=str(country) if country else None, selected=selected)
        fields, codes = parted(cleaned)
        moved = {name: value for name, value in fields.items() if value != local.fields.get(name)}
        refuse_foreign(moved, self._led)
        chosen = codes is not None and sorted(codes) != sorted(selected)
        if store and moved:
            self._work.customers.write(local.id, None, moved, author(self._actor))
        if store and chosen:
            self._select(local.id, codes or [])
        return bool(moved) or chosen

    def _insert(self, new: list[tuple[dict[str, Value], frozenset[str]]], letters: dict[str, list[str]]) -> None:
        for local in self._work.customers.insert_many(self._group_id, new, author(self._actor)):
            if local.number in letters:
                self._select(local.id, letters[local.number])

    def _select(self, customer_id: int, codes: list[str]) -> None:
        ids = select_letters(self._work, self._group_id, codes)
        self._work.customers.set_letters(customer_id, ids, author(self._actor))


class Contacts:
    """Contacts by customer number and name (or e-mail address): known ones are changed, others added."""

    key = "number"

    def __init__(self, work: RegisterWork, actor: Actor, group_id: int, led: Mapping[str, str]) -> None:
        self._work, self._actor, self._group_id, self._led = work, actor, group_id, led

    def fields(self) -> Mapping[str, Field]:
        """The customer's number and the fields of a contact."""
        return {"number": FIELDS["number"], **CONTACT_COLUMNS}

    def labels(self) -> Mapping[str, str]:
        """Contacts have no fields of a group's own."""
        return {}

    def take(self, rows: Sequence[tuple[int, Cells]], report: Report, *, store: bool) -> None:
        """Check rows, count what they come to, and store them if asked to."""
        found = self._work.customers.find_many(self._group_id, [str(cells["number"] or "") for _, cells in rows])
        before = self._work.customers.contacts(local.id for local in found.values())
        after = {id_: list(contacts) for id_, contacts in before.items()}
        for place, cells in rows:
            local = found.get(str(cells["number"] or ""))
            try:
                self._take_one(local, cells, after, report)
            except (InvalidFieldsError, InvalidValueError, LedByAccountingError) as error:
                report.refuse(place, cells, _problems(error))
        if store:
            for customer_id, contacts in after.items():
                if contacts != before.get(customer_id, []):
                    self._work.customers.set_contacts(customer_id, None, contacts, author(self._actor))

    def _take_one(self, local: Local | None, cells: Cells, after: dict[int, list[Contact]], report: Report) -> None:
        if local is None or not may(self._actor, Verb.EDIT, local.id):
            remedy = "Add the customer first, or ask for the right to change it."
            raise InvalidFieldsError([Problem("number", "belongs to no customer that you may change", remedy)])
        raw = {name: value for name, value in cells.items() if name != "number"}
        refuse_masks(raw)
        known = after.get(local.id, [])
        at = _place(known, raw)
        contact = parse_contact(raw) if at == len(known) else changed_contact(known[at], raw)
        edited = list(with_contact(known, at, contact))
        mine = contact_fields(edited)
        refuse_foreign([name for name, value in mine.items() if value != local.fields.get(name)], self._led)
        outcome = "added" if at == len(known) else "unchanged" if edited == known else "changed"
        setattr(report, outcome, getattr(report, outcome) + 1)
        after[local.id] = edited


class Entries:
    """Articles or discount letters by their key: unknown ones are added, known ones changed."""

    def __init__(self, work: RegisterWork, group_id: int, catalogue: Catalogue) -> None:
        self._work, self._group_id, self._catalogue = work, group_id, catalogue
        self.key = catalogue.key

    def fields(self) -> Mapping[str, Field]:
        """The fields of an entry."""
        return self._catalogue.fields

    def labels(self) -> Mapping[str, str]:
        """Entries have no fields of a group's own."""
        return {}

    def take(self, rows: Sequence[tuple[int, Cells]], report: Report, *, store: bool) -> None:
        """Check rows, count what they come to, and store them if asked to."""
        keys = [str(cells[self.key] or "") for _, cells in rows]
        found = self._work.catalogues.named(self._group_id, self._catalogue, keys)
        for place, cells in rows:
            entry = found.get(str(cells[self.key] or "").casefold())
            rest = {name: value for name, value in cells.items() if name != self.key}
            try:
                if entry is None:
                    key, values = new_entry(self._catalogue, cells)
                    report.added += 1
                    if store:
                        self._work.catalogues.add(self._group_id, self._catalogue, key, values)
                    continue
                changes = changed_entry(self._catalogue, rest)
            except InvalidFieldsError as error:
                report.refuse(place, cells, _problems(error))
                continue
            if all(entry.values.get(name) == value for name, value in changes.items()):
                report.unchanged += 1
                continue
            report.changed += 1
            if store:
                self._work.catalogues.set(entry, changes)


def _refuse_taken(number: str, taken: set[str]) -> None:
    if number.strip() in taken:
        raise InvalidFieldsError([Problem("number", "is taken", "Choose another number, or ask an administrator.")])


def _place(known: Sequence[Contact], raw: Mapping[str, Value]) -> int:
    """Where the contact of a row stands: by name, else by e-mail address; after the last one if it is new."""
    for name in ("name", "email"):
        wanted = str(raw.get(name) or "").casefold()
        for at, contact in enumerate(known):
            if wanted and str(getattr(contact, name) or "").casefold() == wanted:
                return at
    return len(known)


def _problems(error: InvalidFieldsError | InvalidValueError | LedByAccountingError) -> list[Problem]:
    match error:
        case InvalidFieldsError():
            return list(error.problems)
        case InvalidValueError():
            return [error.problem]
        case LedByAccountingError():
            return [Problem("(row)", "changes what accounting leads", str(error.remedy))]
        case _:
            assert_never(error)
