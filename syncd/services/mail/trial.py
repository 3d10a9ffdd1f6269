"""A mail that tells nothing but that mail works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.mail import Letter
from syncd.register.language import Text

if TYPE_CHECKING:
    from syncd.ports.mail import MailServer
    from syncd.register.language import Language

_SUBJECT = Text("Test mail from syncd", "Provmejl från syncd")
_BODY = Text(
    "If you can read this, syncd can send mail. Letters such as å, ä and ö should look right.\n",
    "Om du kan läsa det här kan syncd skicka mejl. Bokstäver som å, ä och ö ska se rätt ut.\n",
)


def trial(server: MailServer, to: str, language: Language, mark: str) -> None:
    """Send a test mail at once. Raises what the server gives reason for."""
    with server.session() as session:
        session.send(Letter(to, _SUBJECT.to(language), _BODY.to(language), f"test {mark} {to}"))
