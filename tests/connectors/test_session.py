"""A connection's tokens: renewed in time, stored first, by one hand at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import respx
from typing_extensions import override

from syncd.connectors.oauth import Client, OAuth
from syncd.connectors.session import TokenSession
from syncd.connectors.visma_eaccounting import oauth
from syncd.errors import NeedsConsentError, StopError, TryLaterError
from syncd.sandbox import Fault, Sandbox, Switches
from syncd.values.tokens import Tokens
from tests.connectors.visma import Shelf, Told, consented, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN_PATH = "/identity/connect/token"


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def server(sandbox: Sandbox, watch: Watch) -> Iterator[OAuth]:
    made = oauth(settings_of(sandbox), watch)
    yield made
    made.close()


@pytest.fixture
def shelf(sandbox: Sandbox) -> Shelf:
    return consented(sandbox)


@pytest.fixture
def session(server: OAuth, shelf: Shelf, watch: Watch) -> TokenSession:
    return TokenSession(server, shelf, watch, stop=Told())


def test_a_new_connection_gets_its_first_token(session: TokenSession, shelf: Shelf) -> None:
    """A pasted refresh token is enough to begin, and its successor is stored."""
    access = session.access_token()
    assert shelf.tokens is not None
    assert (shelf.tokens.access_token, shelf.saved) == (access, 1)
    assert session.access_token() == access
    assert session.requests == 1


def test_a_token_is_renewed_ahead_of_its_end(session: TokenSession, watch: Watch) -> None:
    """No request goes out with a token that ends underway."""
    first = session.access_token()
    watch.now += 3600 - 121
    assert session.access_token() == first
    watch.now += 2
    assert session.access_token() != first


def test_a_token_that_another_process_renewed_is_used(session: TokenSession, shelf: Shelf, watch: Watch) -> None:
    """Two processes do not spend each other's refresh token."""
    session.access_token()
    watch.now += 3600
    shelf.tokens = Tokens("theirs", "next", watch.now + 3600)
    assert session.access_token() == "theirs"
    assert session.requests == 1


def test_a_token_that_is_renewed_while_waiting_for_the_lock_is_used(
    sandbox: Sandbox, server: OAuth, watch: Watch
) -> None:
    """Whoever comes second finds the work done."""

    class Slow(Shelf):
        loads = 0

        @override
        def load(self) -> Tokens | None:
            self.loads += 1
            if self.loads == 2:
                self.tokens = Tokens("theirs", "next", watch.now + 3600)
            return super().load()

    session = TokenSession(server, Slow(Tokens("", sandbox.issue_refresh_token(), 0.0)), watch)
    assert session.access_token() == "theirs"
    assert session.requests == 0


def test_threads_renew_once(session: TokenSession, shelf: Shelf) -> None:
    """Ten workers that need a token at once ask for one."""
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(session.access_token())) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == shelf.saved == 1


def test_a_refused_token_is_replaced_once(session: TokenSession) -> None:
    """Workers whose token was refused together share the next one."""
    refused = session.access_token()
    renewed = session.renewed(refused)
    assert renewed != refused
    assert session.renewed(refused) == renewed
    assert session.requests == 2


def test_a_first_refused_token_is_replaced(session: TokenSession) -> None:
    """Also a session that has not used a token yet can be told to get another one."""
    assert session.renewed("unknown")


def test_tokens_are_stored_before_they_are_used(sandbox: Sandbox, server: OAuth, watch: Watch) -> None:
    """When storing fails, the new token is not used behind the store's back."""

    class Full(Shelf):
        @override
        def renew(self, spent: str, tokens: Tokens) -> bool:
            del spent, tokens
            raise OSError("disk full")

    session = TokenSession(server, Full(Tokens("", sandbox.issue_refresh_token(), 0.0)), watch)
    with pytest.raises(OSError, match="disk full"):
        session.access_token()
    assert session._tokens is None


def test_without_consent_nothing_is_asked(server: OAuth, watch: Watch) -> None:
    """A connection that nobody authorized says so."""
    for tokens in (None, Tokens("", "", 0.0)):
        with pytest.raises(NeedsConsentError):
            TokenSession(server, Shelf(tokens), watch).access_token()
    assert server.requests == 0


