from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.register.access import Actor, Permission, Verb, may
from syncd.register.scopes import ADMINISTRATOR, SLICES, Rights

VIEW, MINE = Permission.VIEW, Permission.VIEW_ONLY_ASSIGNED


def rights(names: str) -> Rights:
    known = names.split()
    return Rights(ADMINISTRATOR in known, frozenset(Permission(name) for name in known if name != ADMINISTRATOR))


@pytest.mark.parametrize(
    ("held", "scope", "left"),
    [
        ("view create", None, "view create"),
        ("view create", "view", "view view_only_assigned"),
        ("view", "view_only_assigned", "view_only_assigned"),
        ("view_only_assigned", "view", "view_only_assigned"),
        ("administrator", "view", "view view_only_assigned"),
        ("administrator", "administrator", "administrator"),
        ("view", "administrator", ""),
        ("administrator view", "", ""),
    ],
)
def test_a_scope_leaves_what_both_the_user_and_the_token_have(held: str, scope: str | None, left: str) -> None:
    """The narrower right is part of the wider one, on either side."""
    assert rights(held).within(None if scope is None else scope.split()) == rights(left)


def test_one_thing_that_administrators_do_is_left_to_a_token_of_theirs_alone() -> None:
    """To start runs and nothing else, say (R-26)."""
    assert rights("administrator").within(["sync", "view"]) == Rights(
        administrator=False, permissions=frozenset({VIEW, MINE}), verbs=frozenset({Verb.SYNC})
    )
    assert rights("view create").within(["sync"]) == rights("")
    assert may(Actor("p", "P", verbs=frozenset({Verb.SYNC})), Verb.SYNC)
    assert not may(Actor("p", "P", verbs=frozenset({Verb.SYNC})), Verb.RESOLVE)


@given(
    st.booleans(),
    st.frozensets(st.sampled_from(Permission)),
    st.frozensets(st.sampled_from([*Permission, ADMINISTRATOR, *SLICES])),
)
def test_no_scope_gives_what_the_user_does_not_have(
    administrator: bool,  # noqa: FBT001 - drawn
    permissions: frozenset[Permission],
    scope: frozenset[str],
) -> None:
    left = Rights(administrator, permissions).within(scope)
    wider = {MINE: VIEW, Permission.EDIT_ONLY_ASSIGNED: Permission.EDIT}
    assert administrator or not (left.administrator or left.verbs)
    assert administrator or all(one in permissions or wider.get(one) in permissions for one in left.permissions)
    assert all(one in scope or wider.get(one) in scope for one in left.permissions)
