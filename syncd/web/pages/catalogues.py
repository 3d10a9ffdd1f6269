"""The registers beside the customers: discount letters, articles, custom fields (R-08, R-09, R-25)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from syncd.register.access import may, require
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.register import catalogues as service
from syncd.services.register.reading import printable
from syncd.services.register.seen import entry_version, hold_entry
from syncd.web.pages.field_words import called
from syncd.web.pages.forms import again, carried_out, given, section, status_of
from syncd.web.pages.inputs import changed, typed
from syncd.web.pages.pieces import pieces
from syncd.web.pages.staff import for_staff
from syncd.web.pages.values import shown
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.catalogues import Catalogue, Entry
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.wrong import Wrong


@dataclass(frozen=True, slots=True)
class Book:
    """One of these registers, as its pages name it."""

    path: str
    title: str
    adding: str
    empty: str
    catalogue: Catalogue
    helps: Mapping[str, str]


BOOKS = (
    Book(
        "/discount-letters",
        _("Discount letters"),
        _("Add a discount letter"),
        _("There are no discount letters yet. Those added here can be chosen on every customer."),
        DISCOUNT_LETTERS,
        {},
    ),
    Book(
        "/articles",
        _("Articles"),
        _("Add an article"),
        _("There are no articles yet. Those added here can be placed on customers, whose orders then begin with them."),
        ARTICLES,
        {},
    ),
    Book(
        "/custom-fields",
        _("Custom fields"),
        _("Add a custom field"),
        _("There are no custom fields yet. Those added here are on every customer, beneath the discount letters."),
        CUSTOM_FIELDS,
        {
            "key": _("A short name for files and programs: small letters a-z, digits and underscores. It stays."),
            "type": _("It stays: values of another type would not fit."),
            "choices": _("Only for the type choice; parted by semicolons."),
            "position": _("Fields with a smaller number come first."),
        },
    ),
)


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [route for book in BOOKS for route in _routes(door, book)]


def _routes(door: Door, book: Book) -> list[Route]:
    one = f"{book.path}/one"
    return [
        door.shows(book.path, for_staff(partial(index, book=book))),
        door.shows(f"{book.path}/add", for_staff(partial(ask_new, book=book))),
        door.takes(f"{book.path}/add", for_staff(partial(add, book=book))),
        door.shows(one, for_staff(partial(ask, book=book))),
        door.takes(one, for_staff(partial(save, book=book))),
        door.takes(f"{one}/retired", for_staff(partial(retire, book=book))),
        door.takes(f"{one}/delete", for_staff(partial(delete, book=book))),
    ]


def index(visit: Visit, book: Book) -> Response:
    """Every entry, or those that a search finds; retired ones after the others if they are asked for."""
    text, retired = printable(visit.asked("search")), visit.asked("retired") == "yes"
    with visit.reading() as work:
        found = service.list_entries(work, visit.actor, visit.group_id, book.catalogue, text, retired=retired)
    columns = {name: one.kind for name, one in book.catalogue.fields.items() if name != book.catalogue.key}
    rows = [
        (one.key, [_cell(name, kind, one, visit) for name, kind in columns.items()], one.retired)
        for one in sorted(found, key=lambda one: one.retired)
    ]
    return visit.page(
        "catalogue.html",
        book=book,
        key=called(book.catalogue.key, visit.words),
        columns=[called(name, visit.words) for name in columns],
        rows=pieces(rows, visit),
        narrowed=bool(text),
        may_change=may(visit.actor, book.catalogue.change),
    )


def _cell(name: str, kind: str, entry: Entry, visit: Visit) -> str:
    value = entry.values.get(name)
    return "" if value in {None, False} else shown(name, value, visit.words, kind)


# ----- a new one


def ask_new(visit: Visit, book: Book, why: Wrong | None = None) -> Response:
    """The form of a new entry."""
    require(visit.actor, book.catalogue.change)
    form = section(visit, visit.words.say(book.adding), book.catalogue.fields.values(), {}, book.helps)
    status = status_of(why)
    return visit.page(
        "catalogue_entry.html", status=status, why=why, book=book, form=again(visit, form, why), entry=None
    )


def add(visit: Visit, book: Book) -> Response:
    """Add it."""

    def act() -> Response:
        with visit.work() as work:
            fields = given(typed(visit, book.catalogue.fields))
            service.add_entry(work, visit.actor, visit.group_id, book.catalogue, fields)
        return visit.go(book.path, said="entry_saved")

    return carried_out(visit, act, lambda why: ask_new(visit, book, why))


# ----- one that is there


def _entry(visit: Visit, work: Work, book: Book) -> Entry:
    return service.show_entry(work, visit.actor, visit.group_id, book.catalogue, visit.asked("entry"))


def ask(visit: Visit, book: Book, why: Wrong | None = None) -> Response:
    """The form of an entry."""
    require(visit.actor, book.catalogue.change)
    with visit.reading() as work:
        entry = _entry(visit, work, book)
    fields = [one for name, one in book.catalogue.fields.items() if name not in book.catalogue.fixed]
    form = section(visit, entry.key, fields, entry.values, book.helps)
    return visit.page(
        "catalogue_entry.html",
        status=status_of(why),
        why=why,
        book=book,
        form=again(visit, form, why),
        entry=entry,
        seen=entry_version(entry),
    )


def save(visit: Visit, book: Book) -> Response:
    """Store what was changed, unless somebody stored something else meanwhile."""

    def act() -> Response:
        with visit.work() as work:
            require(visit.actor, book.catalogue.change)
            entry = _entry(visit, work, book)
            held = hold_entry(work, book.catalogue, entry, {visit.asked("seen")})
            changes = changed(typed(visit, book.catalogue.fields), held.values)
            changes.pop(book.catalogue.key, None)
            if changes:
                service.change_entry(work, visit.actor, visit.group_id, book.catalogue, entry.key, changes)
        return visit.go(book.path, said="entry_saved")

    return carried_out(visit, act, lambda why: ask(visit, book, why))


def retire(visit: Visit, book: Book) -> Response:
    """Offer it no longer, or again."""
    retired = visit.asked("retired") == "yes"
    with visit.work() as work:
        service.retire_entry(work, visit.actor, visit.group_id, book.catalogue, visit.asked("entry"), retired=retired)
    return visit.go(book.path, said="entry_retired" if retired else "entry_restored")


def delete(visit: Visit, book: Book) -> Response:
    """Delete it, if nobody uses it."""

    def act() -> Response:
        with visit.work() as work:
            service.delete_entry(work, visit.actor, visit.group_id, book.catalogue, visit.asked("entry"))
        return visit.go(book.path, said="entry_deleted")

    return carried_out(visit, act, lambda why: ask(visit, book, why))