def test_an_ended_consent_is_not_asked_for_again_and_again(
    sandbox: Sandbox, session: TokenSession, shelf: Shelf
) -> None:
    """A changed password leads to one refused refresh, not to a storm of them."""
    sandbox.kill_tokens()
    for _ in range(3):
        with pytest.raises(NeedsConsentError):
            session.access_token()
    assert session.requests == 1
    shelf.tokens = Tokens("", sandbox.issue_refresh_token(), 0.0)
    assert session.access_token()


@pytest.mark.parametrize("kind", ["error_503", "refuse", "html", "cut_json", "timeout_before"])
def test_a_lost_refresh_is_asked_for_once_more(sandbox: Sandbox, session: TokenSession, kind: str) -> None:
    """When the identity server hiccups, the run goes on where the token can still be renewed."""
    sandbox.switches = Switches(refresh_reuse="grace")
    sandbox.faults.add(Fault(kind, path=TOKEN_PATH, seconds=0.05))
    assert session.access_token()
    assert session.requests == 2


def test_a_lost_answer_that_spent_the_token_needs_consent(sandbox: Sandbox, session: TokenSession) -> None:
    """Answered but not stored: nothing is lost but the consent, and that is said."""
    sandbox.faults.add(Fault("timeout_after", path=TOKEN_PATH, seconds=0.05))
    with pytest.raises(NeedsConsentError):
        session.access_token()


def test_an_identity_server_that_stays_down_is_for_later(sandbox: Sandbox, session: TokenSession) -> None:
    """The consent is kept: the next run tries again."""
    sandbox.faults.add(Fault("error_503", path=TOKEN_PATH, times=2))
    with pytest.raises(TryLaterError):
        session.access_token()
    assert session.access_token()


@respx.mock
def test_a_short_lived_token_is_used_for_half_its_life(watch: Watch) -> None:
    """Tokens that live for a minute are not renewed at every request."""
    route = respx.post("https://identity.example.com/connect/token").respond(
        json={"access_token": "a", "refresh_token": "r", "expires_in": 60}
    )
    server = OAuth(Client("https://identity.example.com/", "id", "secret"), watch)
    session = TokenSession(server, Shelf(Tokens("", "old", 0.0)), watch)
    session.access_token()
    watch.now += 29
    session.access_token()
    assert route.call_count == 1
    watch.now += 2
    session.access_token()
    assert route.call_count == 2
    session.close()


class KilledError(BaseException):
    """The process was killed here."""


class Mortal(Shelf):
    """A store whose process is killed at one step; what was stored stays stored."""

    def __init__(self, tokens: Tokens, step: int | None) -> None:
        super().__init__(tokens)
        self.left = step

    def _step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KilledError

    @override
    def ready(self) -> None:
        self._step()
        super().ready()
        self._step()

    @override
    def renew(self, spent: str, tokens: Tokens) -> bool:
        self._step()
        renewed = super().renew(spent, tokens)
        self._step()
        return renewed


@pytest.mark.parametrize("vendor", [Switches(refresh_reuse=one) for one in ("reject", "grace", "revoke_family")])
@pytest.mark.parametrize(("step", "lost"), [(0, False), (1, False), (2, True), (3, False)])
def test_a_kill_between_any_two_steps_ends_in_a_token_or_in_asking_for_consent(
    sandbox: Sandbox, server: OAuth, watch: Watch, vendor: Switches, step: int, *, lost: bool
) -> None:
    """Only the moment between answer and storing can cost the consent, and only with a strict vendor."""
    sandbox.switches = vendor
    shelf = Mortal(Tokens("", sandbox.issue_refresh_token(), 0.0), step)
    with pytest.raises(KilledError):
        TokenSession(server, shelf, watch).access_token()
    shelf.left = None
    after = TokenSession(server, shelf, watch)
    if lost and vendor.refresh_reuse != "grace":
        for _ in range(3):
            with pytest.raises(NeedsConsentError):
                after.access_token()
        assert server.requests == 2, "no storm"
    else:
        assert after.access_token()
        assert shelf.tokens is not None
        assert shelf.tokens.access_token == after.access_token()


