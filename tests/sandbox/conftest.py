"""A running sandbox with an empty company, and a program that may call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Sandbox
from tests.sandbox.calling import Caller, Form

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def api(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture
def identity(sandbox: Sandbox) -> Form:
    return Form(sandbox)
