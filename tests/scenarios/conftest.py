"""Differences that the interpreter finds are told in full."""

import pytest

pytest.register_assert_rewrite("tests.scenarios.interpret", "tests.scenarios.looking")
