"""Writing digests: how things stand is compared with what was told, and both are written in one transaction.

So a digest is written once, whoever notices the news and whenever it dies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.engine.matters import news
from syncd.ports.mail import NewMessage
from syncd.services.digests import words
from syncd.services.digests.standing import standings

if TYPE_CHECKING:
    from syncd.engine.matters import News
    from syncd.ports.groups import GroupInfo
    from syncd.ports.people import UserInfo
    from syncd.ports.work import Store, Work
    from syncd.services.digests.standing import Standing


def has_news(work: Work) -> bool:
    """Whether some group's administrators have to be told of something, or something told has gone."""
    return any(_receivers(work, group) and _news(work, group)[1] for group in work.groups.list())


def write_digests(store: Store, url: str | None = None) -> None:
    """Queue one mail for each administrator of each group that has news. One process at a time."""
    with store.reading() as work:
        groups = work.groups.list()
    for group in groups:
        with store.work() as work:
            _write(work, group, url)
            work.commit()


def _write(work: Work, group: GroupInfo, url: str | None) -> None:
    receivers = _receivers(work, group)
    known, found = _news(work, group)
    if not receivers or not found:
        return
    work.told.forget(group.id, found.gone)
    if found.fresh:
        number = work.told.note(group.id, found.fresh)
        told = [(fresh, len(one.conflicts)) for one in known if any((fresh := one.only(found.fresh)).matters())]
        _mail(work, group, receivers, told, (number, url))


def _mail(
    work: Work,
    group: GroupInfo,
    receivers: tuple[UserInfo, ...],
    told: list[tuple[Standing, int]],
    facts: tuple[int, str | None],
) -> None:
    number, url = facts
    language = work.groups.settings(group.id).language
    subject, body = words.subject(group.name, [one for one, _ in told], language), words.body(told, language, url)
    for user in receivers:
        text = body + words.foot(group.name, user.login, language)
        work.outbox.add(group.id, NewMessage("digest", f"digest:{number}:{user.id}", subject, text, user_id=user.id))


def _news(work: Work, group: GroupInfo) -> tuple[tuple[Standing, ...], News]:
    told = work.told.read(group.id)
    known = standings(work, group.id, told)
    return known, news((matter for one in known for matter in one.matters()), told)


def _receivers(work: Work, group: GroupInfo) -> tuple[UserInfo, ...]:
    """Administrators with an address who want mail. While there is none, nothing counts as told."""
    people = work.users.list(group.id)
    return tuple(one for one in people if one.administrator and one.active and one.email and one.email_notices)
