"""What a request says beside its body: which version its sender has seen, and that it is to be carried out once."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Request

from syncd.ports.wishes import Wish
from syncd.web.api.guard import MARK
from syncd.web.api.problems import Refusal, Told

_TAG = re.compile(r'"([\x21\x23-\x7e]*)"')
_UNSEEN = Told(
    428,
    "not_seen",
    "It is not said which version of the customer is to be changed.",
    "Read the customer, and send its ETag in the header If-Match.",
)


def _seen(
    if_match: Annotated[str | None, Header(description="The ETag of the customer as it was read.")] = None,
) -> frozenset[str]:
    tags = [_TAG.fullmatch(one.strip()) for one in (if_match or "").split(",")]
    if if_match is None or "*" in if_match:
        raise Refusal(_UNSEEN)
    return frozenset(tag[1] for tag in tags if tag is not None)


Seen = Annotated[frozenset[str], Depends(_seen)]
"""The versions that the sender has seen. Whatever is there (``*``) is not something seen."""


def _wish(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="A new key for each new request; the same for a repeated one, within a day.",
        ),
    ] = None,
) -> Wish | None:
    return None if idempotency_key is None else Wish(idempotency_key, request.scope[MARK])


Once = Annotated[Wish | None, Depends(_wish)]
"""The request as its sender marks it, to be carried out once."""


def repeated(*, new: bool) -> dict[str, str]:
    """Return the header that tells an answer from the first one to the same request."""
    return {} if new else {"Idempotency-Replayed": "true"}
