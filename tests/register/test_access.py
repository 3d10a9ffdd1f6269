"""Who may do what: every answer compared with a table written independently of the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import NotAllowedError, RefusedError
from syncd.register.access import (
    Actor,
    Permission,
    PermissionNeededError,
    Sight,
    Verb,
    grantable,
    may,
    require,
    sight,
    visible,
)
from syncd.register.problems import UnknownCustomerError
from tests.access.rules import ADMINISTRATORS_ONLY, CUSTOMER_USERS, PERMISSIONS, RUNS, TABLE, opens

MINE, OTHER = 7, 8


def user(*permissions: str) -> Actor:
    return Actor("eva", "Eva Berg", 1, permissions=frozenset(map(Permission, permissions)), assigned=frozenset({MINE}))


ADMINISTRATOR = Actor("root", "Root", 2, administrator=True)
RUN = Actor.for_run(12, "visma")


def test_every_verb_is_decided_by_the_table_or_the_administrator() -> None:
    assert {verb.name for verb in Verb} == set(TABLE) | ADMINISTRATORS_ONLY
    assert {str(permission) for permission in Permission} == PERMISSIONS


@given(st.frozensets(st.sampled_from(list(Permission))))
def test_a_user_may_do_what_the_table_says_and_nothing_else(permissions: frozenset[Permission]) -> None:
    actor = user(*permissions)
    for verb in Verb:
        for customer in (MINE, OTHER, None):
            expected = opens(frozenset(map(str, permissions)), verb.name, assigned=customer != OTHER)
            assert may(actor, verb, customer) == expected, (verb, customer)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("customer", [MINE, OTHER, None])
def test_an_administrator_may_do_everything(verb: Verb, customer: int | None) -> None:
    assert may(ADMINISTRATOR, verb, customer)
    require(ADMINISTRATOR, verb, customer)


@pytest.mark.parametrize("verb", Verb)
def test_a_sync_run_writes_customers_but_never_deletes_or_decides(verb: Verb) -> None:
    assert may(RUN, verb, OTHER) == (verb.name in RUNS)


def test_a_sync_run_is_named_in_the_history() -> None:
    run = Actor.for_run(12, "visma")
    assert (run.login, run.name, run.run_id, run.user_id) == ("sync:visma", "Sync run 12 of visma", 12, None)
    assert not run.administrator


@given(st.frozensets(st.sampled_from(list(Permission))), st.sampled_from(list(Permission)))
def test_another_permission_never_takes_anything_away(held: frozenset[Permission], more: Permission) -> None:
    for verb in Verb:
        for customer in (MINE, OTHER, None):
            assert may(user(*held, more), verb, customer) or not may(user(*held), verb, customer)


def test_whoever_edits_what_is_assigned_edits_nothing_else() -> None:
    actor = user("view", "edit_only_assigned")
    assert [may(actor, Verb.EDIT, customer) for customer in (MINE, OTHER, None)] == [True, False, True]


def test_a_customer_user_sees_its_own_customer_and_gives_no_more_than_it_has() -> None:
    rights = frozenset({Permission.VIEW, Permission.CREATE_CUSTOMER_USERS})
    kund = Actor("kund", "Kim", 3, permissions=rights, customer_id=MINE)
    assert [may(kund, Verb.VIEW, customer) for customer in (MINE, OTHER, None)] == [True, False, True]
    assert not may(kund, Verb.EDIT, MINE)
    assert (visible(kund), sight(kund)) == (frozenset({MINE}), Sight(only_customer=MINE))
    assert (grantable(kund, MINE), grantable(kund, OTHER)) == (rights, frozenset())
    blind = Actor("kund", "Kim", 3, permissions=rights - {Permission.VIEW}, customer_id=MINE)
    assert not may(blind, Verb.CREATE_CUSTOMER_USER, MINE)
    assert (visible(blind), sight(blind)) == (frozenset(), Sight(only_customer=0))


@given(st.frozensets(st.sampled_from(list(Permission))))
def test_a_customer_user_reaches_its_own_customer_alone(permissions: frozenset[Permission]) -> None:
    """Not even an administrator's mark or an assignment would help."""
    assigned = frozenset({MINE, OTHER})
    kund = Actor("kund", "Kim", 3, administrator=True, permissions=permissions, assigned=assigned, customer_id=MINE)
    for verb in Verb:
        needed = {"view", CUSTOMER_USERS.get(verb.name, "nothing")}
        for customer in (MINE, OTHER, None):
            assert may(kund, verb, customer) == (customer != OTHER and needed <= permissions), (verb, customer)
    assert visible(kund) == (frozenset({MINE}) if "view" in permissions else frozenset())
    assert sight(kund) == Sight(only_customer=MINE if "view" in permissions else 0)
    assert grantable(kund, OTHER) == frozenset()
    assert grantable(ADMINISTRATOR, OTHER) == set(CUSTOMER_USERS.values())


