"""Requests that nobody would think of: the API answers as its document says, and never with a fault."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from syncd.log import set_up
from syncd.register.access import Actor
from syncd.store.database import Database
from syncd.store.uow import Store
from syncd.web.api.answers import PLACE
from syncd.web.api.application import document
from tests.access.world import fill
from tests.conftest import TickingClock
from tests.web.api.conftest import Office, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Postgres
    from tests.web.api.conftest import Program

SHARE = float(os.environ.get("SYNCD_SOAK") or 0)
EXAMPLES = {GenerationMode.POSITIVE: int(300 * SHARE) or 6, GenerationMode.NEGATIVE: int(200 * SHARE) or 4}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_FOUND: list[Any] = [*schemathesis.openapi.from_dict(document()).get_all_operations()]
OPERATIONS = {one.ok().label: one.ok() for one in _FOUND}
KNOWN: dict[str, list[Any]] = {"number": ["7", "8", "9"], "order": ["1", "2"], "place": [1], "name": ["visma"]}
"""What there is to find; otherwise nearly every request would end at the door."""

SECRET = "Hemlighetsmakare"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"] if SHARE else ["sqlite"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database for the whole module; PostgreSQL as well in the sweep."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("fuzzed") / "syncd.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    server.run("CREATE DATABASE fuzzed TEMPLATE template_syncd")
    yield server.url("fuzzed")
    server.run("DROP DATABASE fuzzed WITH (FORCE)")


@pytest.fixture(scope="module")
def inhabited(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Program]]:
    """An office with customers, orders and people, and a program that may do everything."""
    clock, database = TickingClock(), Database(address)
    store = Store(database, clock)
    with store.work() as work:
        group = work.groups.create("Bolaget")
        work.commit()
    shelf = tmp_path_factory.mktemp("files")
    office = Office(store, group, Actor("anna", "Anna", administrator=True), clock, shelf)
    anna = office.hire("anna", administrator=True)
    with store.work() as work:
        fill(work, anna, group.id)
    yield office, office.program(office.token(anna))
    office.close()
    database.close()


@pytest.mark.soak
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda one: one.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_meets_a_fault(inhabited: tuple[Office, Program], label: str, mode: GenerationMode) -> None:
    """What fits the document and what does not: the status, the headers and the shape are those that it names."""
    office, program = inhabited
    _try_out(office, program, OPERATIONS[label].as_strategy(mode), EXAMPLES[mode])


def _try_out(office: Office, program: Program, strategy: st.SearchStrategy[Any], examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy, st.data())
    def run(case: Any, data: st.DataObject) -> None:  # noqa: ANN401 - schemathesis' own
        for name, words in KNOWN.items():
            if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(words))
        headers = {"Authorization": f"Bearer {program.token}"}
        if "{number}" in case.path and data.draw(st.booleans()):
            headers["If-Match"] = program.get(at(str(case.path_parameters["number"]))).headers["ETag"] or '"1-1"'
        response = case.call(base_url=f"{office.listener.at}{PLACE}", headers=headers)
        case.validate_response(response, checks=CHECKS)
        if response.headers["content-type"] == ["application/problem+json"]:
            _repeats_nothing(case, response.text)

    run()


def _repeats_nothing(case: Any, said: str) -> None:  # noqa: ANN401 - same
    sent = [*_texts(case.body), *_texts(case.query), *_texts(case.path_parameters)]
    assert [text for text in sent if len(text) > 3 and text in said and text not in json.dumps(document())] == []


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for inner in value.values() for text in _texts(inner)]
        case list():
            return [text for inner in value for text in _texts(inner)]
        case _:
            return []


@pytest.mark.usefixtures("own_logging")
def test_neither_a_refusal_nor_the_log_repeats_what_was_sent(
    office: Office, admin_program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number, a name, a login, a text to search for, a key: each in its place, each refused or answered."""
    set_up("debug", "json")
    program = admin_program
    for number in ("7", "8"):
        office.add(number, name=f"{SECRET} {number}")
    seen = {"If-Match": program.get(at("7")).etag}
    requests: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", at(SECRET), None, {}),
        ("GET", f"/orders?customer={SECRET}", None, {}),
        ("GET", f"/customers?assigned={SECRET}&sort={SECRET}", None, {}),
        ("GET", f"/conflicts?connection={SECRET}", None, {}),
        ("GET", f"/runs/{SECRET}", None, {}),
        ("POST", "/customers", {"name": SECRET, "email": SECRET, "number": "7"}, {"Idempotency-Key": SECRET * 99}),
        ("POST", "/customers", {"name": SECRET, "number": "7"}, {}),
        ("PATCH", at("7"), {"organisation_number": SECRET, "type": SECRET, "invoice_country": SECRET}, seen),
        ("PATCH", at("7"), {"discount_letters": [SECRET]}, seen),
        ("POST", f"{at('7')}/renumber", {"number": "8"}, seen),
        ("POST", f"{at('7')}/assign", {"logins": [SECRET]}, seen),
        ("POST", f"{at('7')}/assign", {"teams": [SECRET]}, seen),
        ("POST", "/customers/assign", {"logins": ["anna"], "customers": [SECRET]}, {}),
        ("POST", f"{at('7')}/orders", {"kind": SECRET, "title": SECRET}, {}),
        ("POST", f"{at('7')}/orders", {"kind": "order", "title": "x", "facility": SECRET, "date": SECRET}, {}),
        ("POST", f"/connections/{SECRET}/runs", {}, {}),
        ("POST", "/conflicts/1/resolve", {"answer": SECRET}, {"If-Match": f'"{SECRET}"'}),
        ("DELETE", at("7"), None, {"If-Match": f'"{SECRET}"'}),
    ]
    for verb, path, body, headers in requests:
        reply = program(verb, path, body, headers)
        assert reply.status in {400, 404, 409, 412, 422}, (path, reply.text)
        assert SECRET not in reply.text, path
    assert len(program.post("/customers/search", {"search": SECRET}).json["customers"]) == 2
    logged = capsys.readouterr().err
    assert "request.answered" in logged
    assert SECRET not in logged
