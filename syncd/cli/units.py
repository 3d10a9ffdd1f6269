"""`syncd install-units`: the service, its socket and timers for systemd, where no package brings them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.output import note, say
from syncd.cli.root import Command
from syncd.errors import NotAllowedError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.daemon.units import UnitFile

_NEXT = """Next:
  systemd-sysusers syncd.conf
  systemd-tmpfiles --create syncd.conf
  systemctl daemon-reload
then /etc/syncd/syncd.toml, see INSTALL.md, and at last:
  systemctl enable --now syncd.service syncd-backup.timer"""
_BEFORE = "Before that, if it runs: systemctl disable --now syncd.service syncd.socket 'syncd-*.timer'"
_AFTER = "Next: systemctl daemon-reload. Configuration and data (/etc/syncd, /var/lib/syncd) stay."


@click.command("install-units", cls=Command)
@click.option("--dry-run", is_flag=True, help="Show what would be written or removed.")
@click.option("--uninstall", is_flag=True, help="Remove them again.")
@click.option("--program", type=click.Path(path_type=Path), metavar="FILE", help="What to start, if not this program.")
@click.option("--root", type=click.Path(path_type=Path), default="/", metavar="DIR", help="Install below DIR.")
def install_units(*, dry_run: bool, uninstall: bool, program: Path | None, root: Path) -> None:
    """Write the units for systemd, with the path of this program in them.

    For an installation by pipx or pip; a package for the distribution brings its own. The command for people is put
    into /usr/local/sbin: root uses it as the service's user.
    """
    from syncd.daemon import units

    if not uninstall and (root / units.PACKAGED.relative_to("/")).exists():
        raise RefusedError("a package has installed the units already", remedy="Use those, or remove the package.")
    started = program or Path(sys.prefix) / "bin" / "syncd"
    files = units.unit_files(started, root)
    try:
        if uninstall:
            _remove(files, dry_run=dry_run)
        else:
            units.require_seen(started, *([Path(sys.executable).resolve()] if program is None else []))
            _write(files, dry_run=dry_run)
    except PermissionError as error:
        raise NotAllowedError(f"{error.filename} may not be written", remedy="Run it as root.") from error
    except OSError as error:
        raise RefusedError(f"{error.filename} cannot be written: {error.strerror}") from error


def _write(files: Iterable[UnitFile], *, dry_run: bool) -> None:
    for file in files:
        state = file.state()
        if state != "same" and not dry_run:
            file.write()
        say(f"{_WORDS[state]} {file.place}")
    note("Nothing was written." if dry_run else _NEXT)


def _remove(files: Iterable[UnitFile], *, dry_run: bool) -> None:
    for file in files:
        if file.place.exists():
            if not dry_run:
                file.place.unlink()
            say(f"removed  {file.place}")
    note(f"Nothing was removed. {_BEFORE}" if dry_run else _AFTER)


_WORDS = {"new": "new     ", "changed": "changed ", "same": "same    "}
