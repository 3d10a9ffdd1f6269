"""People at the control socket: who they are, what they may ask, what they hear."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from syncd import bootstrap
from syncd.daemon.control import Control, peer_of
from syncd.daemon.desk import Desk, Peer
from syncd.daemon.protocol import BATCH, LONGEST_ASK, AskedOrder, AskFollow, AskStatus, AskSync, line_of
from syncd.errors import ConfigurationError, NotAllowedError, RefusedError
from syncd.ports.people import NewUser
from syncd.ports.queue import Order
from tests.daemon.crew import Crew
from tests.daemon.waiting import LONG, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.daemon.protocol import Ask
    from syncd.ports.records import RunInfo
    from tests.world import World

Heard = list[dict[str, Any]]
VISMA = AskSync(connection="visma")


class House:
    """A daemon's control socket with workers behind it."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world = world
        self.crew = Crew(world)
        self.crew.gate.opened.set()
        self.path = directory / "control.sock"
        workers = self.crew.workers
        self.desk = Desk(world.store, self.crew.queue, workers, bootstrap.now, time.monotonic, _standing)
        self.control = Control(self.path, self.desk)

    def open(self) -> None:
        self.crew.workers.start()
        self.control.start()

    def close(self) -> None:
        self.control.stop()
        self.crew.gate.opened.set()
        self.crew.workers.stop()

    @contextmanager
    def person(self) -> Iterator[Person]:
        with closing(socket.socket(socket.AF_UNIX)) as opened:
            opened.settimeout(LONG)
            opened.connect(str(self.path))
            yield Person(opened)

    def ask(self, ask: Ask) -> Heard:
        """Ask, and hear everything to the end."""
        with self.person() as person:
            person.say(line_of(ask))
            return person.rest()

    def runs(self) -> tuple[RunInfo, ...]:
        with self.world.store.reading() as work:
            return work.runs.list([self.world.connection_id])


def _standing(group_id: int) -> dict[str, Any]:
    return {"group": group_id}


class Person:
    """One end of a conversation."""

    def __init__(self, opened: socket.socket) -> None:
        self._opened = opened
        self._lines = opened.makefile("rb")

    def say(self, line: bytes) -> None:
        self._opened.sendall(line)

    def hears(self) -> dict[str, Any]:
        line = self._lines.readline()
        found: dict[str, Any] = json.loads(line) if line else {}
        return found

    def rest(self) -> Heard:
        return [json.loads(line) for line in self._lines]

    def until(self, tell: str) -> dict[str, Any]:
        while (heard := self.hears()).get("tell") != tell:
            assert heard, "the daemon went away"
        return heard


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[House]:
    made = House(world, tmp_path)
    made.open()
    yield made
    made.close()


def words(heard: Heard) -> list[str]:
    return [one["tell"] for one in heard if one["tell"] not in {"alive", "progress"}]


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# ----- asking for a run


def test_a_run_is_started_followed_and_told(world: World, house: House) -> None:
    """Its place in line, how far it comes, what it did, how it ended; root acts as the administrator."""
    world.company.add_customer(CustomerNumber="1", Name="Ett AB")
    heard = house.ask(VISMA)
    assert words(heard) == ["queued", "actions", "ended", "done"]
    (actions,) = [one for one in heard if one["tell"] == "actions"]
    assert [action["customer_number"] for action in actions["actions"]] == ["1"]
    assert actions["names"] == ["Ett AB"]
    ended = heard[-2]
    assert (ended["code"], ended["document"]["run"]["status"], ended["document"]["actions"]) == (0, "succeeded", [])
    assert [run.who for run in house.runs()] == ["anna"]


@on_sqlite
def test_a_long_report_comes_in_pieces(world: World, house: House) -> None:
    """In order, and no line is endless."""
    count = BATCH * 2 + 1
    for number in range(count):
        world.company.add_customer(CustomerNumber=str(number + 1), Name=f"Kund {number + 1} AB")
    heard = house.ask(AskSync(connection="visma", order=AskedOrder(dry_run=True)))
    pieces = [one for one in heard if one["tell"] == "actions"]
    assert [len(piece["actions"]) for piece in pieces] == [BATCH, BATCH, 1]
    assert {name for piece in pieces for name in piece["names"]} == {f"Kund {n + 1} AB" for n in range(count)}


