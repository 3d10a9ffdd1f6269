"""Letters handed to a real mail server."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from syncd.connectors.smtp import SmtpServer
from syncd.ports.mail import Letter, MailNotNowError, MailRefusedError, MailServerError
from tests.postoffice import PASSWORD, USER, Authority, PostOffice, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LETTER = Letter("eva@example.com", "Nya kunder på Öland", "Hej Åke,\n\nKund 1001 är din.\nHälsningar\n", "17 now key")
NOON = 1_772_366_400.0


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.found(tmp_path_factory.mktemp("authority"))


@contextmanager
def office(**how: Any) -> Iterator[PostOffice]:  # noqa: ANN401  see PostOffice
    with PostOffice(**how) as made:
        yield made


def server(office: PostOffice, **how: Any) -> SmtpServer:  # noqa: ANN401  see SmtpServer
    known: dict[str, Any] = {
        "encryption": "none",
        "sender": "syncd för Värmebolaget <syncd@example.com>",
        "seconds": lambda: NOON,
        "timeout": 20,
    }
    return SmtpServer("localhost", office.port, **{**known, **how})


def send(to: SmtpServer, *letters: Letter) -> None:
    with to.session() as session:
        for letter in letters:
            session.send(letter)


def test_a_letter_arrives_as_it_was_written() -> None:
    """With its å, ä and ö, from and to whom it says, and marked as written by a machine."""
    with office() as post:
        send(server(post, reply_to="kontoret@example.com"), LETTER)
    (letter,) = post.letters
    assert letter["Subject"] == "Nya kunder på Öland"
    assert text_of(letter) == LETTER.body
    assert letter.get_content_type() == "text/plain"
    assert str(letter["From"]) == "syncd för Värmebolaget <syncd@example.com>"
    assert (letter["To"], letter["Reply-To"]) == ("eva@example.com", "kontoret@example.com")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime.timestamp() == NOON
    assert post.envelopes == [("syncd@example.com", ["eva@example.com"])]


def test_the_same_letter_keeps_its_message_id() -> None:
    """Sent twice, a receiver can see that it is one letter; another letter has another."""
    with office() as post:
        send(server(post), LETTER, LETTER, Letter(LETTER.to, LETTER.subject, LETTER.body, "18 now key"))
    first, again, other = (letter["Message-ID"] for letter in post.letters)
    assert first == again
    assert first != other
    assert first.endswith("@example.com>")


def test_a_subject_is_one_line() -> None:
    """Whatever it was made of, it adds no header."""
    with office() as post:
        send(server(post), Letter(LETTER.to, "Kund 1\r\nBcc: all@example.com", "x", "m"))
    (letter,) = post.letters
    assert (letter["Subject"], letter["Bcc"]) == ("Kund 1 Bcc: all@example.com", None)


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_a_password_goes_through_an_encrypted_line_alone(authority: Authority, encryption: str) -> None:
    """To a server whose certificate is trusted."""
    context = authority.context()
    how: dict[str, Any] = {"starttls": context} if encryption == "starttls" else {"tls": context}
    with office(login=encryption == "starttls", **how) as post:
        known = {"user": USER, "password": PASSWORD} if encryption == "starttls" else {}
        send(server(post, encryption=encryption, ca_file=authority.ca_file, **known), LETTER)
    assert len(post.letters) == 1
    assert post.logins == (1 if encryption == "starttls" else 0)


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_server_that_is_not_trusted_gets_nothing(authority: Authority, encryption: str, wrong: str) -> None:
    """Neither password nor letter; what helps is said."""
    context = authority.context()
    how: dict[str, Any] = {"starttls": context} if encryption == "starttls" else {"tls": context}
    with office(login=True, **how) as post:
        to = SmtpServer(
            "localhost" if wrong == "authority" else "127.0.0.1",
            post.port,
            encryption,  # type: ignore[arg-type]  # parametrised
            "syncd@example.com",
            lambda: NOON,
            user=USER,
            password=PASSWORD,
            ca_file=authority.ca_file if wrong == "name" else None,
        )
        with pytest.raises(MailServerError, match="certificate is not trusted") as refused:
            send(to, LETTER)
    assert "ca_file" in str(refused.value.remedy)
    assert (post.letters, post.logins) == ([], 0)


def test_without_starttls_nothing_is_sent(authority: Authority) -> None:
    """Somebody who cuts the offer out of the line gets neither password nor letter."""
    with office() as post, pytest.raises(MailServerError, match="STARTTLS"):
        send(server(post, encryption="starttls", ca_file=authority.ca_file, user=USER, password=PASSWORD), LETTER)
    assert (post.letters, post.logins) == ([], 0)


@pytest.mark.parametrize(("password", "says"), [("wrong", "refused the login"), ("lösenord", "beyond ASCII")])
def test_a_wrong_password_is_not_told(authority: Authority, password: str, says: str) -> None:
    """Only that it is wrong, and where to put it right."""
    with office(starttls=authority.context(), login=True) as post:
        to = server(post, encryption="starttls", ca_file=authority.ca_file, user=USER, password=password)
        with pytest.raises(MailServerError, match=says) as refused:
            send(to, LETTER)
    assert password not in refused.value.message
    assert "password_file" in str(refused.value.remedy)
    assert password not in repr(to)


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_refused_letter_leaves_the_others_alone(verb: str) -> None:
    """The next one goes out on the same connection. The server's words may name the address; only its code is told."""
    with office(answers={verb: f"550 no {LETTER.to} here"}) as post, server(post).session() as session:
        with pytest.raises(MailRefusedError, match=r"\(550\)") as refused:
            session.send(LETTER)
        assert LETTER.to not in refused.value.message
        post.answers[verb] = "451 greylisted"
        with pytest.raises(MailNotNowError, match=r"\(451\)"):
            session.send(LETTER)
        post.answers.clear()
        session.send(LETTER)
    assert len(post.letters) == 1
    assert post.connections == 1


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "MAIL"])
def test_a_server_that_closes_takes_no_more(verb: str) -> None:
    """421 is about the server, not about the letter; so is a sender it does not like."""
    with office(answers={verb: "421 closing"}) as post, pytest.raises(MailServerError, match="421"):
        send(server(post), LETTER)
    assert post.letters == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_or_cuts_is_left(verb: str) -> None:
    """After the time allowed, and without waiting again to say goodbye."""
    for how in ({"hang": verb}, {"cut": verb}):
        with office(**how) as post, pytest.raises(MailServerError, match="broke off, or did not answer"):
            send(server(post, timeout=0.3), LETTER)
        assert post.letters == []


