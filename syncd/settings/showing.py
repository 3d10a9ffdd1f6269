"""The configuration as a person may see it: secrets stay in their files, a password in an address is hidden."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.settings.model import Settings

_PASSWORD = re.compile(r"(?<=://)([^:/@?#]*):[^/]*@")
_PASSWORD_OPTION = re.compile(r"(?i)((?:password|passfile|sslpassword)=)[^&]*")
HIDDEN = "***"


def show(settings: Settings) -> dict[str, Any]:
    """Return every key with its value, secrets hidden."""
    shown = settings.model_dump(mode="json")
    address = _PASSWORD.sub(rf"\1:{HIDDEN}@", shown["database"])
    return {**shown, "database": _PASSWORD_OPTION.sub(rf"\1{HIDDEN}", address)}


def as_toml(shown: Mapping[str, Any]) -> str:
    """Return what ``show`` gives as TOML."""
    return "\n".join(_table(shown, ())) + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    if path and plain:
        yield f"\n[{'.'.join(path)}]"
    for key, value in plain.items():
        yield f"# {key} is not set" if value is None else f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _table(value, (*path, key))