def test_two_people_who_ask_for_the_same_hear_of_one_run(house: House) -> None:
    """The second joins the first one's place."""
    with house.world.store.lock(f"run-{house.world.connection_id}"), house.person() as one, house.person() as other:
        for person in (one, other):
            person.say(line_of(VISMA))
        tickets = {person.until("queued")["ticket"] for person in (one, other)}
        assert len(tickets) == 1
    house.crew.workers.wake()
    until(house.runs)
    assert len(house.runs()) == 1


def test_who_leaves_early_ends_only_the_listening(house: House) -> None:
    """Ctrl-C: the run goes on."""
    house.crew.gate.opened.clear()
    with house.person() as person:
        person.say(line_of(VISMA))
        person.until("queued")
        until(lambda: house.crew.gate.waiting)
    house.crew.gate.opened.set()
    until(lambda: house.crew.ended)
    assert house.crew.ended[0].status == "succeeded"


@on_sqlite
def test_a_run_begins_within_a_moment_though_every_worker_is_busy(world: World, house: House) -> None:
    """What a person asks for does not wait for the schedule's runs."""
    other = house.crew.add("other")
    house.crew.gate.opened.clear()
    house.crew.queue.join(other, Order("schedule", trigger="schedule"))
    house.crew.workers.wake()
    until(lambda: house.crew.gate.waiting == ["other"])
    with house.person() as person:
        person.say(line_of(VISMA))
        until(lambda: house.crew.gate.waiting == ["other", "visma"], seconds=LONG)
    assert world.connection_id in house.crew.workers.busy()


def test_without_a_name_every_connection_runs(house: House) -> None:
    """In the order of their names."""
    house.crew.add("another")
    heard = house.ask(AskSync())
    assert [one["connection"] for one in heard if one["tell"] == "ended"] == ["another", "visma"]


def test_who_does_not_want_to_wait_is_told_and_stands_nowhere(house: House) -> None:
    """5, as without a daemon."""
    house.crew.gate.opened.clear()
    house.crew.queue.join(house.world.connection_id, Order("bo"))
    house.crew.workers.wake()
    until(lambda: house.crew.gate.waiting)
    heard = house.ask(AskSync(connection="visma", wait=0))
    assert words(heard) == ["ended", "done"]
    assert (heard[0]["code"], heard[0]["document"]["run"]["error"]["code"]) == (5, "locked")
    assert [ticket.state for ticket in house.crew.queue.pending()] == ["running"]


def test_who_has_waited_long_enough_leaves_the_line(house: House) -> None:
    """Another process holds the connection all the while."""
    with house.world.store.lock(f"run-{house.world.connection_id}"):
        heard = house.ask(AskSync(connection="visma", wait=0.3))
        assert (words(heard), heard[-2]["code"]) == (["queued", "ended", "done"], 5)
        until(lambda: house.crew.queue.pending() == ())


def test_a_place_that_somebody_else_gave_up_is_taken_again(house: House) -> None:
    """Our own wish stands."""
    with house.world.store.lock(f"run-{house.world.connection_id}"), house.person() as person:
        person.say(line_of(VISMA))
        first = person.until("queued")["ticket"]
        house.crew.queue.withdraw(first)
        second = person.until("queued")["ticket"]
    assert second != first
    until(lambda: house.crew.state(second) == "done")


def test_a_run_that_was_cut_off_is_asked_for_again(house: House) -> None:
    """Whoever was interrupted, the answer is a run that was not."""
    with house.world.store.work() as work:
        cut = work.runs.start(house.world.connection_id, "incremental", trigger="manual", who="bo")
        work.runs.finish(cut, status="interrupted")
        work.commit()
    with house.person() as person:
        with house.world.store.lock(f"run-{house.world.connection_id}", wait=LONG):
            person.say(line_of(VISMA))
            person.until("queued")
            claimed = house.crew.queue.claim(house.world.connection_id)
            assert claimed is not None
            house.crew.queue.finish(claimed, cut)
            person.until("queued")
        assert person.until("ended")["document"]["run"]["id"] != cut


@on_sqlite
def test_whole_identity_numbers_are_told_only_when_asked_for_and_written_down(world: World, house: House) -> None:
    world.company.add_customer(
        CustomerNumber="1", Name="Anna", CorporateIdentityNumber="811228-9874", IsPrivatePerson=True
    )
    assert "9874" not in json.dumps(house.ask(VISMA))
    world.company.edit_customer("1", CorporateIdentityNumber="640823-3234")
    assert "3234" in json.dumps(house.ask(AskSync(connection="visma", personal=True)))
    assert "unmasked" in {entry.kind for entry in world.history("1")}


