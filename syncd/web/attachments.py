"""Files that whoever asks keeps: no browser shows one as a page of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

BYTES = "application/octet-stream"
_ODD = re.compile(r'[^A-Za-z0-9._ -]|["\\]')


def as_file(name: str, content: Iterable[bytes], media_type: str = BYTES) -> StreamingResponse:
    """An answer that is kept under this name."""
    plain = _ODD.sub("_", name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return StreamingResponse(content, headers=headers, media_type=media_type)
