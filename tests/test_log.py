from __future__ import annotations

import json
import logging
import threading
import warnings
from datetime import UTC
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
import pytest
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from syncd.log import HIDDEN, redacted, set_up
from syncd.store.database import Database

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.log import Format

NAME = "Anna Hemlig"
PERSON = "811228-9874"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"
OURS = "0123456789abcdef0123456789abcdef01234567"
LEAKS = (PERSON, "8112289874", "198112289874", TOKEN, OURS, "anna@example.com", "hemligt")

pytestmark = pytest.mark.usefixtures("own_logging")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    for leak in LEAKS:
        assert leak not in captured.err
    return [json.loads(line) for line in captured.err.splitlines()]


def fail(held: str) -> NoReturn:
    raise ValueError(len(held))


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Outside a terminal: name, level, time, logger and keys, on standard error."""
    set_up()
    log = structlog.get_logger("syncd.sync")
    log.debug("not.shown")
    with structlog.contextvars.bound_contextvars(run=3):
        log.info("customer.updated", customer="1001", fields=["phone"], seconds=1.5, ok=True, nothing=None)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "customer.updated", "level": "info", "logger": "syncd.sync", "run": 3, "customer": "1001",
        "fields": ["phone"], "seconds": 1.5, "ok": True, "nothing": None,
    }  # fmt: skip


def test_people_get_lines_they_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal, or when the configuration says so."""
    set_up("debug", "console")
    structlog.get_logger("syncd.sync").debug("run.started", token=TOKEN)
    shown = capsys.readouterr().err
    assert "run.started" in shown
    assert f"token={HIDDEN}" in shown


def test_personal_data_and_tokens_are_masked_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    """In texts, numbers, lists, dictionaries, their keys, and objects."""
    set_up()
    structlog.get_logger("syncd.x").info(
        "x.y",
        text=f"{PERSON} 198112289874 SE811228987401 anna@example.com Bearer {TOKEN}",
        number=8112289874,
        inside=[{"headers": {"Authorization": "Basic hemligt", "X-Api-Key": "hemligt"}, PERSON: (PERSON,)}],
        client_secret="hemligt",
        password=None,
        path=ValueError(f"bad {PERSON}"),
    )
    (line,) = lines(capsys)
    assert line["text"] == f"811228-**** 19811228**** SE811228****01 [mail address] Bearer {HIDDEN}"
    assert line["number"] == "811228****"
    assert line["inside"] == [
        {"headers": {"Authorization": HIDDEN, "X-Api-Key": HIDDEN}, "811228-****": ["811228-****"]}
    ]
    assert (line["client_secret"], line["password"]) == (HIDDEN, None)


def test_mail_addresses_are_masked_however_close_they_stand() -> None:
    """Also in a URL, and whatever they are glued together with; the words around them stay."""
    said = "a@b.se/c@d.se to=e%40f.se&cc=g%40h.se,'i@j.se'|<k@l.se> 100%40 m@n x@"
    hidden = "[mail address]"
    assert redacted(said) == f"{hidden}{hidden} {hidden},{hidden}'|<{hidden}> 100%40 m@n x@"


@pytest.mark.parametrize(
    "harmless",
    [
        "556036-0793",
        "customer 1001",
        "2026-11-24T02:42:59.603044Z",
        "https://x.se/v2/customers?$top=1000",
        "999999-9999",
    ],
)
def test_what_is_not_personal_stays(harmless: str) -> None:
    """Company numbers, times and addresses are needed to understand a log."""
    assert redacted(harmless) == harmless


@pytest.mark.parametrize(
    "secret",
    [
        "https://x.se/?refresh_token=hemligt&a=1",
        "https://x.se/?code=hemligt",
        "{'access_token': 'hemligt'}",
        '{"client_secret": "hemligt"}',
        "Authorization: Bearer hemligt",
        "password=hemligt",
        "postgresql://anna:hemligt@db/syncd",
        "b'refresh_token=hemligt'",
        f"syncd_0123456789ab_{OURS}",
    ],
)
def test_secrets_in_texts_are_masked(secret: str) -> None:
    """However a library writes them."""
    assert not any(leak in redacted(secret) for leak in ("hemligt", OURS))
    assert HIDDEN in redacted(secret)


@pytest.mark.parametrize("noise", ["å.", "x-", "x-key", "://a:", "token ", "%40a", "a@", "eyJ-", "811228-"])
def test_a_huge_text_is_masked_to_its_end(noise: str) -> None:
    """Whoever makes us log a page of it does not keep us busy for minutes either."""
    assert redacted(noise * 100_000 + " Kund anna@example.com, " + PERSON).endswith("Kund [mail address], 811228-****")