# ----- following


def test_what_runs_can_be_followed_and_what_ended_looked_up(house: House) -> None:
    """By whoever comes later, and again by its ticket."""
    house.crew.gate.opened.clear()
    ticket = house.crew.queue.join(house.world.connection_id, Order("bo"))
    house.crew.workers.wake()
    until(lambda: house.crew.gate.waiting)
    with house.person() as person:
        person.say(line_of(AskFollow()))
        assert person.until("queued")["ticket"] == ticket.id
        house.crew.gate.opened.set()
        assert person.until("ended")["code"] == 0
    again = house.ask(AskFollow(connection="visma", tickets=(ticket.id,)))
    assert words(again) == ["queued", "ended", "done"]


def test_where_nothing_runs_there_is_nothing_to_follow(house: House) -> None:
    """Nor may one group follow another's run."""
    with house.world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.users.add(other.id, NewUser("eva", "Eva", administrator=True))
        work.commit()
    ticket = house.crew.queue.join(house.world.connection_id, Order("bo"))
    until(lambda: house.crew.state(ticket.id) == "done")
    for ask in (AskFollow(group=house.world.group.name), AskFollow(group="Andra bolaget", tickets=(ticket.id,))):
        (refused,) = house.ask(ask)
        assert (refused["tell"], refused["exit_code"]) == ("refused", 1)


def test_somebody_who_listens_hears_a_sign_of_life(house: House) -> None:
    """So that each end notices when the other has gone."""
    with house.world.store.lock(f"run-{house.world.connection_id}"), house.person() as person:
        person.say(line_of(VISMA))
        person.until("alive")


def test_where_everything_stands_is_told(house: House) -> None:
    assert house.ask(AskStatus())[0] == {"tell": "status", "document": {"group": house.world.group.id}}


# ----- the end of the service


def test_a_service_that_ends_sends_everybody_home_and_keeps_their_orders(house: House) -> None:
    """The line is cut without a last word, so that they ask again; nothing is lost."""
    with house.world.store.lock(f"run-{house.world.connection_id}"), house.person() as person:
        person.say(line_of(VISMA))
        ticket = person.until("queued")["ticket"]
        house.control.stop()
        assert "done" not in words(person.rest())
        assert house.crew.state(ticket) == "waiting"
    assert not house.path.exists()


# ----- who may what


def answers(house: House, ask: Ask, peer: Peer) -> Heard:
    return list(house.desk.answer(ask, peer))


@pytest.fixture
def bo(world: World) -> str:
    with world.store.work() as work:
        work.users.add(world.group.id, NewUser("bo", "Bo Tekniker"))
        work.commit()
    return "bo"


def test_somebody_acts_with_the_rights_of_their_own_user(house: House, bo: str) -> None:
    """Who has a user without the right to start runs may not, though the socket is open to them."""
    with pytest.raises(NotAllowedError, match="You may not start"):
        answers(house, VISMA, Peer(bo, trusted=False))
    with pytest.raises(NotAllowedError, match="You may not start"):
        answers(house, AskStatus(), Peer(bo, trusted=False))
    assert answers(house, VISMA, Peer("anna", trusted=False))[-2]["code"] == 0


def test_an_administrator_of_the_machine_without_a_user_acts_under_their_own_name(house: House) -> None:
    """The report says which."""
    answers(house, VISMA, Peer("erik", trusted=False))
    assert house.runs()[0].who == "os:erik"


@pytest.mark.usefixtures("bo")
def test_only_root_and_the_owner_act_as_somebody_else(house: House) -> None:
    """Everybody may say that they are who they are."""
    for wished in ("anna", "bo"):
        with pytest.raises(NotAllowedError, match=f"You may not act as {wished}"):
            answers(house, AskSync(login=wished), Peer("erik", trusted=False))
    assert answers(house, AskSync(login="anna"), Peer("anna", trusted=False))[-1]["tell"] == "done"
    with pytest.raises(NotAllowedError, match="You may not start"):
        answers(house, AskSync(login="bo"), Peer("root", trusted=True))
    with pytest.raises(RefusedError, match="There is no user nobody"):
        answers(house, AskSync(login="nobody"), Peer("root", trusted=True))


