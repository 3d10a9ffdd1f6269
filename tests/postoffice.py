"""A real mail server on loopback, which can be told to refuse, to hang and to break off."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

USER, PASSWORD = "syncd", "hemligt-losen"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A throw-away certificate authority, and a certificate of it for ``localhost``."""

    ca_file: Path
    server_file: Path

    @classmethod
    def found(cls, directory: Path) -> Authority:
        ca_key, ca = _certificate("Throw-away CA", None, None)
        key, certificate = _certificate("localhost", ca, ca_key)
        made = cls(directory / "ca.pem", directory / "server.pem")
        made.ca_file.write_bytes(_pem(ca))
        made.server_file.write_bytes(_pem(certificate) + _key_pem(key))
        return made

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server_file)
        return context


def _certificate(
    name: str, issuer: x509.Certificate | None, issuer_key: ec.EllipticCurvePrivateKey | None
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, now = issuer_key or key, datetime.now(UTC)  # noqa: TID251  TLS has no other clock
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    else:
        builder = builder.add_extension(_signs_others(), critical=True)
    return key, builder.sign(signer, hashes.SHA256())


def _signs_others() -> x509.KeyUsage:
    flags = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    return x509.KeyUsage(key_cert_sign=True, **flags)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@dataclass
class PostOffice:
    """A mail server. ``answers`` holds what it says instead of 250, by verb or by address.

    ``hang`` and ``cut`` name a verb at which it falls silent or cuts the connection; ``cut="taken"`` cuts after it has
    taken the letter.
    """

    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    login: bool = False
    utf8: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    hang: str | None = None
    cut: str | None = None
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._protocol, "127.0.0.1", self.port, ssl=self.tls)

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="post.example",
            enable_SMTPUTF8=self.utf8,
            tls_context=self.starttls,
            authenticator=self._authenticate if self.login else None,
            auth_required=self.login,
            auth_require_tls=self.login,
            loop=self._loop,
        )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:  # noqa: ANN401
        self.logins += 1
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802 - named by the library
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer(server, "MAIL", address)

    async def handle_RCPT(  # noqa: N802 - same
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._answer(server, "RCPT", address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        answer = await self._answer(server, "DATA", "")
        if answer.startswith("2") and self.cut != "DATA":
            assert isinstance(envelope.content, bytes)
            self.letters.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
            self.envelopes.append((str(envelope.mail_from), [str(one) for one in envelope.rcpt_tos]))
        if self.cut == "taken":
            self._abort(server)
        return answer

    async def _answer(self, server: SMTP, verb: str, address: str) -> str:
        if self.hang in {verb, address}:
            await asyncio.Event().wait()
        if self.cut in {verb, address}:
            self._abort(server)
        return self.answers.get(address) or self.answers.get(verb) or "250 OK"

    def _abort(self, server: SMTP) -> None:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()


def text_of(letter: EmailMessage) -> str:
    """What its reader sees."""
    part = letter.get_body()
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
