"""How answers look: their shapes for the document, their headers for those who change something next."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Path
from pydantic import AfterValidator, Field
from starlette.responses import JSONResponse

from syncd.services.register import shapes as told
from syncd.services.register.seen import version_of
from syncd.web.api.problems import MEDIA_TYPE, TITLES, Refusal
from syncd.web.api.problems import told as problem_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.errors import SyncdError
    from syncd.services.register.reading import CustomerView

PLACE = "/api"
"""Where the API is mounted."""

BASE = f"{PLACE}/v1"

Number = Annotated[str, Path(max_length=1000, description="The customer number."), AfterValidator(unquote)]
"""A customer number in an address, which the guard left quoted: a slash in it is no slash of the address."""

_LARGEST = 2**63 - 1

Id = Annotated[int, Path(ge=1, le=_LARGEST)]
Cursor = Annotated[int | None, Field(ge=1, le=_LARGEST, description="`next` of the page before.")]

_ALWAYS = (401, 403, 422, 429, 503)

_ETAG = {"ETag": {"description": "The version of the customer.", "schema": {"type": "string"}}}


def answers(shape: Any, *problems: int, status: int = 200, tagged: bool = False) -> dict[int | str, dict[str, Any]]:  # noqa: ANN401 - a type
    """Return what the document says of an address: what it answers, and every way in which it may refuse."""
    good: dict[str, Any] = {"model": shape} if shape is not None else {"description": "Done."}
    if tagged:
        good["headers"] = _ETAG
    bad: dict[int | str, dict[str, Any]] = {code: problem(code) for code in sorted({*_ALWAYS, *problems})}
    return {status: good, **bad}


def problem(status: int) -> dict[str, Any]:
    """Return what the document says of a way to refuse."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": TITLES[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def shown(view: CustomerView, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a customer with its version."""
    tag = {"ETag": f'"{version_of(view.customer)}"'}
    return JSONResponse(told.customer(view), status, {**tag, **(headers or {})})


@contextmanager
def at_this_address(unknown: type[SyncdError]) -> Iterator[None]:
    """Tell that what the address names is not there as every address does: with 404."""
    try:
        yield
    except unknown as error:
        raise Refusal(replace(problem_of(error), status=404)) from error


def address(*parts: str) -> str:
    """Return the address of something."""
    return "/".join((BASE, *(quote(part, safe="") for part in parts)))
