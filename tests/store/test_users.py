from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import RefusedError
from syncd.ports.people import NewUser
from syncd.register.access import Permission
from syncd.store.tables import Base

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.people import UserInfo
    from syncd.ports.records import Author
    from syncd.store.uow import Store


def test_groups_are_told_apart_by_name(store: Store, group: GroupInfo) -> None:
    """One group needs no name; a second one must have another name."""
    with store.work() as work:
        assert (work.groups.get(group.name), work.groups.get("Nobody")) == (group, None)
        assert work.groups.only() == group
        with pytest.raises(RefusedError):
            work.groups.create(group.name)
        other = work.groups.create("Another")
        assert work.groups.only() is None
        assert work.groups.list() == (other, group)


def test_settings_are_kept_per_group(store: Store, group: GroupInfo) -> None:
    """What was never set has its default; a wrong value changes nothing."""
    with store.work() as work:
        assert work.groups.set_settings(group.id, {"customer_number_min_length": "4"}).customer_number_min_length == 4
        work.groups.set_settings(group.id, {"show_cost_center": "ja"})
        with pytest.raises(RefusedError):
            work.groups.set_settings(group.id, {"customer_number_min_length": "0"})
        settings = work.groups.settings(group.id)
        assert (settings.customer_number_min_length, settings.show_cost_center) == (4, True)
        assert work.groups.settings(work.groups.create("Another").id).customer_number_min_length == 1


def test_users_are_told_apart_by_login(store: Store, group: GroupInfo, admin: UserInfo) -> None:
    """A login is taken once in a group."""
    with store.work() as work:
        assert work.users.find(group.id, "anna") == admin
        assert work.users.find(group.id, "nobody") is None
        with pytest.raises(RefusedError, match="anna"):
            work.users.add(group.id, NewUser("anna", "Another Anna"))
        kalle = work.users.add(group.id, NewUser("kalle", "Kalle", password_hash="x"))
        assert work.users.list(group.id) == (admin, kalle)
        assert work.users.password_hash(kalle.id) == "x"
        work.users.set_password_hash(kalle.id, "y")
        assert work.users.password_hash(kalle.id) == "y"
        assert work.users.set(kalle.id) == kalle


def test_rights_decide_what_a_user_may(store: Store, group: GroupInfo, admin: UserInfo, by: Author) -> None:
    """Rights come and go; a deactivated user acts no more."""
    with store.work() as work:
        kalle = work.users.add(group.id, NewUser("kalle", "Kalle"))
        made = work.customers.insert(group.id, {"name": "Åke"}, [], by)
        work.customers.assign(made.id, [kalle.id], by)
        work.users.grant(kalle.id, ["view_only_assigned", "create"])
        assert work.users.revoke(kalle.id, ["create"]).permissions == {"view_only_assigned"}
        actor = work.users.actor(group.id, "kalle")
        assert actor is not None
        assert actor.permissions == frozenset({Permission.VIEW_ONLY_ASSIGNED})
        assert actor.assigned == frozenset({made.id})
        assert work.users.set(kalle.id, active=False, phone="070-1").phone == "070-1"
        assert work.users.actor(group.id, "kalle") is None
        boss = work.users.actor(group.id, admin.login)
        assert boss is not None
        assert (boss.administrator, boss.assigned) == (True, frozenset())
        with pytest.raises(RefusedError, match="login"):
            work.users.set(kalle.id, login="karl")
        with pytest.raises(ValueError, match="everything"):
            work.users.grant(kalle.id, ["everything"])


def test_a_customer_user_can_always_be_deleted() -> None:
    """What is only about a user goes with it; the other tables know people of the company alone."""
    of_colleagues = {"assignments", "team_members", "notifications", "outbox"}
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.target_fullname == "users.id" and table.name not in of_colleagues:
                assert key.ondelete == "CASCADE", f"{table.name} keeps a customer user from being deleted"
