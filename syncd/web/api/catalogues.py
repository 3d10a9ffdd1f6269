"""The registers beside the customers: articles, discount letters, custom fields. Each has the same addresses."""

# Annotations are read as they stand here, where a shape may be one of a book's: as texts they would not be found.

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from syncd.ports.work import Work
from syncd.register.access import require
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS, Catalogue, Entry, UnknownEntryError
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.register import catalogues as service
from syncd.services.register import shapes as told
from syncd.services.register.reading import printable
from syncd.services.register.seen import entry_version, hold_entry
from syncd.services.wishes import made_once
from syncd.web.api import sent as given
from syncd.web.api import shapes
from syncd.web.api.answers import address, answers, at_this_address
from syncd.web.api.conditions import Once, Seen, repeated
from syncd.web.api.door import Calling
from syncd.web.api.house import Caller

Key = Annotated[str, Path(max_length=1000, description="What the entry is known by."), AfterValidator(unquote)]


class Listing(BaseModel):
    """What a list of entries asks for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    search: str = Field("", max_length=200, description="Every word must be found.")
    retired: bool = Field(default=False, description="Retired ones, too.")


@dataclass(frozen=True, slots=True)
class Book:
    """One of these registers: its addresses and its shapes."""

    path: str
    catalogue: Catalogue
    shape: Any
    new: Any
    changes: Any

    @property
    def one(self) -> str:
        """What operations call an entry."""
        return self.catalogue.entry.replace(" ", "_")


BOOKS = (
    Book("articles", ARTICLES, shapes.ArticleEntry, given.NewArticle, given.ArticleChanges),
    Book("discount-letters", DISCOUNT_LETTERS, shapes.DiscountLetter, given.NewLetter, given.LetterChanges),
    Book("custom-fields", CUSTOM_FIELDS, shapes.CustomField, given.NewCustomField, given.CustomFieldChanges),
)


def _routes(book: Book) -> APIRouter:
    """Return the addresses of a book."""
    router = APIRouter(prefix=f"/{book.path}", tags=["registers"])
    changed = answers(book.shape, 404, 412, 428, tagged=True)

    @router.get("", name=f"list_{book.one}s", responses=answers(list[book.shape]))  # type: ignore[name-defined]  # a shape
    def list_entries(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
        """List the entries that can be chosen, or that a search finds, in order."""
        where, text = (caller.actor, caller.group_id, book.catalogue), printable(asked.search)
        with caller.reading() as work:
            found = service.list_entries(work, *where, text, retired=asked.retired)
        return JSONResponse([told.catalogue_entry(book.catalogue, one) for one in found])

    @router.get("/{key}", name=f"show_{book.one}", responses=answers(book.shape, 404, tagged=True))
    def show_entry(caller: Calling, key: Key) -> JSONResponse:
        """Show one entry. The ETag is for `If-Match` of the change to come."""
        with caller.reading() as work, at_this_address(UnknownEntryError):
            return _shown(book, service.show_entry(work, caller.actor, caller.group_id, book.catalogue, key))

    @router.post(
        "", name=f"add_{book.one}", status_code=201, responses=answers(book.shape, 409, status=201, tagged=True)
    )
    def add_entry(caller: Calling, sent: book.new, once: Once) -> JSONResponse:  # type: ignore[name-defined]  # a shape
        """Add an entry (administrators only, as every change here)."""
        where = caller.actor, caller.group_id, book.catalogue
        with caller.work() as work:
            made, new = made_once(work, caller.actor, once, lambda: service.add_entry(work, *where, sent.typed()).key)
            entry = service.show_entry(work, *where, made)
        return _shown(book, entry, 201, {"Location": address(book.path, made), **repeated(new=new)})

    @router.patch("/{key}", name=f"change_{book.one}", responses=changed)
    def change_entry(caller: Calling, key: Key, sent: book.changes, seen: Seen) -> JSONResponse:  # type: ignore[name-defined]  # same
        """Change fields of an entry, wherever it is used."""
        with caller.work() as work:
            entry = _held(caller, work, book, key, seen)
            where = caller.actor, caller.group_id, book.catalogue
            return _shown(book, service.change_entry(work, *where, entry.key, sent.typed()))

    @router.post("/{key}/retire", name=f"retire_{book.one}", responses=changed)
    def retire_entry(caller: Calling, key: Key, seen: Seen) -> JSONResponse:
        """Offer an entry no longer; where it is used it stays."""
        return _retired(caller, book, key, seen, retired=True)

    @router.post("/{key}/restore", name=f"restore_{book.one}", responses=changed)
    def restore_entry(caller: Calling, key: Key, seen: Seen) -> JSONResponse:
        """Offer an entry again."""
        return _retired(caller, book, key, seen, retired=False)

    @router.delete(
        "/{key}", name=f"delete_{book.one}", status_code=204, responses=answers(None, 404, 409, 412, 428, status=204)
    )
    def delete_entry(caller: Calling, key: Key, seen: Seen) -> Response:
        """Delete an entry that nobody uses."""
        with caller.work() as work:
            entry = _held(caller, work, book, key, seen)
            service.delete_entry(work, caller.actor, caller.group_id, book.catalogue, entry.key)
        return Response(status_code=204)

    return router


router = APIRouter()
for _book in BOOKS:
    router.include_router(_routes(_book))


def _held(caller: Caller, work: Work, book: Book, key: str, seen: frozenset[str]) -> Entry:
    """Keep an entry as it was seen, for whoever may change it."""
    require(caller.actor, book.catalogue.change)
    with at_this_address(UnknownEntryError):
        entry = service.show_entry(work, caller.actor, caller.group_id, book.catalogue, key)
        return hold_entry(work, book.catalogue, entry, seen)


def _retired(caller: Caller, book: Book, key: str, seen: frozenset[str], *, retired: bool) -> JSONResponse:
    with caller.work() as work:
        entry = _held(caller, work, book, key, seen)
        where = caller.actor, caller.group_id, book.catalogue, entry.key
        return _shown(book, service.retire_entry(work, *where, retired=retired))


def _shown(book: Book, entry: Entry, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    tag = {"ETag": f'"{entry_version(entry)}"', **(headers or {})}
    return JSONResponse(told.catalogue_entry(book.catalogue, entry), status, tag)
