"""What counts as the same matter, so that nobody is told twice (S-84)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncd.engine.matters import Matter, News, held_run, needs_somebody, news, open_conflict

MATTERS = st.lists(st.builds(Matter, st.sampled_from("abcd"), st.sampled_from("xy")), unique_by=lambda one: one.key)


def test_a_conflict_is_told_once_and_again_when_its_answer_did_not_help() -> None:
    assert open_conflict(7, None) == open_conflict(7, None)
    assert open_conflict(7, None) != open_conflict(7, "2026-03-01T12:00:00.000000Z")
    assert open_conflict(7, None).key != open_conflict(8, None).key


def test_runs_held_by_the_same_brakes_are_one_matter() -> None:
    assert held_run(1, ["many_changes", "all_changed"]) == held_run(1, ["all_changed", "many_changes"])
    assert held_run(1, ["first_run"]) != held_run(1, ["first_run", "empty_side"])
    assert held_run(1, ["first_run"]).key == held_run(1, ["empty_side"]).key != held_run(2, ["first_run"]).key


def test_a_connection_is_told_again_when_it_needs_another_thing() -> None:
    assert needs_somebody(1, "needs_consent", "invalid_grant") == needs_somebody(1, "needs_consent", "invalid_grant")
    assert needs_somebody(1, "needs_consent", None) != needs_somebody(1, "needs_attention", None)
    assert needs_somebody(1, "needs_attention", "a") != needs_somebody(1, "needs_attention", "b")


def test_what_was_told_is_known_again_by_a_newer_program() -> None:
    """The words are stored: were they others, an update of syncd would tell everybody everything once more."""
    assert open_conflict(7, None) == Matter("conflict:7", "")
    assert open_conflict(7, "2026-03-01") == Matter("conflict:7", "2026-03-01")
    assert held_run(1, ["many_changes", "all_changed"]) == Matter("held:1", "all_changed many_changes")
    assert needs_somebody(1, "needs_consent", None) == Matter("attention:1", "needs_consent")
    assert needs_somebody(1, "needs_consent", "a") == Matter("attention:1", "needs_consent a")


def test_different_things_never_share_a_key() -> None:
    keys = {open_conflict(1, None).key, held_run(1, []).key, needs_somebody(1, "needs_consent", None).key}
    assert len(keys) == 3


def test_only_what_is_new_or_changed_is_told() -> None:
    told = {"a": "1", "b": "1", "c": "1"}
    now = [Matter("a", "1"), Matter("b", "2"), Matter("d", "1")]
    assert news(now, told) == News((Matter("b", "2"), Matter("d", "1")), frozenset({"c"}))
    assert not news([Matter("a", "1")], {"a": "1"})
    assert news([], {"a": "1"})


@given(MATTERS, MATTERS)
def test_what_was_told_is_no_news_and_what_comes_back_is(before: list[Matter], now: list[Matter]) -> None:
    """Whatever happens in between."""
    told = {one.key: one.mark for one in before}
    found = news(now, told)
    after = {key: mark for key, mark in told.items() if key not in found.gone}
    after |= {one.key: one.mark for one in found.fresh}
    assert after == {one.key: one.mark for one in now}
    assert not news(now, after)
    assert news(before, {}).fresh == tuple(before)
