"""Every page and every form of the console, by everybody, on every customer; by strangers and by another company."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Route

from syncd.store.database import Database
from syncd.store.shelf import FileShelf
from syncd.web.pages.application import GROUPS
from syncd.web.pages.door import Door
from tests.access.entries import REFUSED, THROUGH, UNKNOWN
from tests.access.operations import MINE, NOBODY, OTHER
from tests.access.pages import BEFORE_LOGIN, PAGES
from tests.access.rules import needed
from tests.access.visitors import NEIGHBOUR, STRANGER, Visitors
from tests.access.world import ADMINISTRATOR, EVERYBODY, MARKS, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.access.operations import Target
    from tests.access.pages import Page
    from tests.access.world import Somebody

WHOLE = bool(os.environ.get("SYNCD_SOAK"))


@pytest.fixture(scope="module")
def visitors(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    directory = tmp_path_factory.mktemp("visitors")
    shutil.copytree(inhabited, directory, dirs_exist_ok=True)
    database = Database(f"sqlite:///{directory / 'syncd.db'}")
    made = Visitors(database, FileShelf(directory / "files"))
    yield made
    made.close()
    database.close()


def _named(page: Page) -> str:
    return f"{page.route} {page.query}".strip()


every_page = pytest.mark.parametrize("page", PAGES, ids=_named)


def test_every_address_is_asked_for() -> None:
    """A page that nobody judges could be open to everybody: whoever adds one says who may see it."""
    door = Door(None)  # type: ignore[arg-type]  # nobody is let in
    known = {route.name for group in GROUPS for route in group.routes(door) if isinstance(route, Route)}
    assert known - {page.route for page in PAGES} - BEFORE_LOGIN == set()
    assert {page.route for page in PAGES} - known == set()


@every_page
def test_the_console_lets_through_who_may(visitors: Visitors, page: Page) -> None:
    """A hidden customer is answered like one that does not exist; whoever is refused has written nothing."""
    for who in EVERYBODY if WHOLE else _telling(page):
        for target in (MINE, OTHER) if page.of_customer else (MINE,):
            answer = visitors.visit(page, who.login, target)
            if page.of_customer and not who.sees(target):
                unknown = visitors.visit(page, who.login, NOBODY)
                assert (answer.verdict, answer.said) == (unknown.verdict, unknown.said), "hidden is not as unknown"
            else:
                assert answer.verdict == _expected(page, who, target), answer.said
            assert answer.verdict == THROUGH or answer.written == 0, "refused, and yet something was written"
            assert who is not ADMINISTRATOR or answer.status in page.ends, answer.said
            _nothing_leaks(answer.said, who)


def _telling(page: Page) -> list[Somebody]:
    """The administrator, everybody else at once, who may it for assigned customers, who may not, a customer user."""
    right = min(needed(page.verbs) - {"view", "view_only_assigned"}, default="view_only_assigned")
    held: tuple[set[str], ...] = ({right, "view_only_assigned"}, {"view"}, set())
    colleagues = [one for one in EVERYBODY[1:] if one.of is None]
    chosen = [next(one for one in colleagues if one.permissions == rights) for rights in held]
    outsiders = [one for one in EVERYBODY if one.of is not None]
    most = [max(people, key=lambda one: len(one.permissions)) for people in (colleagues, outsiders)]
    return list(dict.fromkeys([ADMINISTRATOR, *chosen, *most]))


def _expected(page: Page, who: Somebody, target: Target) -> str:
    if page.ends == {404} or (who.of is not None and page.staff):
        return UNKNOWN
    return THROUGH if not page.verbs or who.may(page, target) else REFUSED


def _nothing_leaks(said: str, who: Somebody) -> None:
    for target, mark in MARKS.items():
        assert who.sees(target) or mark not in said, "what is said tells of a hidden customer"
    assert who.of is None or SECRET not in said, "a comment or hidden field reached a customer user"


@every_page
def test_a_stranger_is_shown_the_door(visitors: Visitors, page: Page) -> None:
    """Nothing is read, nothing is written, and nothing told but where one logs in."""
    answer = visitors.visit(page, STRANGER, MINE)
    at = answer.shown.answer.headers.get("location", "").partition("?")[0]
    if page.route in BEFORE_LOGIN:
        assert answer.status == 200
    elif page.route.endswith("files/add") and page.method == "POST":
        assert answer.status == 422, "a file of somebody unknown is not even read"
    else:
        assert (answer.status, at) == (303, "/login")
    assert answer.written == 0


@pytest.mark.parametrize(
    "page", [one for one in PAGES if "/{id:int}/" in one.route and one.route.count("{") > 1], ids=_named
)
def test_what_belongs_to_another_customer_is_not_reached_through_ones_own(visitors: Visitors, page: Page) -> None:
    """An order or a file of a customer that may be seen, asked for beneath another one, is not there."""
    if "{place" in page.route:
        return  # a place is one of the customer's own, by its very meaning
    answer = visitors.visit(page, ADMINISTRATOR.login, MINE, of=OTHER)
    assert (answer.verdict, answer.written) == (UNKNOWN, 0)
    assert MARKS[OTHER] not in answer.said


@every_page
def test_nobody_reaches_into_another_company(visitors: Visitors, page: Page) -> None:
    """Its administrator names our customers, users, runs and questions, and finds none of them."""
    answer = visitors.visit(page, NEIGHBOUR, MINE)
    assert not any(mark in answer.said for mark in (*MARKS.values(), SECRET))
    assert not page.names or (answer.status in {404, 422} and answer.written == 0), answer.said
