"""Mails on their way out, over a real mail server, on both databases."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from syncd.connectors.smtp import SmtpServer
from syncd.errors import NotAllowedError
from syncd.ports.mail import NewMessage
from syncd.ports.people import NewUser
from syncd.register.access import Actor
from syncd.services.mail.delivery import Mailer, wait_after
from syncd.services.mail.queue import STATES, list_messages, retry, standing
from tests.postoffice import PostOffice, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo
    from syncd.ports.mail import MailServer, Queued
    from syncd.store.uow import Store
    from tests.conftest import TickingClock

THREE_DAYS = timedelta(days=3)


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as made:
        yield made


def server_of(post: PostOffice, timeout: float = 20) -> SmtpServer:
    return SmtpServer("127.0.0.1", post.port, "none", "syncd@example.com", lambda: 0.0, timeout=timeout)


class Sender:
    """A process that sends, with a clock that tests can move."""

    def __init__(self, store: Store, clock: TickingClock, server: MailServer | None) -> None:
        self.clock, self.stop = clock, threading.Event()
        self.mailer = Mailer(store, server, clock, self._seconds, self.stop, THREE_DAYS)

    def _seconds(self) -> float:
        return self.clock.moment.timestamp()

    def __call__(self, later: timedelta = timedelta(), **how: Any) -> tuple[int, int]:  # noqa: ANN401
        self.clock.moment += later
        done = self.mailer.deliver_due(**how)
        return done.sent, done.failed


@pytest.fixture
def sender(store: Store, clock: TickingClock, post: PostOffice) -> Sender:
    return Sender(store, clock, server_of(post))


def queue(store: Store, group: GroupInfo, *keys: str, **how: Any) -> None:  # noqa: ANN401
    with store.work() as work:
        for key in keys:
            known = {"address": "eva@example.com", **how}
            work.outbox.add(group.id, NewMessage("test", key, f"Ämne {key}", f"Text {key}\n", **known))
        work.commit()


def outbox(store: Store, group: GroupInfo) -> dict[str, Queued]:
    with store.reading() as work:
        return {one.key: one for one in work.outbox.list(group.id, STATES, 1000)}


def states(store: Store, group: GroupInfo) -> dict[str, tuple[str, int]]:
    return {key: (one.state, one.attempts) for key, one in outbox(store, group).items()}


def test_a_message_is_sent_once(store: Store, group: GroupInfo, post: PostOffice, sender: Sender) -> None:
    """Later rounds send nothing; what was sent keeps neither subject nor text."""
    queue(store, group, "a", "b")
    assert sender() == (2, 0)
    assert [sender(later) for later in (timedelta(), timedelta(days=1))] == [(0, 0), (0, 0)]
    assert [text_of(letter) for letter in post.letters] == ["Text a\n", "Text b\n"]
    assert post.connections == 1
    sent = outbox(store, group)["a"]
    assert (sent.state, sent.subject, sent.body, sent.last_error) == ("sent", "", "", None)
    assert sent.sent_at is not None


def test_one_thing_is_told_once(store: Store, group: GroupInfo, post: PostOffice, sender: Sender) -> None:
    """However often it is queued under its key, also after it was sent."""
    queue(store, group, "a", "a")
    sender()
    queue(store, group, "a")
    sender()
    assert len(post.letters) == 1


def test_a_change_that_is_not_committed_tells_nobody(store: Store, group: GroupInfo, sender: Sender) -> None:
    """The message is part of the change."""
    with store.work() as work:
        work.outbox.add(group.id, NewMessage("test", "a", "x", "y", address="eva@example.com"))
    assert (sender(), outbox(store, group)) == ((0, 0), {})


def test_a_server_that_is_down_keeps_nothing_but_time(
    store: Store, group: GroupInfo, clock: TickingClock, post: PostOffice
) -> None:
    """Everything waits, longer each time, and goes out when the server is back."""
    with PostOffice() as gone:
        sender = Sender(store, clock, server_of(gone))
    queue(store, group, "a", "b")
    done = sender.mailer.deliver_due()
    assert done.error is not None
    assert states(store, group) == {"a": ("waiting", 1), "b": ("waiting", 1)}
    assert sender() == (0, 0)
    sender(timedelta(minutes=1))
    assert states(store, group)["b"] == ("waiting", 2)
    sender(timedelta(minutes=1))
    assert states(store, group)["b"] == ("waiting", 2)
    assert str(outbox(store, group)["a"].last_error).startswith("the mail server cannot be used: Connection refused")
    assert Sender(store, clock, server_of(post))(timedelta(minutes=1)) == (2, 0)


def test_what_cannot_be_sent_is_given_up_at_last(
    store: Store, group: GroupInfo, actor: Actor, clock: TickingClock, post: PostOffice
) -> None:
    """After the time that the configuration gives, and it shows; an administrator can have it tried again."""
    with PostOffice() as gone:
        sender = Sender(store, clock, server_of(gone))
    queue(store, group, "old")
    sender()
    clock.moment += THREE_DAYS
    queue(store, group, "young")
    sender()
    assert states(store, group) == {"old": ("given_up", 2), "young": ("waiting", 1)}
    stands = standing(store, group.id)
    assert (stands.waiting, stands.given_up, stands.oldest) == (1, 1, outbox(store, group)["young"].queued_at)
    assert [one.key for one in list_messages(store, actor, group.id)] == ["young", "old"]
    assert retry(store, actor, group.id) == 2
    assert Sender(store, clock, server_of(post))() == (2, 0)
    assert text_of(post.letters[-1]) == "Text old\n"


def test_a_refused_message_is_given_up_at_once(
    store: Store, group: GroupInfo, post: PostOffice, sender: Sender
) -> None:
    """Trying again is pointless; the others are sent."""
    post.answers["nobody@example.com"] = "550 no such person"
    queue(store, group, "bad", address="nobody@example.com")
    queue(store, group, "good")
    assert sender() == (1, 1)
    assert states(store, group) == {"bad": ("given_up", 1), "good": ("sent", 1)}
    assert outbox(store, group)["bad"].last_error == "the mail server refused the letter (550)"


def test_a_full_mailbox_is_tried_later(store: Store, group: GroupInfo, post: PostOffice, sender: Sender) -> None:
    """And holds up nobody else's mail."""
    post.answers["full@example.com"] = "452 mailbox full"
    queue(store, group, "full", address="full@example.com")
    queue(store, group, "good")
    assert sender() == (1, 1)
    assert states(store, group)["full"] == ("waiting", 1)
    post.answers.clear()
    assert sender() == (0, 0)
    assert sender(timedelta(minutes=1)) == (1, 0)


