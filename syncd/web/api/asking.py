"""What may be asked of a list of customers, and the cursor with which it goes on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from syncd.ports.customers import HEADINGS, CustomerFilter
from syncd.services.register.reading import Query, printable
from syncd.web.api.problems import Refusal, Told

if TYPE_CHECKING:
    from syncd.ports.customers import Place
    from syncd.web.api.house import Caller

FEW, MANY = 100, 500

Sorted = Annotated[
    str, Field(pattern=f"^-?({'|'.join(HEADINGS)})$", description="A heading; a dash before it turns it round.")
]

_BAD_CURSOR = Told(400, "bad_cursor", "The cursor belongs to another list.", "Ask for the list anew, without a cursor.")


class Filters(BaseModel):
    """What narrows a list of customers."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    active: bool | None = Field(None, description="Only active, or only deactivated customers.")
    assigned: str | None = Field(None, max_length=64, description="Only customers of this user.")
    unassigned: bool = Field(default=False, description="Only customers of nobody.")
    in_conflict: bool = Field(default=False, description="Only customers with an open conflict.")
    not_in_accounting: bool = Field(default=False, description="Only customers without a link.")

    def chosen(self) -> CustomerFilter:
        """Return them as the register asks."""
        return CustomerFilter(
            active=self.active,
            assigned_to=None if self.assigned is None else printable(self.assigned),
            assigned=False if self.unassigned else None,
            in_conflict=True if self.in_conflict else None,
            in_accounting=False if self.not_in_accounting else None,
        )


class Listing(Filters):
    """What a list of customers asks for."""

    sort: Sorted = "name"
    limit: int = Field(FEW, ge=1, le=MANY)
    cursor: str | None = Field(None, max_length=4000, description="`next` of the page before.")

    def text(self) -> str:
        """Return what is searched for; an address (which others may log) never holds it."""
        return ""

    def query(self, caller: Caller) -> Query:
        """Return what is asked for. Raises ``Refusal`` for a cursor of another list."""
        place = None if self.cursor is None else self._opened(caller, self.cursor)
        return Query(printable(self.text()), self.chosen(), self.sort, self.limit, after=place)

    def sealed(self, caller: Caller, place: Place) -> str:
        """Return the cursor of a place: a name is part of it, so that nobody else can read it."""
        return caller.house.sealer.wrap(json.dumps([self._mark(caller), *place]))

    def _opened(self, caller: Caller, cursor: str) -> Place:
        text = caller.house.sealer.unwrap(cursor)
        mark, *place = json.loads(text) if text is not None else (None,)
        if mark != self._mark(caller):
            raise Refusal(_BAD_CURSOR)
        key, customer_id = place
        return key, customer_id

    def _mark(self, caller: Caller) -> str:
        asked = self.model_dump(exclude={"cursor", "limit"})
        return hashlib.sha256(json.dumps([caller.group_id, caller.actor.login, asked]).encode()).hexdigest()[:16]


class Search(Listing):
    """The same with a text to search for."""

    search: str = Field("", max_length=200, description="Every word must be found.")

    @override
    def text(self) -> str:
        """Return what is searched for."""
        return self.search
