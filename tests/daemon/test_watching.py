"""What watches the daemon: over real HTTP, on a port of loopback or a Unix socket."""

from __future__ import annotations

import http.client
import json
import socket
import stat
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typing_extensions import override

from syncd import bootstrap
from syncd.bootstrap.daemon import composed
from syncd.daemon.listener import Listener
from syncd.daemon.metrics import Metrics
from syncd.daemon.pulse import Pulse
from syncd.daemon.watching import Watching
from syncd.errors import ConfigurationError
from syncd.log import set_up
from syncd.services.figures import figures
from syncd.store.queue import StoredQueue
from tests.daemon.waiting import until
from tests.world import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.daemon.listener import Place
    from tests.world import World

LABELS = {"group": GROUP, "connection": "visma"}
ANYWHERE = ("127.0.0.1", 0)


class Watched:
    """A listener in front of a world."""

    def __init__(self, world: World, place: Place = ANYWHERE) -> None:
        self.world = world
        self.seconds = 0.0
        self.pulse = Pulse(lambda: self.seconds)
        self.wrong: ConfigurationError | None = None
        queue = StoredQueue(world.database, bootstrap.now)
        self.metrics = Metrics(
            lambda: figures(world.store, queue, bootstrap.now()),
            lambda: {"visma_eaccounting": world.pacing.refusals},
            lambda _: GROUP,
        )
        self.watching = Watching(self.pulse, self.metrics, self.check)
        self.listener = Listener(composed(self.watching.routes(), {}), place, timedelta(seconds=1))

    def check(self) -> None:
        if self.wrong is not None:
            raise self.wrong

    def get(self, path: str) -> tuple[int, str, str]:
        at = str(self.listener.at)
        connection = _Unix(at.removeprefix("unix:")) if at.startswith("unix:") else _tcp(at)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, str(answer.getheader("Content-Type")), answer.read().decode()
        finally:
            connection.close()

    def value(self, name: str, **labels: str) -> float | None:
        """A sample of the metrics."""
        families = text_string_to_metric_families(self.get("/metrics")[2])
        samples = (sample for family in families for sample in family.samples)
        return next((one.value for one in samples if one.name == name and labels.items() <= one.labels.items()), None)