def test_httpx_does_not_log_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    """Its request log quotes whole URLs; its errors are masked."""
    set_up("debug")
    answer = httpx.MockTransport(lambda _: httpx.Response(500))
    with httpx.Client(transport=answer) as client:  # noqa: TID251 - the leak is httpx's own
        response = client.get(f"https://x.se/?access_token=hemligt&email=anna@example.com&number={PERSON}")
    assert lines(capsys) == []
    try:
        response.raise_for_status()
    except httpx.HTTPStatusError:
        structlog.get_logger("syncd.x").exception("request.failed")
    assert "500" in lines(capsys)[0]["exception"]


def test_sqlalchemy_does_not_log_parameters(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A failed statement is logged without the values it carried."""
    set_up("debug")
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    statement = text("INSERT INTO nowhere VALUES (:number, :name)")
    with database.engine.connect() as connection:
        try:
            connection.execute(statement, {"number": PERSON, "name": NAME})
        except DBAPIError:
            structlog.get_logger("syncd.x").exception("statement.failed")
    database.close()
    (line,) = lines(capsys)
    assert NAME not in json.dumps(line)


def test_sqlalchemy_echoes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Not even when somebody asks for debug logs."""
    set_up("debug")
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("SELECT :number"), {"number": PERSON})
    engine.dispose()
    assert lines(capsys) == []


def test_pydantic_does_not_show_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Its errors name fields, never values."""

    class Wire(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)
        number: int

    set_up()
    try:
        Wire.model_validate({"number": NAME})
    except ValidationError:
        structlog.get_logger("syncd.x").exception("record.rejected")
    (line,) = lines(capsys)
    assert "number" in line["exception"]
    assert NAME not in line["exception"]


@pytest.mark.parametrize("form", ["json", "console"])
def test_tracebacks_show_no_locals(capsys: pytest.CaptureFixture[str], form: Format) -> None:
    """What a variable held when something failed stays in memory."""
    set_up("info", form)
    try:
        fail(NAME)
    except ValueError:
        structlog.get_logger("syncd.x").exception("run.failed")
    shown = capsys.readouterr().err
    assert "ValueError: 11" in shown
    assert NAME not in shown


def test_other_loggers_only_warn_and_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Jobs and migrations log in our form, masked; a broken log call is dropped."""
    set_up("debug")
    logging.getLogger("alembic").info("Running upgrade")
    logging.getLogger("apscheduler").warning("Job %s failed for %s", "x", PERSON)
    logging.getLogger("httpcore").warning("%d", "not a number")
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("Job x failed for 811228-****", "warning", "apscheduler")


def test_warnings_of_libraries_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    """They would go to standard error on their own otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        set_up()
        warnings.warn(f"look at {PERSON}", stacklevel=1)
        logging.captureWarnings(capture=False)
    (line,) = lines(capsys)
    assert "811228-****" in line["event"]


def test_a_failing_job_of_the_scheduler_is_logged_without_what_it_was_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """APScheduler logs the job's traceback by itself, and its arguments in its name."""
    set_up()
    failed = threading.Event()

    def job(number: str) -> None:
        failed.set()
        fail(number)

    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(job, "interval", seconds=0.05, args=[PERSON], name=f"for {PERSON} with token={TOKEN}")
    scheduler.start()
    assert failed.wait(60)
    scheduler.shutdown(wait=True)
    told = lines(capsys)
    assert any("ValueError: 11" in line.get("exception", "") for line in told)


def test_a_client_that_is_printed_hides_its_headers(capsys: pytest.CaptureFixture[str]) -> None:
    """Httpx hides Authorization in its repr, but not the vendors' own headers."""
    set_up()
    with httpx.Client(headers={"X-Access-Token": "hemligt", "Client-Secret": "hemligt"}) as client:  # noqa: TID251 - the leak is httpx's own
        request = client.build_request("GET", "https://x.se/")
        structlog.get_logger("syncd.x").warning("request.odd", headers=repr(request.headers), request=repr(request))
        structlog.get_logger("syncd.x").warning("request.odd", headers=dict(request.headers))
    assert len(lines(capsys)) == 2


def test_the_list_of_a_validation_error_holds_no_input(capsys: pytest.CaptureFixture[str]) -> None:
    """As it is logged: without what was typed."""

    class Wire(BaseModel):
        number: int

    set_up()
    try:
        Wire.model_validate({"number": PERSON})
    except ValidationError as error:
        structlog.get_logger("syncd.x").warning("record.rejected", errors=error.errors(include_input=False))
        structlog.get_logger("syncd.x").warning("record.rejected", errors=error.errors())
    assert len(lines(capsys)) == 2
