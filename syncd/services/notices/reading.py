"""Reading one's own notifications. A name is shown to those who may see that customer now, numbers to who sees any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.register.access import Verb, may, sight
from syncd.services.notices import words
from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.ports.notices import Notice
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor

_LIMIT = 200


def list_notices(
    work: RegisterWork, actor: Actor, *, everything: bool = False, limit: int = _LIMIT
) -> list[dict[str, Any]]:
    """The actor's own notifications as JSON shows them, newest first; only unread ones unless ``everything``."""
    work.show(sight(actor))
    found = work.notifications.list(actor.user_id or 0, unread=not everything, limit=limit)
    visible = {one["id"] for notice in found for one in notice.data["customers"] if may(actor, Verb.VIEW, one["id"])}
    names = {local.id: masked("name", local.name) for local in work.customers.load_many(sorted(visible))}
    sees_any = may(actor, Verb.VIEW)
    return [_shape(notice, notice.data["customers"] if sees_any else [], names) for notice in found]


def _shape(notice: Notice, customers: list[dict[str, Any]], names: Mapping[int, str]) -> dict[str, Any]:
    what = words.Happened(notice.kind, [one["number"] for one in customers], notice.data["count"])
    return {
        "id": notice.id,
        "kind": notice.kind,
        "message": words.headline(what, "en"),
        "count": what.count,
        "customers": [{"number": one["number"], "name": names.get(one["id"])} for one in customers],
        "about": notice.data.get("about"),
        "who": notice.who,
        "when": notice.created_at,
        "read": notice.read_at is not None,
    }


def mark_read(work: RegisterWork, actor: Actor, ids: Iterable[int] | None = None) -> int:
    """Mark the actor's own notifications as read (None: all of them); returns how many were unread."""
    number = work.notifications.mark_read(actor.user_id or 0, ids)
    work.commit()
    return number