@contextmanager
def stranger(says: bytes | None) -> Iterator[int]:
    """Something that listens and is no mail server: says something else, or nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                if says is not None:
                    connection.sendall(says)
                connection.recv(100)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("says", "encryption", "why"),
    [
        (None, "none", "broke off, or did not answer"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "none", "broke off|answered"),
        (b"554 go away\r\n", "none", "answered 554"),
        (b"220 plain\r\n", "tls", "encryption failed"),
    ],
)
def test_something_that_is_no_mail_server_is_told_apart(says: bytes | None, encryption: str, why: str) -> None:
    """A wrong port or a wrong kind of encryption shows."""
    patience = 0.5 if says is None else 20
    with stranger(says) as port:
        to = SmtpServer("127.0.0.1", port, encryption, "a@example.com", lambda: NOON, timeout=patience)  # type: ignore[arg-type]
        with pytest.raises(MailServerError, match=why):
            send(to, LETTER)


def test_a_machine_that_is_not_there_is_told(tmp_path: Path) -> None:
    """So is a file of authorities that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    to = SmtpServer("127.0.0.1", port, "none", "a@example.com", lambda: NOON)
    with pytest.raises(MailServerError, match="refused"):
        send(to, LETTER)
    lost = SmtpServer("127.0.0.1", port, "tls", "a@example.com", lambda: NOON, ca_file=tmp_path / "none.pem")
    with pytest.raises(MailServerError, match="No such file"):
        send(lost, LETTER)


def test_addresses_may_have_letters_of_their_own() -> None:
    """In the domain always; before the at sign where the server can; a domain that cannot be is refused."""
    with office() as post, server(post).session() as session:
        session.send(Letter("eva@åkes.example", "x", "y", "1"))
        assert post.envelopes[0][1] == ["eva@xn--kes-tla.example"]
        with pytest.raises(MailRefusedError, match="beyond ASCII"):
            session.send(Letter("åke@example.com", "x", "y", "2"))
        with pytest.raises(MailRefusedError, match="cannot exist"):
            session.send(Letter(f"eva@{'å' * 70}.example", "x", "y", "3"))
    with office(utf8=True) as post:
        send(server(post), Letter("åke@example.com", "x", "y", "2"))
    assert post.envelopes[0][1] == ["åke@example.com"]