@pytest.mark.parametrize("fault", ["hang", "cut"])
def test_a_message_that_breaks_the_line_does_not_block_the_others(
    store: Store, group: GroupInfo, clock: TickingClock, post: PostOffice, fault: str
) -> None:
    """The next round begins with those that were tried least."""
    setattr(post, fault, "evil@example.com")
    queue(store, group, "evil", address="evil@example.com")
    queue(store, group, "b", "c")
    sender = Sender(store, clock, server_of(post, timeout=4))
    assert sender() == (0, 1)
    assert states(store, group) == {"evil": ("waiting", 1), "b": ("waiting", 0), "c": ("waiting", 0)}
    assert sender() == (0, 0)
    assert sender(timedelta(minutes=5)) == (2, 1)


def test_a_letter_whose_receipt_was_lost_is_recognised_when_it_comes_again(
    store: Store, group: GroupInfo, post: PostOffice, sender: Sender
) -> None:
    """The only way to be sent twice: the server took it and the line broke. Both letters have one Message-ID."""
    post.cut = "taken"
    queue(store, group, "a")
    assert sender() == (0, 1)
    post.cut = None
    assert sender(timedelta(minutes=1)) == (1, 0)
    first, second = post.letters
    assert first["Message-ID"] == second["Message-ID"]


class KilledError(BaseException):
    """The process was killed here."""


