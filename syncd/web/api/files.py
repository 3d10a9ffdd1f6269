"""Files attached to customers: listed, kept by whoever asks, attached, deleted (R-29)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Path, Request
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from syncd.register.files import UnknownFileError
from syncd.services import files
from syncd.web.api import shapes
from syncd.web.api.answers import Number, address, answers, at_this_address
from syncd.web.api.door import Calling
from syncd.web.api.problems import Refusal, Told
from syncd.web.attachments import BYTES, as_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.files import AttachedFile
    from syncd.web.api.house import Caller

router = APIRouter(prefix="/customers/{number}/files", tags=["files"])

Which = Annotated[str, Path(max_length=1000, description="The file's id, or its name."), AfterValidator(unquote)]

_PIECE = 65_536
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": BYTES}},
}
_SENT = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}
_CONTENT: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": {BYTES: {}}}}
_NO_FILE = Told(
    400, "no_file", "There is no file in the request.", "Send one as multipart/form-data, under the name file."
)


@router.get("", responses=answers(list[shapes.File], 404))
def list_files(caller: Calling, number: Number) -> JSONResponse:
    """List the files of a customer, by name."""
    with caller.reading() as work:
        found = files.list_files(work, caller.actor, caller.group_id, number)
    return JSONResponse([_told(one) for one in found])


@router.get("/{file}", response_class=StreamingResponse, responses={**answers(None, 404), **_CONTENT})
def fetch_file(caller: Calling, number: Number, file: Which) -> StreamingResponse:
    """Fetch a file, of the media type that the list tells. No browser shows it as a page of syncd."""
    where, shelf = (caller.actor, caller.group_id, (number, file)), caller.house.shelf
    with caller.reading() as work, at_this_address(UnknownFileError):
        found, content = files.open_file(work, shelf, *where)
        return as_file(found.name, content, found.media_type)


@router.post("", status_code=201, responses=answers(shapes.File, 404, 409, 413, 415, status=201), openapi_extra=_SENT)
async def attach_file(caller: Calling, number: Number, request: Request) -> JSONResponse:
    """Attach a file. A customer has one of a name, so that a repeated request attaches nothing twice (409)."""
    try:
        form = await request.form(max_files=1, max_fields=1)
    except HTTPException:
        raise Refusal(_NO_FILE) from None
    try:
        return await run_in_threadpool(_attached, caller, number, form.get("file"))
    finally:
        await form.close()


@router.delete("/{file}", status_code=204, responses=answers(None, 404, status=204))
def delete_file(caller: Calling, number: Number, file: Which) -> Response:
    """Delete a file with its content, for good. What a file holds never changes: there is no version of it."""
    house = caller.house
    with at_this_address(UnknownFileError):
        files.delete_file(house.store, house.shelf, caller.actor, caller.group_id, (number, file))
    return Response(status_code=204)


def _attached(caller: Caller, number: str, sent: object) -> JSONResponse:
    if not (isinstance(sent, UploadFile) and sent.filename):
        raise Refusal(_NO_FILE)
    house, named = caller.house, (sent.filename, _pieces(sent))
    added = files.attach(house.store, house.shelf, caller.actor, caller.group_id, number, named, rules=house.rules)
    return JSONResponse(_told(added), 201, {"Location": address("customers", number, "files", str(added.id))})


def _pieces(file: UploadFile) -> Iterator[bytes]:
    while piece := file.file.read(_PIECE):
        yield piece


def _told(file: AttachedFile) -> dict[str, Any]:
    document = asdict(file)
    return {name: document[name] for name in shapes.File.model_fields}