def test_a_user_who_was_deactivated_is_nobody_else_either(house: House, bo: str) -> None:
    """Their account on the machine does not make them an administrator again."""
    with house.world.store.work() as work:
        found = work.users.find(house.world.group.id, bo)
        assert found is not None
        work.users.set(found.id, active=False)
        work.commit()
    with pytest.raises(NotAllowedError, match="bo is deactivated"):
        answers(house, VISMA, Peer(bo, trusted=False))


def test_the_system_says_who_is_at_the_other_end() -> None:
    """Not the one who asks."""
    one, other = socket.socketpair()
    with one, other:
        assert peer_of(one).trusted
        assert peer_of(one, lambda user: f"user {user}").name == f"user {os.geteuid()}"


# ----- noise


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", b"\n", b'{"syncd": 2}\n', b"x" * (LONGEST_ASK + 1)])
def test_noise_is_refused(house: House, noise: bytes) -> None:
    """And the next person is served."""
    with house.person() as person:
        person.say(noise)
        assert person.hears()["code"] == "protocol"
    assert house.ask(AskStatus())[-1]["tell"] == "done"


def test_who_says_nothing_is_not_waited_for(house: House) -> None:
    house.control.patience = 0.1
    with house.person() as person:
        assert person.rest() == []


def test_who_goes_without_a_word_is_let_go(house: House) -> None:
    with house.person():
        pass
    assert house.ask(AskStatus())[-1]["tell"] == "done"


def test_only_so_many_are_listened_to_at_a_time(house: House) -> None:
    """Whoever comes too many is told at once."""
    house.control.most = 1
    with house.person() as first:
        until(house.control._present)
        with house.person() as second:
            assert second.hears()["code"] == "crowded"
        first.say(line_of(AskStatus()))
        first.until("done")
    until(lambda: not house.control._present())
    assert house.ask(AskStatus())[-1]["tell"] == "done"


@pytest.mark.usefixtures("own_logging")
def test_a_fault_of_ours_is_told_as_one_and_ends_nothing(house: House) -> None:
    broken = threading.Event()

    def standing(_group: int) -> dict[str, Any]:
        if not broken.is_set():
            broken.set()
            raise ZeroDivisionError
        return {}

    house.desk.standing = standing
    (refused,) = house.ask(AskStatus())
    assert refused["code"] == "fault"
    assert house.ask(AskStatus())[-1]["tell"] == "done"


def test_without_a_connection_there_is_nothing_to_run(world: World, house: House) -> None:
    with world.store.work() as work:
        while work.connections.remove_part(world.connection_id, 100):
            work.commit()
        work.commit()
    assert house.ask(AskSync())[0]["message"] == "There is no connection yet."


# ----- the socket itself


def test_a_socket_of_our_own_is_its_owners_alone(house: House) -> None:
    assert house.path.stat().st_mode & 0o777 == 0o600


@on_sqlite
def test_what_a_dead_daemon_left_is_taken_away_and_a_living_one_is_not(world: World, tmp_path: Path) -> None:
    first, second = House(world, tmp_path), House(world, tmp_path)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(first.path))
    first.open()
    try:
        with pytest.raises(ConfigurationError, match="another process listens"):
            second.control.start()
        second.control.stop()
        assert first.ask(AskStatus())[-1]["tell"] == "done"
    finally:
        first.close()


@on_sqlite
def test_a_path_that_cannot_be_used_is_named(world: World, tmp_path: Path) -> None:
    house = House(world, tmp_path)
    (tmp_path / "file").write_text("")
    for path, reason in ((tmp_path / ("x" * 108), "too long"), (tmp_path / "file" / "x.sock", "cannot be used")):
        house.control.path = path
        with pytest.raises(ConfigurationError, match=f"control.socket: .* {reason}"):
            house.control.start()


@on_sqlite
def test_systemds_socket_stays_where_it_is(world: World, tmp_path: Path) -> None:
    """Whoever comes while the service is started anew waits there."""
    house = House(world, tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(house.path))
        listener.listen(5)
        house.control.given = listener.dup()
        house.open()
        assert house.ask(AskStatus())[-1]["tell"] == "done"
        house.close()
        with house.person() as waiting:
            waiting.say(line_of(AskStatus()))
            again = House(world, tmp_path)
            again.control.given = listener.dup()
            again.open()
            waiting.until("done")
            again.close()
    assert house.path.exists()
