from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from syncd.errors import RefusedError
from syncd.register.access import Actor
from syncd.register.problems import InvalidFieldsError, InvalidValueError
from syncd.services.register.api_tokens import add_token, bearer_of, expiry, list_tokens, revoke_token

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.store.uow import Store
    from tests.services.register.conftest import Somebody

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_token_is_kept_where_nobody_can_read_it(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Whoever reads the database, or a log of it, cannot act with what stands there."""
    with store.work() as work:
        added, secret = add_token(work, actor, group.id, "crm")
    with store.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM api_tokens")).all()
    assert secret.rpartition("_")[2] not in repr(rows)
    assert added.digest not in repr(added)
    with store.reading() as work:
        assert bearer_of(work, secret, NOW).actor == actor


def test_people_see_and_revoke_their_own_tokens_administrators_all(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """A name is free again once its token is revoked; the revoked one stays to be looked at."""
    kalle, lisa = somebody("kalle"), somebody("lisa")
    with store.work() as work:
        add_token(work, kalle, group.id, "crm")
        add_token(work, lisa, group.id, "app")
        with pytest.raises(RefusedError, match="name"):
            add_token(work, lisa, group.id, " crm ")
        with pytest.raises(RefusedError):
            revoke_token(work, lisa, group.id, "crm")
        assert [one.name for one in list_tokens(work, kalle, group.id)] == ["crm"]
        assert [one.name for one in list_tokens(work, actor, group.id)] == ["app", "crm"]
        revoke_token(work, actor, group.id, "crm")
        assert list_tokens(work, kalle, group.id) == ()
        add_token(work, kalle, group.id, "crm")
        assert [one.revoked_at is None for one in list_tokens(work, kalle, group.id, revoked=True)] == [False, True]


def test_a_token_needs_a_name_a_user_and_known_rights(store: Store, group: GroupInfo, actor: Actor) -> None:
    with store.work() as work:
        with pytest.raises(InvalidValueError):
            add_token(work, actor, group.id, " ")
        with pytest.raises(RefusedError, match="right"):
            add_token(work, actor, group.id, "crm", scope=["viewing"])
        with pytest.raises(RefusedError, match="belongs to a user"):
            add_token(work, Actor("os:kalle", "Kalle", administrator=True), group.id, "crm")
        assert list_tokens(work, actor, group.id) == ()


@pytest.mark.parametrize(
    ("typed", "moment"),
    [("2026-03-01", "2026-03-01T23:59:59.999999Z"), (" 90d ", "2026-05-30T12:00:00.000000Z")],
)
def test_an_expiry_is_a_last_day_or_a_number_of_days(typed: str, moment: str) -> None:
    assert expiry(typed, NOW) == moment


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30", "0d", "-1d", "2026-02-28", "99999d"])
def test_an_expiry_that_is_none_or_has_passed_is_refused(typed: str) -> None:
    with pytest.raises((InvalidValueError, InvalidFieldsError)):
        expiry(typed, NOW)