def test_queries_for_a_user_show_what_the_rights_show() -> None:
    """The right to edit alone shows nothing, though customers be assigned."""
    assert sight(user("view_only_assigned")) == Sight(only_assigned_to=1)
    assert sight(user("edit", "edit_only_assigned")) == Sight(only_assigned_to=0)
    assert sight(user("view")) == sight(RUN) == sight(ADMINISTRATOR) == Sight()


@given(st.frozensets(st.sampled_from(list(Permission))))
def test_lists_show_exactly_the_customers_that_may_be_seen(permissions: frozenset[Permission]) -> None:
    actor = user(*permissions)
    shown = visible(actor)

    for customer in (MINE, OTHER):
        assert (shown is None or customer in shown) == may(actor, Verb.VIEW, customer)


def test_administrators_and_runs_see_every_customer() -> None:
    assert visible(ADMINISTRATOR) is None
    assert visible(RUN) is None
    assert visible(user("view")) is None
    assert visible(user("view_only_assigned")) == frozenset({MINE})
    assert visible(user("edit")) == frozenset()


@pytest.mark.parametrize("verb", Verb)
def test_a_hidden_customer_is_refused_like_one_that_does_not_exist(verb: Verb) -> None:
    actor = user("view_only_assigned", "edit", "delete", "assign")

    with pytest.raises(UnknownCustomerError) as hidden:
        require(actor, verb, OTHER, number="0042")
    absent = UnknownCustomerError("0042")
    assert (str(hidden.value), hidden.value.remedy, hidden.value.code, hidden.value.exit_code) == (
        "There is no customer 0042.",
        absent.remedy,
        "unknown_customer",
        1,
    )
    assert isinstance(absent, RefusedError)


def test_an_unnamed_unknown_customer_is_said_without_a_number() -> None:
    assert UnknownCustomerError().message == "There is no customer."
    assert UnknownCustomerError().remedy == "Check the customer number."


def test_a_visible_customer_is_refused_openly() -> None:
    with pytest.raises(NotAllowedError, match="You may not change this customer") as refusal:
        require(user("view"), Verb.EDIT, OTHER, number="0042")
    assert isinstance(refusal.value, PermissionNeededError)
    assert refusal.value.exit_code == 77
    assert refusal.value.remedy == "Ask an administrator for the right edit."
    with pytest.raises(NotAllowedError) as either:
        require(user("view"), Verb.ATTACH_FILE, OTHER)
    assert either.value.remedy == "Ask an administrator for the right edit or upload."


def test_only_an_administrator_changes_a_customer_number() -> None:
    with pytest.raises(NotAllowedError, match="change customer numbers") as refusal:
        require(user(*Permission), Verb.RENUMBER, OTHER)
    assert refusal.value.remedy == "Ask an administrator to do it."


@pytest.mark.parametrize("verb", [Verb.VIEW, Verb.CREATE, Verb.SETTINGS])
def test_without_a_customer_in_question_the_refusal_is_open(verb: Verb) -> None:
    with pytest.raises(NotAllowedError):
        require(user("assign"), verb)


def test_what_is_allowed_raises_nothing() -> None:
    require(user("view_only_assigned", "edit"), Verb.EDIT, MINE)
    require(user("create"), Verb.CREATE)
