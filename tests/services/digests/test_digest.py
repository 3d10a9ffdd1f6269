"""What administrators are mailed of, once per matter (S-84)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.questions import Question
from syncd.ports.people import NewUser
from syncd.services.digests import has_news, reasons, write_digests
from syncd.services.mail.queue import STATES
from syncd.web.pages.run_words import BRAKES
from tests.crashing import KilledError, MortalStore, Steps

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.mail import Queued
    from syncd.ports.people import UserInfo
    from syncd.store.uow import Store

PHONE = Question("field", "customer:1", "1001", "Åkes Bygg AB", "both sides changed phone", "phone", "a", "b", "c")
HELD = {"code": "first_run", "codes": ["first_run"], "message": "first run: 18 customers would change", "remedy": "x"}


@pytest.fixture
def anna(store: Store, admin: UserInfo) -> UserInfo:
    """The administrator, with an address."""
    with store.work() as work:
        made = work.users.set(admin.id, email="anna@example.com")
        work.commit()
    return made


@pytest.fixture
def connection(store: Store, group: GroupInfo, anna: UserInfo) -> int:
    assert anna.email
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def ask(store: Store, connection: int, *questions: Question) -> None:
    with store.work() as work:
        for question in questions:
            work.conflicts.ask(connection, question, None)
        work.commit()


def run(store: Store, connection: int, status: str, error: dict[str, Any] | None = None) -> None:
    with store.work() as work:
        work.runs.finish(
            work.runs.start(connection, "incremental", trigger="manual", who="anna"), status=status, error=error
        )
        work.commit()


def needs(store: Store, connection: int, state: str, **attention: str) -> None:
    with store.work() as work:
        work.connections.save(connection, state=state, attention=attention)
        work.commit()


def mails(store: Store, group: GroupInfo) -> list[Queued]:
    with store.reading() as work:
        return list(reversed(work.outbox.list(group.id, STATES, 1000)))


def told(store: Store, group: GroupInfo, url: str | None = None) -> list[Queued]:
    """What is written now and was not before."""
    before = len(mails(store, group))
    with store.reading() as work:
        expected = has_news(work)
    write_digests(store, url)
    found = mails(store, group)[before:]
    assert expected or not found
    return found


def test_one_conflict_is_told_once(store: Store, group: GroupInfo, connection: int) -> None:
    """However often it is seen, and whatever its sides show meanwhile."""
    ask(store, connection, PHONE)
    (mail,) = told(store, group)
    assert (mail.login, mail.to, mail.subject) == ("anna", "anna@example.com", "Rör och Värme: 1 new conflict")
    assert mail.body == (
        "visma\n=====\n\n"
        "1 new conflict (1 open in all):\n"
        "  The two sides differ: 1001\n"
        "Answer: syncd conflicts list --connection visma\n\n-- \n"
        "This is a message from syncd for Rör och Värme. Each matter is told once, until it changes. "
        "To get no more mails:\nsyncd user set anna email_notices=no\n"
    )
    assert "Åkes" not in mail.body
    ask(store, connection, replace(PHONE, register="newer"))
    assert told(store, group) == []


def test_what_is_new_of_one_moment_is_one_mail(store: Store, group: GroupInfo, connection: int) -> None:
    """Conflicts, a held run and a connection that needs somebody, of all connections."""
    with store.work() as work:
        other = work.connections.add(group.id, "fortnox", "visma_eaccounting").id
        work.connections.save(other, company={"name": "Bolaget AB"})
        work.commit()
    missing = Question("missing_in_accounting", "customer:9", "1009", None, "is gone")
    ask(store, connection, PHONE, missing, replace(PHONE, subject="remote:x", number=None))
    run(store, connection, "held", HELD)
    needs(store, other, "needs_consent", code="invalid_grant", message="consent has ended", remedy="Authorize again.")
    (mail,) = told(store, group, "https://syncd.example.com/")
    assert mail.subject == "Rör och Värme: fortnox needs consent, a run is held, 3 new conflicts"
    for part in (
        "fortnox (Bolaget AB)\n====================\n\nIt cannot run before somebody gives consent again.\n",
        "Reason: consent has ended\nWhat helps: Authorize again.\n",
        "A run is held; nothing was written. Reason: first run: 18 customers would\nchange.\n",
        "Approve exactly this plan: syncd sync visma --approve\n",
        "3 new conflicts (3 open in all):\n",
        "  The two sides differ: 1001, without a number\n  Gone in accounting: 1009\n",
        "Admin console: https://syncd.example.com/\n",
    ):
        assert part in mail.body
    assert told(store, group) == []


def test_a_later_conflict_is_told_alone(store: Store, group: GroupInfo, connection: int) -> None:
    """Beside how many wait in all."""
    ask(store, connection, PHONE)
    told(store, group)
    ask(store, connection, replace(PHONE, subject="customer:2", number="1002"))
    (mail,) = told(store, group)
    assert "1 new conflict (2 open in all):\n  The two sides differ: 1002\n" in mail.body


def test_an_answered_conflict_that_is_open_again_is_told_again(store: Store, group: GroupInfo, connection: int) -> None:
    """Also when nobody looked in between: whoever answered believes it is settled."""
    ask(store, connection, PHONE)
    told(store, group)
    with store.work() as work:
        (conflict,) = work.conflicts.pending(connection)
        work.conflicts.resolve(conflict.id, "anna", {"answer": "register"})
        work.commit()
    ask(store, connection, PHONE)
    assert len(told(store, group)) == 1
    assert told(store, group) == []


def test_a_held_run_is_told_until_another_brake_holds_it(store: Store, group: GroupInfo, connection: int) -> None:
    """Not at every run, not for a plan that grew, not for a dry run; once it was carried out, the next one is news."""
    run(store, connection, "planned", HELD)
    assert told(store, group) == []
    run(store, connection, "held", HELD)
    assert len(told(store, group)) == 1
    run(store, connection, "held", {**HELD, "message": "first run: 20 customers would change"})
    run(store, connection, "failed", {"code": "unreachable"})
    run(store, connection, "planned", HELD)
    assert told(store, group) == []
    run(store, connection, "held", {**HELD, "codes": ["first_run", "empty_side"]})
    assert len(told(store, group)) == 1
    run(store, connection, "succeeded")
    assert told(store, group) == []
    run(store, connection, "held", HELD)
    assert len(told(store, group)) == 1


def test_a_connection_is_told_of_until_it_needs_another_thing(store: Store, group: GroupInfo, connection: int) -> None:
    """One that was just added is not told of: whoever added it knows."""
    assert told(store, group) == []
    needs(store, connection, "needs_attention", code="licence", message="no licence for customer 811228-9874")
    (mail,) = told(store, group)
    assert mail.subject == "Rör och Värme: visma needs attention"
    assert "811228-****" in mail.body
    needs(store, connection, "needs_attention", code="licence", message="no licence")
    assert told(store, group) == []
    needs(store, connection, "needs_attention", code="scope", message="no right")
    assert len(told(store, group)) == 1
    needs(store, connection, "ready")
    assert told(store, group) == []
    needs(store, connection, "needs_attention", code="scope", message="no right")
    assert len(told(store, group)) == 1


def test_administrators_with_an_address_are_told_if_they_want(
    store: Store, group: GroupInfo, anna: UserInfo, connection: int
) -> None:
    """Each of them; while there is none nothing counts as told, and the first one hears it all."""
    with store.work() as work:
        for login in ("eva", "off", "gone", "kalle"):
            work.users.add(group.id, NewUser(login, login, f"{login}@example.com", administrator=login != "kalle"))
        work.users.set(anna.id, email_notices=False)
        for user in work.users.list(group.id):
            if user.login != "anna":
                work.users.set(user.id, active=False)
        work.commit()
    ask(store, connection, PHONE)
    assert told(store, group) == []
    with store.work() as work:
        for user in work.users.list(group.id):
            work.users.set(user.id, active=user.login != "gone", email_notices=user.login != "off")
        work.commit()
    assert [mail.login for mail in told(store, group)] == ["anna", "eva"]


def test_groups_are_told_of_their_own(store: Store, group: GroupInfo, connection: int) -> None:
    """And in their own language."""
    with store.work() as work:
        other = work.groups.create("Another")
        boss = work.users.add(other.id, NewUser("bo", "Bo", email="bo@example.com", administrator=True))
        work.groups.set_settings(other.id, {"language": "sv"})
        second = work.connections.add(other.id, "visma", "visma_eaccounting").id
        work.commit()
    ask(store, connection, PHONE)
    assert len(told(store, group)) == 1
    assert mails(store, other) == []
    ask(store, second, PHONE, replace(PHONE, field="email"))
    run(store, second, "held", HELD)
    assert told(store, group) == []
    (mail,) = mails(store, other)
    assert (mail.login, mail.subject) == (boss.login, "Another: en körning hålls, 2 nya konflikter")
    assert "Sidorna skiljer sig åt: 1001\n" in mail.body
    assert "Orsak: den första körningens plan" in mail.body


def test_every_brake_has_its_reason_in_swedish() -> None:
    """The same brakes as in the console; another one is told in English, and said to be."""
    assert reasons.SWEDISH.keys() == BRAKES.keys() - {"other"}
    unknown = {"codes": ["first_run", "new"], "message": "why"}
    assert [reasons.reason(unknown, language) for language in ("sv", "en")] == [("why", False), ("why", True)]


def test_a_digest_that_was_not_committed_is_written_by_the_next_process(
    store: Store, group: GroupInfo, connection: int
) -> None:
    """What is told and what counts as told are one commit."""
    ask(store, connection, PHONE)

    dying: Any = MortalStore(store, Steps(due="before commit"))
    with pytest.raises(KilledError):
        write_digests(dying)
    assert mails(store, group) == []
    assert len(told(store, group)) == 1


def test_very_many_conflicts_are_counted(store: Store, group: GroupInfo, connection: int) -> None:
    """Fifty numbers of a kind are named, the rest is counted."""
    ask(store, connection, *(replace(PHONE, subject=f"customer:{n}", number=str(n)) for n in range(1000, 1600)))
    (mail,) = told(store, group)
    assert mail.subject == "Rör och Värme: 600 new conflicts"
    assert "1049, and 550 more" in mail.body.replace("\n    ", " ")
    with store.work() as work:
        work.conflicts.close([one.id for one in work.conflicts.pending(connection)])
        work.commit()
    assert told(store, group) == []
    with store.reading() as work:
        assert work.told.read(group.id) == {}
