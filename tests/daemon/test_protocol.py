"""What is said over the control socket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.protocol import AskedOrder, AskFollow, AskStatus, AskSync, ProtocolError, line_of, read_ask, refusal
from syncd.errors import NotAllowedError

PERSON = "811228-9874"


@pytest.mark.parametrize(
    "ask",
    [
        AskSync(connection="visma", order=AskedOrder(customer="1001", dry_run=True), wait=0, personal=True),
        AskSync(group="Bolaget", login="anna", order=AskedOrder(kind="full")),
        AskFollow(tickets=(17, 18)),
        AskStatus(),
    ],
)
def test_what_is_asked_is_what_is_understood(ask: AskSync | AskFollow | AskStatus) -> None:
    """One line, whoever asks."""
    line = line_of(ask)
    assert line.count(b"\n") == 1
    assert read_ask(line) == ask


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"GET / HTTP/1.1",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b'{"syncd": 2, "ask": "status"}',
        b'{"syncd": 1, "ask": "shut down"}',
        b'{"syncd": 1, "ask": "sync", "colour": "red"}',
        b'{"syncd": 1, "ask": "sync", "order": {"kind": "811228-9874"}}',
        b'{"syncd": 1, "ask": "sync", "order": {"kind": "full", "customer": "1"}}',
        b'{"syncd": 1, "ask": "sync", "order": {"dry_run": true, "approve": true}}',
        b'{"syncd": 1, "ask": "sync", "wait": -1}',
        b'{"syncd": 1, "ask": "follow", "tickets": ["x"]}',
    ],
)
def test_what_is_not_understood_is_refused_without_its_words(line: bytes) -> None:
    """Another version, a browser, a contradiction: which key, never which value."""
    with pytest.raises(ProtocolError) as refused:
        read_ask(line)
    assert PERSON not in str(refused.value)
    assert "restart the daemon" in str(refused.value.remedy)


@given(st.binary(max_size=200))
def test_no_noise_upsets_it(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_ask(line)


def test_a_refusal_keeps_its_remedy_and_exit_code() -> None:
    told = refusal(NotAllowedError("You may not.", remedy="Ask."))
    assert told == {
        "tell": "refused", "code": "not_allowed", "message": "You may not.", "remedy": "Ask.", "exit_code": 77,
    }  # fmt: skip
    assert line_of(told).endswith(b"}\n")