class DiesAfter:
    """A mail server's session whose process is killed right after a letter was taken."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    @contextmanager
    def session(self) -> Iterator[DiesAfter]:
        with self._server.session() as self._session:
            yield self

    def send(self, letter: Any) -> None:  # noqa: ANN401
        self._session.send(letter)
        raise KilledError


def test_a_killed_process_has_counted_its_attempt(
    store: Store, group: GroupInfo, clock: TickingClock, post: PostOffice, sender: Sender
) -> None:
    """So a message that kills its sender is tried ever less often, and others go first."""
    queue(store, group, "a")
    with pytest.raises(KilledError):
        Sender(store, clock, DiesAfter(server_of(post)))()
    assert states(store, group) == {"a": ("waiting", 1)}
    queue(store, group, "b")
    assert sender() == (1, 0)
    assert sender(timedelta(minutes=1)) == (1, 0)
    assert [text_of(letter) for letter in post.letters] == ["Text a\n", "Text b\n", "Text a\n"]


def test_two_senders_at_once_send_everything_once(
    store: Store, group: GroupInfo, clock: TickingClock, post: PostOffice, sender: Sender
) -> None:
    """One of them works, the other one leaves it to it."""
    queue(store, group, *(str(number) for number in range(60)))
    with store.lock("mail") as got:
        assert got
        assert sender.mailer.deliver_due().busy
    others = [Sender(store, clock, server_of(post)) for _ in range(4)]
    threads = [threading.Thread(target=one) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sender()
    assert sorted(int(text_of(letter)[5:]) for letter in post.letters) == list(range(60))


def test_a_claim_is_got_once(store: Store, group: GroupInfo) -> None:
    """Also when a sender has lost its lock to another one without knowing."""
    queue(store, group, "a")
    (seen,) = outbox(store, group).values()
    with store.work() as work:
        assert work.outbox.claim(seen, seen.next_try)
        assert not work.outbox.claim(seen, seen.next_try)
        work.commit()


class Stale:
    """A store whose readers still see everything as due that was due before."""

    def __init__(self, store: Store, seen: tuple[Queued, ...]) -> None:
        self._store, self._seen = store, [seen, seen]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._store, name)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        with self._store.reading() as work:
            yield SimpleNamespace(groups=work.groups, outbox=self)

    def due(self, _limit: int) -> tuple[Queued, ...]:
        return self._seen.pop() if self._seen else ()


def test_what_somebody_else_claimed_is_left(
    store: Store, group: GroupInfo, clock: TickingClock, post: PostOffice
) -> None:
    """It is not sent a second time."""
    queue(store, group, "a")
    seen = tuple(outbox(store, group).values())
    with store.work() as work:
        assert work.outbox.claim(seen[0], seen[0].next_try)
        work.commit()
    stale: Any = Stale(store, seen)
    assert Sender(stale, clock, server_of(post))() == (0, 0)
    assert post.letters == []


def test_without_a_mail_server_nothing_piles_up(
    store: Store, group: GroupInfo, clock: TickingClock, post: PostOffice
) -> None:
    """What is young waits for one; what grew old is let go and is no failure."""
    queue(store, group, "old")
    clock.moment += THREE_DAYS
    queue(store, group, "young")
    assert Sender(store, clock, None)() == (0, 0)
    assert states(store, group) == {"old": ("dropped", 0), "young": ("waiting", 0)}
    assert outbox(store, group)["old"].body == ""
    assert standing(store, group.id).given_up == 0
    assert Sender(store, clock, server_of(post))() == (1, 0)


def test_a_user_is_written_to_where_the_address_is_now(
    store: Store, group: GroupInfo, post: PostOffice, sender: Sender
) -> None:
    """Whoever has none, left, or wants no mail is not written to."""
    with store.work() as work:
        ids = {
            name: work.users.add(group.id, NewUser(name, name, email=f"{name}@old.example")).id
            for name in ("moved", "none", "left", "silent")
        }
        work.commit()
    for name, user_id in ids.items():
        queue(store, group, name, user_id=user_id, address=None)
    with store.work() as work:
        work.users.set(ids["moved"], email="moved@new.example")
        work.users.set(ids["none"], email=None)
        work.users.set(ids["left"], active=False)
        work.users.set(ids["silent"], email_notices=False)
        work.commit()
    assert sender() == (1, 3)
    assert post.envelopes[0][1] == ["moved@new.example"]
    assert {key: state for key, (state, _) in states(store, group).items()} == {
        "moved": "sent", "none": "dropped", "left": "dropped", "silent": "dropped",
    }  # fmt: skip


def test_a_sender_stops_when_asked_or_when_its_time_is_over(
    store: Store, group: GroupInfo, post: PostOffice, sender: Sender
) -> None:
    """Between two letters; the rest is sent by a later one."""
    queue(store, group, *(str(number) for number in range(30)))
    sent, _ = sender(most_seconds=20)
    assert 0 < sent < 30
    sender.stop.set()
    assert sender() == (0, 0)
    sender.stop.clear()
    assert sender() == (30 - sent, 0)
    assert len(post.letters) == 30


def test_what_is_done_with_is_forgotten_after_a_month(store: Store, group: GroupInfo, sender: Sender) -> None:
    """When the next round comes by."""
    queue(store, group, "a")
    sender()
    sender.clock.moment += timedelta(days=31)
    queue(store, group, "b")
    sender()
    assert states(store, group) == {"b": ("sent", 1)}


def test_mails_are_looked_after_by_administrators(store: Store, group: GroupInfo, actor: Actor) -> None:
    """And each group sees its own."""
    nobody = Actor("kalle", "Kalle")
    queue(store, group, "a")
    for refused in (list_messages, retry):
        with pytest.raises(NotAllowedError):
            refused(store, nobody, group.id)
    with store.work() as work:
        other = work.groups.create("Another")
        work.commit()
    assert list_messages(store, actor, other.id) == ()
    assert (retry(store, actor, other.id), standing(store, other.id).waiting) == (0, 0)


def test_waiting_grows_up_to_an_hour() -> None:
    """A minute at first, then twice as long each time."""
    assert [wait_after(attempts) / timedelta(minutes=1) for attempts in (1, 2, 3, 6, 7, 1000)] == [1, 2, 4, 32, 60, 60]
