"""The mail server, over SMTP: encrypted or not at all unless told so, one letter at a time, each a text in UTF-8.

Here and not in a room of its own: it is one more machine of somebody else's that can be slow, gone or wrong.
"""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING, Literal

from syncd.ports.mail import MailNotNowError, MailRefusedError, MailServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.errors import SyncdError
    from syncd.ports.mail import Letter

Encryption = Literal["starttls", "tls", "none"]

_PERMANENT = 500
_CLOSING = 421
_PLACE = "Check host, port and encryption under [mail], and that this machine may connect there."
_CERTIFICATE = (
    "Use the name that the certificate holds as host; for an authority of your own, set ca_file under [mail]."
)
_LOGIN = "Check user and password_file under [mail]."


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server and how to use it. ``seconds`` is the wall clock, for the letters' dates."""

    host: str
    port: int
    encryption: Encryption
    sender: str
    seconds: Callable[[], float]
    user: str | None = None
    password: str = field(default="", repr=False)
    reply_to: str | None = None
    timeout: float = 10
    ca_file: Path | None = None

    @contextmanager
    def session(self) -> Iterator[SmtpSession]:
        """Connect, encrypt and log in. Raises ``MailServerError``."""
        with _server_errors():
            connection = self._connect()
        try:
            with _server_errors():
                self._encrypt(connection)
                self._log_in(connection)
            yield SmtpSession(connection, self)
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        name = _own_name()
        if self.encryption == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, name, timeout=self.timeout, context=self._context())
        return smtplib.SMTP(self.host, self.port, name, timeout=self.timeout)

    def _encrypt(self, connection: smtplib.SMTP) -> None:
        """Without STARTTLS there is no mail: a password must not travel in the open because somebody cut a line."""
        if self.encryption == "starttls":
            connection.starttls(context=self._context())

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def _log_in(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self.user is not None:
            connection.login(self.user, self.password)


@dataclass(frozen=True, slots=True)
class SmtpSession:
    """An open connection."""

    connection: smtplib.SMTP
    server: SmtpServer

    def send(self, letter: Letter) -> None:
        """Hand over one letter. Raises ``MailRefusedError``, ``MailNotNowError`` or ``MailServerError``."""
        with _server_errors(), _letter_errors():
            to = _ascii(letter.to)
            message = _message(letter, to, self.server)
            self.connection.send_message(message, parseaddr(self.server.sender)[1], [to])


def _message(letter: Letter, to: str, server: SmtpServer) -> EmailMessage:
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = to
    if server.reply_to is not None:
        message["Reply-To"] = server.reply_to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = formatdate(server.seconds())
    message["Message-ID"] = _message_id(letter.mark, server.sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, cte="quoted-printable")
    return message


def _message_id(mark: str, sender: str) -> str:
    """The same for the same letter however often it is sent, and different for every other letter of the world."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(mark.encode()).hexdigest()[:32]}@{domain}>"


def _ascii(address: str) -> str:
    """The address with its domain as the net spells it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _own_name() -> str:
    """How this machine introduces itself. Asking the net for its full name may take long, and nobody needs it."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


@contextmanager
def _letter_errors() -> Iterator[None]:
    """What the server said of one letter. Its words may quote the address, so only its code is told."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(max(code for code, _ in error.recipients.values())) from None
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise MailRefusedError("the mail server takes no address with letters beyond ASCII") from None
    except UnicodeError:
        raise MailRefusedError("the domain of the address cannot exist") from None


def _refusal(code: int) -> SyncdError:
    if code == _CLOSING:
        return MailServerError("the mail server closes the connection (421)", remedy="A later attempt may succeed.")
    if code >= _PERMANENT:
        return MailRefusedError(f"the mail server refused the letter ({code})", remedy="Check the address.")
    return MailNotNowError(f"the mail server does not take the letter now ({code})")


@contextmanager
def _server_errors() -> Iterator[None]:
    """What keeps every letter from being sent, each with what helps."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise _unusable(f"its certificate is not trusted ({error.verify_message})", _CERTIFICATE) from error
    except ssl.SSLError as error:
        raise _unusable(f"encryption failed ({error.reason})", _PLACE) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _unusable(f"it refused the login ({error.smtp_code})", _LOGIN) from None
    except smtplib.SMTPSenderRefused as error:
        raise _unusable(f"it refused the sender ({error.smtp_code})", "Check sender under [mail].") from None
    except smtplib.SMTPNotSupportedError as error:
        raise _unusable(f"it cannot do that: {error}", "Check encryption and user under [mail].") from error
    except smtplib.SMTPResponseException as error:
        raise _unusable(f"it answered {error.smtp_code}", "A later attempt may succeed.") from None
    except smtplib.SMTPException as error:
        raise _unusable("it broke off, or did not answer in time", _PLACE) from error
    except UnicodeError:
        raise _unusable("user or password hold letters beyond ASCII", _LOGIN) from None
    except OSError as error:
        raise _unusable(error.strerror or "it did not answer in time", _PLACE) from error


def _unusable(why: str, remedy: str) -> MailServerError:
    return MailServerError(f"the mail server cannot be used: {why}", remedy=remedy)
