"""The simulated Visma eAccounting, fresh for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Sandbox
from tests.connectors.visma import connected, without_a_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.connectors.visma_eaccounting import VismaEAccounting


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as started:
        yield started


@pytest.fixture
def visma(sandbox: Sandbox) -> Iterator[VismaEAccounting]:
    with connected(sandbox) as connector:
        yield connector


@pytest.fixture
def strange() -> Iterator[VismaEAccounting]:
    """A connector whose server is played by respx."""
    with without_a_server() as connector:
        yield connector
