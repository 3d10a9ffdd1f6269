"""A company's own login service, as the console needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from syncd.errors import NotAllowedError, TryLaterError

if TYPE_CHECKING:
    from collections.abc import Mapping


class LoginServiceError(TryLaterError):
    """The login service cannot be reached, or does not answer as it should."""

    code = "login_service"

    def __init__(self) -> None:
        super().__init__(
            "The login service does not answer as it should.",
            remedy="Try again in a moment. If it lasts, look into the log for the reason.",
        )


class UntrustedAnswerError(NotAllowedError):
    """What the login service said is not to be believed."""

    code = "login_untrusted"

    def __init__(self) -> None:
        super().__init__(
            "The answer of the login service cannot be trusted.",
            remedy="Begin again. If it happens again: the log names the reason; clocks may differ.",
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was begun: what its end is recognised by."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class LoginService(Protocol):
    """Sends people to log in elsewhere and tells who came back; ``connectors.oidc`` is one."""

    def address(self, begun: Begun, redirect_uri: str) -> str:
        """Where a browser goes to log in."""
        ...

    def way_out(self, back: str) -> str | None:
        """Where a browser goes to log out there; None where there is no such place."""
        ...

    def finish(self, begun: Begun, redirect_uri: str, answer: Mapping[str, str]) -> Mapping[str, Any]:
        """What the service says of whoever came back. Raises ``LoginServiceError``, ``UntrustedAnswerError``."""
        ...