class _Unix(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    @override
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def _tcp(address: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)


@contextmanager
def listening(world: World, place: Place = ANYWHERE) -> Iterator[Watched]:
    made = Watched(world, place)
    made.listener.start()
    try:
        yield made
    finally:
        made.listener.stop()


@pytest.fixture
def watched(world: World) -> Iterator[Watched]:
    with listening(world) as made:
        yield made


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_daemon_that_is_well_says_so(watched: Watched) -> None:
    for path in ("/healthz", "/readyz"):
        assert watched.get(path) == (200, "application/json", '{"status":"ok"}')


def test_a_daemon_that_is_stuck_says_who_and_fails(watched: Watched) -> None:
    """So that whoever keeps it alive starts it anew."""
    watched.pulse.beat("run of visma", 10)
    watched.seconds += 11
    status, _, text = watched.get("/healthz")
    assert (status, json.loads(text)) == (503, {"status": "failing", "late": ["run of visma"]})
    assert watched.get("/readyz")[0] == 503
    watched.pulse.rest("run of visma")
    assert watched.get("/healthz")[0] == 200


def test_a_daemon_without_its_database_is_alive_but_not_ready(watched: Watched) -> None:
    """Starting it anew would not help."""
    watched.wrong = ConfigurationError("newer", code="newer_schema")
    status, _, text = watched.get("/readyz")
    assert (status, json.loads(text)) == (503, {"status": "failing", "problems": ["newer_schema"]})
    assert watched.get("/healthz")[0] == 200


def test_runs_are_counted_by_what_became_of_them(world: World, watched: Watched) -> None:
    """How many, how long, what they did, what they asked of the vendor."""
    world.company.add_customer(CustomerNumber="1", Name="Ett AB")
    first = world.run()
    watched.metrics.note(first)
    watched.metrics.note(world.run())
    assert watched.get("/metrics")[1].startswith("text/plain; version=")
    assert watched.value("syncd_runs_total", **LABELS, kind="full", status="succeeded") == 1
    assert watched.value("syncd_runs_total", **LABELS, kind="incremental", status="succeeded") == 1
    assert watched.value("syncd_actions_total", **LABELS, kind="create_in_register") == 1
    assert watched.value("syncd_actions_total", kind="in_step") is None
    assert watched.value("syncd_run_seconds_count", **LABELS, kind="full") == 1
    requests = watched.value("syncd_requests_total", **LABELS)
    assert requests is not None
    assert requests > first.requests > 0


def test_the_moments_figures_come_from_the_data(world: World, watched: Watched) -> None:
    """Also of what another process did."""
    assert watched.value("syncd_seconds_since_good_run", **LABELS) is None
    world.run()
    since = watched.value("syncd_seconds_since_good_run", **LABELS)
    assert since is not None
    assert 0 <= since < 60
    assert watched.value("syncd_conflicts_open", **LABELS) == 0
    assert watched.value("syncd_queue_depth", **LABELS) == 0
    assert watched.value("syncd_failures_in_a_row", **LABELS) == 0
    assert watched.value("syncd_connection_state", **LABELS, state="ready") == 1
    assert watched.value("syncd_connection_state", **LABELS, state="paused") == 0
    assert watched.value("syncd_token_expiry_timestamp_seconds", **LABELS) is not None
    assert watched.value("syncd_throttled_total", system="visma_eaccounting") == 0
    world.pacing.hold("customers", 0)
    assert watched.value("syncd_throttled_total", system="visma_eaccounting") == 1
    assert watched.value("syncd_build_info") == 1
    assert watched.value("process_resident_memory_bytes") is not None


def test_a_run_that_is_not_over_yet_has_no_duration(world: World, watched: Watched) -> None:
    with world.store.work() as work:
        run = work.runs.get(work.runs.start(world.connection_id, "full", trigger="manual", who="anna"))
    assert run is not None
    watched.metrics.note(run)
    assert watched.value("syncd_run_seconds_count", **LABELS, kind="full") is None


def test_nothing_tells_of_customers(world: World, watched: Watched) -> None:
    world.company.add_customer(
        CustomerNumber="1", Name="Anna Hemlig", CorporateIdentityNumber="811228-9874", IsPrivatePerson=True
    )
    watched.metrics.note(world.run())
    told = watched.get("/metrics")[2]
    assert "Hemlig" not in told
    assert "811228" not in told


def test_other_addresses_are_not_there(watched: Watched) -> None:
    """And the answer does not say what program it is."""
    assert watched.get("/")[0] == 404


def test_a_unix_socket_will_do(world: World, tmp_path: Path) -> None:
    """For its owner and the socket's group; it goes with the daemon."""
    path = tmp_path / "web.sock"
    with listening(world, path) as watched:
        assert watched.get("/healthz")[0] == 200
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert not path.exists()


@pytest.mark.usefixtures("own_logging")
def test_a_place_that_is_taken_is_told_and_tried_again(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The schedule does not wait for it."""
    set_up("info", "json")
    with socket.create_server(ANYWHERE) as other:
        watched = Watched(world, other.getsockname())
        watched.listener.start()
        assert watched.listener.at is None
        (line,) = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
        assert (line["event"], line["level"]) == ("web.not_listening", "error")
    until(lambda: watched.listener.chore().act() or watched.listener.at)
    assert watched.get("/healthz")[0] == 200
    watched.listener.listen()
    watched.listener.stop()


def test_a_server_that_has_died_is_replaced(world: World) -> None:
    """Whatever ended it; after the end of the service there is none any more."""
    with listening(world) as watched:
        server, thread = watched.listener._server, watched.listener._thread
        assert server is not None
        assert thread is not None
        server.should_exit = True
        thread.join(60)
        watched.listener.chore().act()
        assert watched.get("/healthz")[0] == 200
    watched.listener.chore().act()
    assert watched.listener._thread is not None
    assert not watched.listener._thread.is_alive()


def test_a_listener_that_is_switched_off_does_nothing(world: World) -> None:
    listener = Watched(world).listener
    listener.place = None
    listener.start()
    listener.stop()
    assert listener.at is None


def test_an_address_of_version_six_is_written_as_one(world: World) -> None:
    with listening(world, ("::1", 0)) as watched:
        assert str(watched.listener.at).startswith("http://[::1]:")
        assert watched.get("/healthz")[0] == 200


async def broken(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401, ARG001  as ASGI has it
    """An application that fails, with what it was asked for in its words."""
    raise ValueError(f"{scope['query_string']} of 811228-9874")


@pytest.mark.usefixtures("own_logging")
def test_what_breaks_inside_an_application_is_logged_without_whom_it_was_about(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server logs tracebacks by itself; who asked reads none of it, and no address is logged."""
    set_up("debug", "json")
    watched = Watched(world)
    watched.listener.application = composed((), {"/": broken})
    watched.listener.start()
    try:
        assert watched.get("/customers?token=hemligt") == (500, "text/plain; charset=utf-8", "Internal Server Error")
    finally:
        watched.listener.stop()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (told,) = [line for line in lines if line["level"] == "error"]
    assert "811228-****" in told["exception"]
    assert "hemligt" not in json.dumps(lines)


async def hello(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  as ASGI has it
    """An application of somebody else's."""
    assert (scope["type"], receive) == ("http", receive)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["root_path"].encode()})


def test_whatever_else_is_mounted_answers_beside_it(world: World) -> None:
    """A console, an API: one process, one address, the first path that fits."""
    watched = Watched(world)
    watched.listener.application = composed(watched.watching.routes(), {"/api": hello, "/": hello})
    watched.listener.start()
    try:
        assert watched.get("/api/customers")[2] == "/api"
        assert watched.get("/customers") == (200, "None", "")
        assert watched.get("/healthz")[1] == "application/json"
    finally:
        watched.listener.stop()
