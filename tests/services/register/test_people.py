from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import NotAllowedError, RefusedError
from syncd.register.problems import UnknownCustomerError
from syncd.services.register import passwords
from syncd.services.register.assignment import assign_users, unassign_users
from syncd.services.register.customers import add_customer
from syncd.services.register.group_settings import get_setting, list_settings, set_settings, shown
from syncd.services.register.groups import set_up_group
from syncd.services.register.users import (
    Person,
    add_user,
    change_user,
    grant,
    list_users,
    revoke,
    set_password,
    show_user,
)

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store
    from tests.services.register.conftest import Somebody

GOOD = "korrekt häst"


def test_users_are_assigned_to_many_customers_at_once(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """All customers or none; who was there already is not told again."""
    kalle = somebody("kalle")
    with store.work() as work:
        for number in ("7", "8"):
            add_customer(work, actor, group.id, number, {"name": "Åkes"})
        assign_users(work, actor, group.id, ["7"], ["kalle"])
        done = assign_users(work, actor, group.id, ["7", "8"], ["kalle"])
        assert [one.difference.assigned for one in done] == [(), (kalle.user_id,)]
        with pytest.raises(UnknownCustomerError):
            unassign_users(work, actor, group.id, ["9", "7"], ["kalle"])
        with pytest.raises(RefusedError, match="no user"):
            unassign_users(work, actor, group.id, ["7"], ["nobody"])
        gone = unassign_users(work, actor, group.id, ["7", "8"], ["kalle"])
        assert [one.difference.unassigned for one in gone] == [(kalle.user_id,)] * 2
        change_user(work, actor, group.id, "kalle", {"active": "no"})
        with pytest.raises(RefusedError, match="deactivated"):
            assign_users(work, actor, group.id, ["7"], ["kalle"])


def test_assigning_needs_the_right(store: Store, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Seeing a customer is not enough."""
    kalle = somebody("kalle", "view", "edit")
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        with pytest.raises(NotAllowedError):
            assign_users(work, kalle, group.id, ["7"], ["kalle"])


def test_only_administrators_manage_users(store: Store, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Everybody may look at themselves and change their own password."""
    kalle = somebody("kalle")
    with store.work() as work:
        add_user(work, actor, group.id, Person("eva", "Eva E", "eva@example.com"), GOOD)
        for attempt in (
            lambda: add_user(work, kalle, group.id, Person("ulf", "Ulf"), None),
            lambda: list_users(work, kalle, group.id),
            lambda: show_user(work, kalle, group.id, "eva"),
            lambda: grant(work, kalle, group.id, "kalle", ["administrator"]),
            lambda: set_password(work, kalle, group.id, "eva", GOOD),
        ):
            with pytest.raises(NotAllowedError):
                attempt()
        assert show_user(work, kalle, group.id, "kalle").name == "Kalle"
        set_password(work, kalle, group.id, "kalle", GOOD)
        assert [user.login for user in list_users(work, actor, group.id)] == ["anna", "kalle", "eva"]


def test_passwords_are_kept_as_hashes(store: Store, group: GroupInfo, actor: Actor) -> None:
    """The right one matches, no other does, a short one is refused."""
    with store.work() as work:
        eva = add_user(work, actor, group.id, Person("eva", "Eva E"), GOOD)
        kept = str(work.users.password_hash(eva.id))
        with pytest.raises(RefusedError, match="characters"):
            set_password(work, actor, group.id, "eva", "kort")
    assert GOOD not in kept
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, "fel häst")
    assert not passwords.matches("", GOOD)


def test_bad_input_about_users_is_refused(store: Store, group: GroupInfo, actor: Actor) -> None:
    """With a hint at what would do."""
    with store.work() as work:
        for login in ("", "per olof", "x" * 65):
            with pytest.raises(RefusedError, match="login"):
                add_user(work, actor, group.id, Person(login, "Per"), None)
        with pytest.raises(RefusedError, match="email"):
            add_user(work, actor, group.id, Person("per", "Per", "nowhere"), None)
        with pytest.raises(RefusedError) as refused:
            grant(work, actor, group.id, "anna", ["veiw"])
        assert refused.value.remedy == "Did you mean view?"
        with pytest.raises(RefusedError) as listed:
            grant(work, actor, group.id, "anna", ["12345"])
        assert "view_only_assigned" in str(listed.value.remedy)
        with pytest.raises(RefusedError, match="no user"):
            show_user(work, actor, group.id, "per olof")


def test_the_last_administrator_stays(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Until somebody else is one."""
    with store.work() as work:
        with pytest.raises(RefusedError, match="last administrator"):
            revoke(work, actor, group.id, "anna", ["administrator"])
        with pytest.raises(RefusedError, match="last administrator"):
            change_user(work, actor, group.id, "anna", {"active": "no"})
        add_user(work, actor, group.id, Person("eva", "Eva"), None)
        assert grant(work, actor, group.id, "eva", ["administrator", "view-only-assigned"]).administrator
        assert change_user(work, actor, group.id, "eva", {"active": "yes"}).active
        after = revoke(work, actor, group.id, "anna", ["administrator", "view"])
        assert not after.administrator


def test_settings_are_changed_by_administrators(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """A new length leaves existing numbers alone and names those outside it."""
    kalle = somebody("kalle")
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        with pytest.raises(NotAllowedError):
            set_settings(work, kalle, group.id, {"show_cost_center": "yes"})
        assert set_settings(work, actor, group.id, {"customer_number_min_length": "3"}).outside == ("7",)
        assert set_settings(work, actor, group.id, {"show_cost_center": "yes"}).outside == ()
        assert get_setting(work, actor, group.id, "customer_number_min_length") == 3
        with pytest.raises(RefusedError) as refused:
            get_setting(work, actor, group.id, "show_cost_centre")
        assert refused.value.remedy == "Did you mean show_cost_center?"
        assert [shown(one.value) for one in list_settings(work, actor, group.id)][:3] == ["3", "16", "true"]


def test_setting_up_again_changes_nothing(store: Store) -> None:
    """A group and its administrator are made once; another administrator can be added."""
    with store.work() as work:
        first = set_up_group(work, " Bolaget ", "anna", None)
        again = set_up_group(work, "Bolaget", "anna", "another password")
        more = set_up_group(work, "Bolaget", "eva", GOOD)
        kept = str(work.users.password_hash(first.administrator.id))
    assert (first.group_is_new, first.administrator_is_new, first.administrator.administrator) == (True, True, True)
    assert passwords.matches(kept, str(first.one_time_password))
    assert (again.group_is_new, again.administrator_is_new, again.one_time_password) == (False, False, None)
    assert (more.group, more.administrator_is_new, more.one_time_password) == (first.group, True, None)
    with store.work() as work, pytest.raises(RefusedError, match="name"):
        set_up_group(work, " ", "anna", None)
