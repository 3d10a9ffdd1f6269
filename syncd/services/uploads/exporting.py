"""A register as a file that uploads again unchanged, and its template: the same columns without rows (R-28)."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from syncd.register.access import Verb, require
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.labels import LABELS
from syncd.services.exports.sheet import Column, Sheet
from syncd.services.register.masking import masked, reveal
from syncd.services.register.reading import Query, found_customers, views
from syncd.services.uploads.headings import MORE_LABELS
from syncd.services.uploads.storing import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.catalogues import Catalogue
    from syncd.register.language import Language
    from syncd.services.exports.sheet import Cell, Document
    from syncd.services.register.reading import CustomerView

_PAGE = 500


def template(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    name: str,
    *,
    made: datetime,
    language: Language | None = None,
) -> Sheet:
    """Return the columns of a register without rows, named in a language: the group's, where none is asked for."""
    require(actor, Verb.UPLOAD)
    return _sheet(work, actor, group_id, name, iter(()), made=made, language=language)


def register_sheet(
    work: RegisterWork, actor: Actor, group_id: int, name: str, *, personal: bool, made: datetime
) -> Sheet:
    """Return a register, streamed, of the customers that the actor may see.

    Personal identity numbers are masked unless ``personal``; a masked file does not upload again.
    """
    require(actor, Verb.EXPORT)
    documents = {
        "customers": partial(_customers, work, actor, group_id, personal=personal),
        "contacts": partial(_contacts, work, actor, group_id, personal=personal),
        "articles": partial(_entries, work, group_id, ARTICLES),
        "discount_letters": partial(_entries, work, group_id, DISCOUNT_LETTERS),
    }
    kind_of(work, actor, group_id, name, {})
    return _sheet(work, actor, group_id, name, documents[name](), made=made)


def _sheet(  # noqa: PLR0913 - see template
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    name: str,
    documents: Iterator[Document],
    *,
    made: datetime,
    language: Language | None = None,
) -> Sheet:
    kind = kind_of(work, actor, group_id, name, {})
    language = language or work.groups.settings(group_id).language
    own = kind.labels()
    columns = tuple(Column(_heading(field, own.get(field), language), partial(_cell, field)) for field in kind.fields())
    return Sheet(name, columns, documents, made, language)


def _heading(field: str, own: str | None, language: Language) -> str:
    """A group's own field keeps its name: two of them may be labelled alike."""
    text = LABELS.get(field) or MORE_LABELS.get(field)
    return field if own is not None or text is None else text.to(language)


def _cell(field: str, document: Document) -> Cell:
    value = document.get(field)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def _customers(work: RegisterWork, actor: Actor, group_id: int, *, personal: bool) -> Iterator[Document]:
    for view in _pages(work, actor, group_id, personal=personal):
        fields = {name: value if personal else masked(name, value) for name, value in view.fields.items()}
        yield {**fields, "discount_letters": ", ".join(view.letters) or None}


def _contacts(work: RegisterWork, actor: Actor, group_id: int, *, personal: bool) -> Iterator[Document]:
    for view in _pages(work, actor, group_id, personal=personal):
        for contact in view.contacts:
            document = asdict(contact)
            yield {"number": view.customer.number, **(document if personal else masked(None, document))}


def _pages(work: RegisterWork, actor: Actor, group_id: int, *, personal: bool) -> Iterator[CustomerView]:
    ids = found_customers(work, actor, group_id, Query())
    if personal:
        reveal(work, actor, ids)
    for start in range(0, len(ids), _PAGE):
        yield from views(work, group_id, work.customers.load_many(ids[start : start + _PAGE]))


def _entries(work: RegisterWork, group_id: int, catalogue: Catalogue) -> Iterator[Document]:
    for entry in work.catalogues.list(group_id, catalogue):
        yield {catalogue.key: entry.key, **entry.values}
