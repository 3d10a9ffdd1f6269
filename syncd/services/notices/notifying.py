"""Telling users of a change, in the transaction of the change: told once, also after a crash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from syncd.ports.mail import NewMessage
from syncd.register.access import SEEING
from syncd.register.identity import mask
from syncd.services.notices import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from syncd.ports.people import UserInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor

Kind = Literal["assigned", "unassigned", "order", "error_report"]


@dataclass(frozen=True, slots=True)
class News:
    """What happened, to which customers. ``about`` names an order or the like, without anything personal."""

    kind: Kind
    customer_ids: Sequence[int]
    about: str | None = None


def notify(work: RegisterWork, actor: Actor, group_id: int, news: News, user_ids: Iterable[int]) -> None:
    """Tell these users, except the one who did it and those who are deactivated. The caller commits."""
    told = set(user_ids) - {actor.user_id}
    people = [one for one in work.users.list(group_id) if one.id in told and one.active]
    customers = work.customers.load_many(news.customer_ids[: words.MOST_NUMBERS]) if people else []
    for user in people:
        known = customers if _sees_customers(user) else []
        data = {
            "customers": [{"id": one.id, "number": one.number} for one in known],
            "count": len(news.customer_ids),
            "about": news.about,
        }
        notice = work.notifications.add(group_id, user.id, news.kind, actor.login, data)
        if user.email is not None and user.email_notices:
            numbers = [mask(one.number) for one in known]
            what = words.Happened(news.kind, numbers, len(news.customer_ids), actor.name, news.about)
            work.outbox.add(group_id, _mail(work, what, user, notice))


def _sees_customers(user: UserInfo) -> bool:
    """Who sees none hears that there is one, and not which (R-26)."""
    return user.administrator or not SEEING.isdisjoint(user.permissions)


def _mail(work: RegisterWork, what: words.Happened, user: UserInfo, notice: int) -> NewMessage:
    language = work.groups.settings(user.group_id).language
    group = next(one.name for one in work.groups.list() if one.id == user.group_id)
    subject, text = words.headline(what, language), words.body(what, group, language)
    return NewMessage(what.kind, f"notification:{notice}", subject, text, user_id=user.id)
