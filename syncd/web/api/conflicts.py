"""Questions that only a person can answer: listed, shown, answered."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from syncd.services import conflicts
from syncd.services.conflict_lists import answer_all, preview
from syncd.services.conflict_shape import conflict as told
from syncd.services.register.reading import printable
from syncd.web.api import sync_shapes as shapes
from syncd.web.api.answers import Cursor, Id, answers
from syncd.web.api.asking import FEW, MANY
from syncd.web.api.conditions import Seen
from syncd.web.api.door import Calling
from syncd.web.api.sent import Answer, Answers, ConflictKind, UnitName

if TYPE_CHECKING:
    from syncd.ports.records import ConflictInfo

router = APIRouter(prefix="/conflicts", tags=["conflicts"])


class Listing(BaseModel):
    """What a list of conflicts asks for: the open ones, unless a status or all of them."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    connection: str | None = Field(None, max_length=200)
    kind: ConflictKind | None = None
    customer: str | None = Field(None, max_length=200, description="A customer number.")
    field: UnitName | None = None
    status: Literal["open", "resolved", "closed"] | None = None
    all: bool = False
    limit: int = Field(FEW, ge=1, le=MANY)
    cursor: Cursor = None

    def filters(self) -> dict[str, str]:
        """Return what narrows the list."""
        asked = self.model_dump(include=set(conflicts.FILTERS), exclude_none=True)
        return {name: printable(text) for name, text in asked.items()}


@router.get("", responses=answers(shapes.Conflicts, 404))
def list_conflicts(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """List conflicts, oldest first (administrators only)."""
    with caller.reading() as work:
        each = conflicts.each_conflict(
            work, caller.actor, caller.group_id, asked.filters(), everything=asked.all, after=asked.cursor or 0
        )
        found = list(islice(each, asked.limit))
    last = found[-1].id if len(found) == asked.limit else None
    return JSONResponse({"conflicts": [told(one) for one in found], "next": last})


@router.post("/preview", responses=answers(shapes.Preview, 404, tagged=True))
def preview_answers(caller: Calling, sent: Answers) -> JSONResponse:
    """Show which conflicts one answer would reach. The ETag stands for exactly these, for `If-Match` of the answer."""
    found = preview(caller.house.store, caller.actor, caller.group_id, _filters(sent), sent.answer)
    document = {
        "takes": [told(one) for one in found.takes[:MANY]],
        "count": len(found.takes),
        "others": len(found.others),
    }
    return JSONResponse(document, headers={"ETag": f'"{found.mark}"'})


@router.post("/resolve", responses=answers(shapes.Answered, 404, 412, 428))
def resolve_conflicts(caller: Calling, sent: Answers, seen: Seen) -> JSONResponse:
    """Give one answer to exactly the conflicts that were looked at; where there is any other now, to none (412)."""
    house, reply = caller.house, conflicts.Reply(sent.answer)
    done, left = answer_all(house.store, caller.actor, caller.group_id, _filters(sent), reply, house.holds, seen=seen)
    return JSONResponse({"resolved": done, "left": [{"id": number, "message": why} for number, why in left.items()]})


@router.get("/{conflict}", responses=answers(shapes.Conflict, 404, tagged=True))
def show_conflict(caller: Calling, conflict: Id) -> JSONResponse:
    """Show one conflict: both sides, and what was last agreed. The ETag is for `If-Match` of the answer."""
    return _shown(conflicts.show(caller.house.store, caller.actor, caller.group_id, conflict))


@router.post("/{conflict}/resolve", responses=answers(shapes.Conflict, 404, 409, 412, 428, tagged=True))
def resolve_conflict(caller: Calling, conflict: Id, sent: Answer, seen: Seen) -> JSONResponse:
    """Answer a conflict; the next run carries it out. If a side moved meanwhile, it is shown anew (412)."""
    house = caller.house
    return _shown(
        conflicts.resolve(house.store, caller.actor, caller.group_id, conflict, sent.reply(), house.holds, seen=seen)
    )


def _filters(sent: Answers) -> dict[str, str]:
    asked = sent.model_dump(exclude={"answer"}, exclude_none=True)
    return {name: printable(text) for name, text in asked.items()}


def _shown(found: ConflictInfo) -> JSONResponse:
    return JSONResponse(told(found), headers={"ETag": f'"{conflicts.version_of(found)}"'})
