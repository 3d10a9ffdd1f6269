"""Integrations: connections to accounting systems, their state and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.engine.settings import SETTINGS, effective
from syncd.errors import RefusedError
from syncd.ports.queue import Order
from syncd.register.access import Verb
from syncd.services import connections as service
from syncd.services import runs
from syncd.web.pages import setting_words
from syncd.web.pages.faults import Fault, NothingHereError, told
from syncd.web.pages.integration_fields import Field, field_rows, meaning, place_rows
from syncd.web.pages.ordering import put_in_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.records import ConnectionInfo
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words

_SYSTEMS = {"visma_eaccounting": "Visma eAccounting"}


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/integrations", index),
        door.takes("/integrations", add),
        door.shows("/integrations/{name}", show),
        door.takes("/integrations/{name}", save),
        door.takes("/integrations/{name}/pause", pause),
        door.takes("/integrations/{name}/test", test),
        door.shows("/integrations/{name}/remove", ask_remove),
        door.takes("/integrations/{name}/remove", remove),
    ]


def index(visit: Visit) -> Response:
    """Every connection, and the form to add one."""
    return _index(visit)


def _index(visit: Visit, fault: Fault | None = None) -> Response:
    visit.require(Verb.INTEGRATIONS)
    found = service.list_connections(visit.store, visit.group_id)
    status = fault.status if fault is not None else 200
    systems = list(_SYSTEMS.items())
    return visit.page("integrations.html", status=status, fault=fault, connections=found, systems=systems)


def add(visit: Visit) -> Response:
    """Add a connection; it is connected next."""
    if visit.asked("system") not in _SYSTEMS:
        raise NothingHereError
    try:
        made = service.add(visit.store, visit.actor, visit.group_id, visit.asked("name"), visit.asked("system"))
    except RefusedError as error:
        return _index(visit, told(error, visit.words))
    return visit.go(f"/integrations/{made.name}")


def chosen(visit: Visit) -> ConnectionInfo:
    """The connection in the address, for whoever may change it."""
    visit.require(Verb.INTEGRATIONS)
    return service.find(visit.store, visit.group_id, visit.part("name"))


# ----- one


def show(visit: Visit) -> Response:
    """A connection's state and settings."""
    return _page(visit)


def _page(visit: Visit, fault: Fault | None = None) -> Response:
    connection = chosen(visit)
    values = {key: _text(value) for key, value in effective(connection.settings).items()}
    typed = {key: visit.typed(key) for key in visit.form if key in values or key.startswith("field.")}
    return visit.page(
        "integration.html",
        status=fault.status if fault is not None else 200,
        fault=fault,
        connection=connection,
        system=_SYSTEMS.get(connection.system, connection.system),
        seen=service.settings_version(connection),
        parts=[
            (title, setting_words.NOTES.get(title, ""), [_field(key, {**values, **typed}, visit.words) for key in keys])
            for title, keys in setting_words.PARTS
        ],
        fields=list(field_rows(visit, connection, {**values, **typed})),
        placed=list(place_rows(visit, connection, {**values, **typed})),
        never_run=not runs.list_runs(visit.store, visit.actor, visit.group_id, connection.name, 1),
    )


def _text(value: object) -> str:
    """A setting as it is typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _field(key: str, values: Mapping[str, str], words: Words) -> Field:
    setting = SETTINGS[key]
    options = tuple((word, meaning(word, words)) for word in setting.words)
    if isinstance(setting.default, bool):
        options = (("true", words.say("Yes")), ("false", words.say("No")))
    number = isinstance(setting.default, int) and not isinstance(setting.default, bool)
    return Field(key, words.say(setting_words.LABELS[key]), values[key], options, number=number)


def save(visit: Visit) -> Response:
    """Change what was changed in the form, all or nothing; a form that is out of date is shown anew (409).

    Where it is asked for, a dry run then shows what the settings would do.
    """
    connection = chosen(visit)
    try:
        changed, holds = _changed(visit, connection), visit.house.holds
        service.set_settings(visit.store, visit.actor, connection, changed, holds, seen=visit.asked("seen"))
    except RefusedError as error:
        return _page(visit, told(error, visit.words))
    if visit.asked("then") == "look":
        return put_in_line(visit, connection.name, Order(visit.actor.login, "full", dry_run=True))
    return visit.go(f"/integrations/{connection.name}", said="settings_saved")


def _changed(visit: Visit, connection: ConnectionInfo) -> dict[str, str]:
    """The settings whose value in the form is another than the one in force."""
    shown = {field.key: field.value for part in _shown_fields(visit, connection) for field in part}
    typed = {key: visit.typed(key).strip() for key in shown if key in visit.form}
    return {key: text for key, text in typed.items() if text != shown[key]}


def _shown_fields(visit: Visit, connection: ConnectionInfo) -> Iterator[list[Field]]:
    values = {key: _text(value) for key, value in effective(connection.settings).items()}
    for _title, keys in setting_words.PARTS:
        yield [_field(key, values, visit.words) for key in keys]
    for row in (*field_rows(visit, connection, values), *place_rows(visit, connection, values)):
        yield list(row.settings)


def pause(visit: Visit) -> Response:
    """Let nothing run, or let it run again."""
    connection, paused = chosen(visit), visit.asked("paused") == "yes"
    service.pause(visit.store, visit.actor, connection, paused=paused)
    return visit.go(f"/integrations/{connection.name}", said="paused" if paused else "resumed")


def test(visit: Visit) -> Response:
    """Ask accounting who answers."""
    connection = chosen(visit)
    answer = service.test(connection, visit.house.connect)
    return visit.page("integration_tested.html", connection=connection, company=answer)


def ask_remove(visit: Visit) -> Response:
    """What is lost with a connection."""
    return visit.page("integration_remove.html", connection=chosen(visit))


def remove(visit: Visit) -> Response:
    """Forget a connection; customers stay on both sides."""
    service.remove(visit.store, visit.actor, chosen(visit))
    return visit.go("/integrations", said="connection_removed")
