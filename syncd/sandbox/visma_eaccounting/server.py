"""The simulated Visma eAccounting as one object: start it, look into it, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from syncd.sandbox.http import LOOPBACK, HttpServer
from syncd.sandbox.visma_eaccounting.api import Api
from syncd.sandbox.visma_eaccounting.company import Company
from syncd.sandbox.visma_eaccounting.control import Control
from syncd.sandbox.visma_eaccounting.errors import ApiError, QuotaError
from syncd.sandbox.visma_eaccounting.identity import Client, Identity
from syncd.sandbox.visma_eaccounting.state import Keeper
from syncd.sandbox.visma_eaccounting.switches import Switches
from syncd.sandbox.visma_eaccounting.tokens import Grant, Tokens
from syncd.sandbox.visma_eaccounting.world import World
from syncd.sandbox.wire import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.sandbox.clock import Clock
    from syncd.sandbox.faults import Faults
    from syncd.sandbox.wire import Call, RequestLog

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105  guards nothing
SCOPES = ("ea:api", "offline_access", "ea:sales")


class Sandbox:
    """A server on loopback with one company, or several after `add_company`.

    Use it as a context manager, or call `start` and `stop`. With `state` it goes on where
    the last server with that file ended.
    """

    def __init__(
        self,
        *,
        switches: Switches | None = None,
        company: Company | None = None,
        port: int = 0,
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.world = World()
        self.world.switches = switches or Switches()
        if clock is not None:
            self.world.clock = clock
        self.companies = [company or Company()]
        self.company.world = self.world
        self.client = Client(CLIENT_ID, CLIENT_SECRET)
        self.tokens = Tokens(self.world)
        self.api = Api(self.world, self.tokens)
        self.identity = Identity(self.world, self.tokens, self.client, self.companies)
        self.control = Control(self)
        self.server = HttpServer(self, self.clock, port)
        self.keeper = Keeper(self, state)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Load the state, if any, and listen; after a stop on the same port as before."""
        self.keeper.load()
        self.server.start()
        self.identity.issuer = self.identity_url.rstrip("/")
        self.keeper.start()

    def stop(self) -> None:
        """Cut every connection, and save."""
        self.server.stop()
        self.keeper.stop()

    @property
    def company(self) -> Company:
        """The default company."""
        return self.companies[0]

    @property
    def clock(self) -> Clock:
        """The server's clock."""
        return self.world.clock

    @property
    def switches(self) -> Switches:
        """How the server behaves; may be replaced at any time."""
        return self.world.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self.world.switches = switches

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://{LOOPBACK}:{self.server.port}/"

    @property
    def api_url(self) -> str:
        """The API's base address, as a client's configuration names it."""
        return f"{self.url}v2/"

    @property
    def identity_url(self) -> str:
        """The identity server's base address."""
        return f"{self.url}identity/"

    @property
    def client_id(self) -> str:
        """The registered client."""
        return self.client.id

    @property
    def client_secret(self) -> str:
        """Its secret."""
        return self.client.secret

    @property
    def faults(self) -> Faults:
        """What will go wrong."""
        return self.server.faults

    @property
    def requests(self) -> RequestLog:
        """What was asked so far."""
        return self.server.requests

    def clear_requests(self) -> None:
        """Forget what was asked."""
        self.server.requests.clear()

    def add_company(self, name: str = "Andra bolaget AB") -> Company:
        """One more company that the same user can consent to."""
        company = Company(name, self.world)
        self.companies.append(company)
        return company

    def issue_refresh_token(self, company: Company | None = None, scopes: tuple[str, ...] = SCOPES) -> str:
        """A refresh token as if the default user had just consented."""
        return self.tokens.issue_refresh(Grant.new(company or self.company, scopes))

    def issue_access_token(self, company: Company | None = None, scopes: tuple[str, ...] = SCOPES) -> str:
        """An access token as if the default user had just consented."""
        return self.tokens.issue_access(Grant.new(company or self.company, scopes))

    def kill_tokens(self) -> None:
        """The user changed the password (facts §2): every token is dead."""
        self.tokens.kill()

    def expire_access_tokens(self) -> None:
        """Every access token is too old; refresh tokens live on."""
        self.tokens.expire_access()

    def reset(self) -> None:
        """Begin anew: one empty company, no tokens, faults or log, default switches."""
        self.companies[:] = [Company(world=self.world)]
        self.kill_tokens()
        self.faults.clear()
        self.clear_requests()
        self.api.limit.clear()
        self.switches = Switches()

    def answer(self, call: Call) -> Answer:
        """Answer one call, whichever part of the server it is for."""
        if call.path.startswith("/v2/"):
            answer = self.api.answer(call)
        elif call.path.startswith("/identity/"):
            answer = self.identity.answer(call)
        elif call.path.startswith("/control/"):
            answer = self.control.answer(call)
        else:
            answer = Answer(404)
        self.keeper.note(call)
        return answer

    def refusal(self, status: int, code: int | None = None) -> Answer:
        """The error body for a fault, without carrying anything out."""
        return ApiError(status, code if code is not None else 5000).answer()

    def too_many(self, seconds: int, *, header: bool | None) -> Answer:
        """The answer to too many calls."""
        shown = self.switches.retry_after_header if header is None else header
        return QuotaError(self.switches.rate_limit, seconds, header=shown).answer()
