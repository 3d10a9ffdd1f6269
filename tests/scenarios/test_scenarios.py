"""Every scenario is played, and together they cover the contract."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.interpret import Play
from tests.scenarios.observing import Snapshot
from tests.scenarios.schema import HERE, BadScenarioError, files, load
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database

RULES = (
    *range(10, 18),
    *range(20, 30),
    *range(30, 35),
    *range(40, 47),
    *range(50, 57),
    58,
    *range(60, 64),
    *range(70, 74),
    *range(80, 84),
)
FAULTS = (
    *(
        "unreachable",
        "html",
        "half json",
        "wrong types",
        "missing field",
        "extra field",
        "endless paging",
        "page drift",
    ),
    *("wrong total", "customer refused", "number taken", "too long", "vies", "429", "timeout read", "timeout write"),
    *("5xx read", "5xx write", "401", "killed tokens", "killed process", "wrong company", "missing scope"),
    *("missing module", "missing licence", "duplicate status", "missing status", "number filter", "renumber refused"),
    *("coarse stamps", "clock skew", "two daemons", "404", "malformed page"),
)
"""The rows of sync.md §10, and what the vendor's published material leaves open."""

ALL = files()
NAMES = [str(path.relative_to(HERE).with_suffix("")) for path in ALL]
ON_POSTGRESQL = [path for path in ALL if load(path).needs is None][:: 1 if os.environ.get("SYNCD_SOAK") else 2]
"""Every second one, the same ones each time; `make soak` plays all of them."""


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        yield made


@pytest.mark.parametrize("path", ALL, ids=NAMES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_scenario_goes_as_written(path: Path, world: World) -> None:
    """Each file holds on an embedded database."""
    Play(world, load(path)).play()


@pytest.mark.soak
@pytest.mark.parametrize("path", ON_POSTGRESQL, ids=lambda path: f"{path.parent.name}/{path.stem}")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_scenario_goes_as_written_on_postgresql(path: Path, world: World) -> None:
    """Each file holds on a database server too, unless it is about a database file."""
    Play(world, load(path)).play()


def test_every_rule_of_the_contract_has_a_scenario() -> None:
    """A rule without a scenario would be a promise that nobody looks after."""
    covered = {rule for path in ALL for rule in load(path).covers}
    wanted = {f"S-{number}" for number in RULES} | {f"fault: {name}" for name in FAULTS}
    assert sorted(wanted - covered) == []
    assert sorted(covered - wanted) == [], "covers something that nobody asked for"


def test_titles_tell_the_scenarios_apart() -> None:
    """A title is a sentence of its own."""
    titles = [load(path).title for path in ALL]
    assert len(titles) == len(set(titles))


def test_the_watch_over_foreign_keys_is_awake() -> None:
    """A key that is none of our business is noticed to the byte, a mapped one is not."""
    before = Snapshot({"1": '{"Id":"1","Telephone":"08","Rate":0.10,"Future":{"a":[1, null]}}'})
    same = Snapshot({"1": '{"Id":"1", "Telephone":null,"Rate":0.10,"Future":{"a":[1, null]},"ChangedUtc":"now"}'})
    other = Snapshot({"1": '{"Id":"1","Telephone":"08","Rate":0.1,"Future":{"a":[1,null]}}'})
    assert before.trespasses(same) == []
    assert before.trespasses(other) == ["Future", "Rate"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: A\ncovers: [S-10]\nsteps: [{sync: {}}]\nthne: {}\n", "thne"),
        ("title: A\ncovers: [S-10]\nsteps: [{sync: {}, clock: {}}]\n", "one thing, not 2"),
        ("title: A\ncovers: [S-10]\nsteps: [{register: {set: {'1': {fone: '08'}}}}]\n", "no field fone"),
        ("title: A\ncovers: [S-10]\nsteps: [{register: {add: [{name: Alfa}]}}]\n", "needs `number`"),
        ("title: [A\n", "expected"),
    ],
)
def test_a_wrong_scenario_is_refused_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    """Whoever writes a scenario is told what is wrong with it."""
    file = HERE / "wrong.yaml"
    made = tmp_path / "wrong.yaml"
    made.write_text(text)
    with pytest.raises(BadScenarioError, match=said) as caught:
        load(made)
    assert file.name in str(caught.value)
