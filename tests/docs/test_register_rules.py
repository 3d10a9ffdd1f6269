"""The table of the register's rules names code and tests that exist, for every rule, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| (R-\d\d) \| [^|]+ \| ([^|]+) \| `([^`]+)::(test_\w+)` \|$", re.MULTILINE)
_LAST = 31


@pytest.mark.parametrize("guide", ["docs/register.md", "docs/register.sv.md"])
def test_every_rule_of_the_register_has_its_place_and_its_test(guide: str) -> None:
    """Whoever renames one of them hears it here."""
    rows = _ROW.findall((ROOT / guide).read_text(encoding="utf-8"))
    assert [rule for rule, *_ in rows] == [f"R-{number:02}" for number in range(1, _LAST + 1)]
    for rule, places, file, test in rows:
        for place in re.findall(r"`([^`]+)`", places):
            assert (ROOT / place).is_file(), f"{rule}: there is no {place}"
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{rule}: {file} has no {test}"
