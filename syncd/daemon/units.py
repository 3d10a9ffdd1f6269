"""The units for systemd with this program's own path in them: what they say, and where each file goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["new", "changed", "same"]

PACKAGED = Path("/usr/lib/systemd/system/syncd.service")
"""Where a package of the distribution puts its own."""

_PROGRAM = "/opt/syncd/bin/syncd"
"""What the files in deploy/ name."""

_OUT_OF_SIGHT = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - looked at, not used
"""What the service may not see (ProtectHome=, PrivateTmp=)."""

_UNITS = "etc/systemd/system/{name}"
_PLACES = {
    ".service": _UNITS,
    ".socket": _UNITS,
    ".timer": _UNITS,
    ".sysusers": "etc/sysusers.d/syncd.conf",
    ".tmpfiles": "etc/tmpfiles.d/syncd.conf",
    ".sh": "usr/local/sbin/syncd",
}


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A file and what it is to say."""

    place: Path
    text: str

    def state(self) -> State:
        """How it is now."""
        if not self.place.exists():
            return "new"
        return "same" if self.place.read_text(encoding="utf-8") == self.text else "changed"

    def write(self) -> None:
        """Put it there, in one step."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        beside = self.place.with_name(f".{self.place.name}.new")
        beside.write_text(self.text, encoding="utf-8")
        beside.chmod(0o755 if self.text.startswith("#!") else 0o644)
        beside.replace(self.place)


def unit_files(program: Path, root: Path = Path("/")) -> tuple[UnitFile, ...]:
    """Every file for a program, below a root."""
    return tuple(_made(program, root))


def require_seen(*paths: Path) -> None:
    """Raise ``ConfigurationError`` unless a service that is shut in can start what lies there."""
    for path in paths:
        if any(path.is_relative_to(hidden) for hidden in _OUT_OF_SIGHT):
            raise ConfigurationError(
                f"{path} is out of the service's sight", remedy="Install it for all: pipx install --global syncd"
            )
        if not re.fullmatch(r"[\w./+-]+", str(path)):
            raise ConfigurationError(f"{path} cannot be named in a unit", remedy="Install it where no name has spaces.")


def _made(program: Path, root: Path) -> Iterator[UnitFile]:
    for file in sorted(files("syncd").joinpath("deploy").iterdir(), key=lambda one: one.name):
        place = _PLACES.get(Path(file.name).suffix)
        if place is not None:
            text = file.read_text(encoding="utf-8").replace(_PROGRAM, str(program))
            yield UnitFile(root / place.format(name=file.name), text)