def test_nothing_is_asked_for_that_could_not_be_stored(sandbox: Sandbox, server: OAuth, watch: Watch) -> None:
    """A full disk shows before the refresh token is spent: once there is room, the consent is still good."""

    class Full(Shelf):
        is_full = True

        @override
        def ready(self) -> None:
            if self.is_full:
                raise TryLaterError("disk full")

    shelf = Full(Tokens("", sandbox.issue_refresh_token(), 0.0))
    session = TokenSession(server, shelf, watch)
    with pytest.raises(TryLaterError):
        session.access_token()
    assert server.requests == 0
    shelf.is_full = False
    assert session.access_token()


def test_tokens_that_were_given_are_stored_at_a_second_try(sandbox: Sandbox, server: OAuth, watch: Watch) -> None:
    """A database that is busy for a moment does not cost the consent, nor does a program that is to end."""

    class Busy(Shelf):
        @override
        def renew(self, spent: str, tokens: Tokens) -> bool:
            del spent
            self.saved += 1
            if self.saved == 1:
                raise TryLaterError("busy")
            self.tokens = tokens
            return True

    shelf = Busy(Tokens("", sandbox.issue_refresh_token(), 0.0))
    assert TokenSession(server, shelf, watch).access_token()
    assert shelf.tokens is not None
    assert (shelf.saved, bool(shelf.tokens.access_token)) == (2, True)


def test_a_token_that_somebody_else_spent_meanwhile_is_no_ended_consent(
    sandbox: Sandbox, server: OAuth, watch: Watch
) -> None:
    """A lock was lost and two processes renewed at once: the slower one takes what the quicker one stored."""

    class Overtaken(Shelf):
        @override
        def ready(self) -> None:
            assert self.tokens is not None
            self.tokens = server.refresh(self.tokens.refresh_token)

    shelf = Overtaken(Tokens("", sandbox.issue_refresh_token(), 0.0))
    session = TokenSession(server, shelf, watch)
    assert shelf.tokens is not None
    assert session.access_token() == shelf.tokens.access_token
    assert server.requests == 2


@pytest.mark.parametrize("access", [True, False])
def test_a_consent_given_during_a_renewal_is_kept(
    sandbox: Sandbox, server: OAuth, watch: Watch, *, access: bool
) -> None:
    """What the old one still gave is not stored over it: the next run would find a consent that has ended."""
    consented = Tokens("", sandbox.issue_refresh_token(), 0.0)
    if access:
        consented = server.refresh(consented.refresh_token)

    class Visited(Shelf):
        visits = 0

        @override
        def renew(self, spent: str, tokens: Tokens) -> bool:
            self.visits += 1
            if self.visits == 1:
                self.tokens = consented
            return super().renew(spent, tokens)

    shelf = Visited(Tokens("", sandbox.issue_refresh_token(), 0.0))
    session = TokenSession(server, shelf, watch)
    token = session.access_token()
    assert shelf.tokens is not None
    assert token == shelf.tokens.access_token
    if access:
        assert shelf.tokens == consented
    session.renewed(token)
    assert shelf.tokens.refresh_token


def test_a_program_that_is_to_end_spends_no_token(session: TokenSession) -> None:
    """Nothing is begun that might not be finished (S-57)."""
    session._stop = Told(after=0)
    with pytest.raises(StopError) as caught:
        session.access_token()
    assert (caught.value.code, session.requests) == ("interrupted", 0)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_was_wrong_and_is_set_right_does_no_harm(
    server: OAuth, shelf: Shelf, watch: Watch, hours: int
) -> None:
    """A token that looks good for hours is renewed when it is refused, one that looks ended is renewed at once."""
    watch.now += hours * 3600
    first = TokenSession(server, shelf, watch).access_token()
    watch.now -= hours * 3600
    after = TokenSession(server, shelf, watch)
    token = after.access_token()
    assert (token == first) == (hours > 0)
    assert after.renewed(token) != token
    assert server.requests == (2 if hours > 0 else 3)
