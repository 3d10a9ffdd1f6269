"""Where a demo lives: a directory with a configuration, and an environment that names nothing else."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from syncd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.sandbox import Sandbox

RATE = 100_000
"""Requests a minute: a demo does not wait for its own simulator."""

_CONFIGURATION = """# The configuration of a demo. `syncd init` writes one with every key explained.
database = "sqlite:///syncd.db"
secret_key_file = "secret_key"
state_directory = "state"

[systems.visma_eaccounting]
api_url = {api_url}
identity_url = {identity_url}
client_id = {client_id}
client_secret_file = "visma_client_secret"
rate_limit_per_minute = {rate}

[log]
level = "warning"
"""
_FOREIGN = ("SYNCD_", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY")


class Place:
    """The files of one demo."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.configuration = directory / "syncd.toml"
        self.password = directory / "admin_password"
        self.token = directory / "refresh_token"
        self.state = directory / "visma.json"

    def write(self, sandbox: Sandbox) -> None:
        """Write the configuration and the secrets that it names."""
        values = {name: json.dumps(getattr(sandbox, name)) for name in ("api_url", "identity_url", "client_id")}
        self.configuration.write_text(_CONFIGURATION.format(**values, rate=RATE), encoding="utf-8")
        _write_secret(self.directory / "visma_client_secret", sandbox.client_secret)
        _write_secret(self.password, secrets.token_urlsafe(12))
        _write_secret(self.token, sandbox.issue_refresh_token())


def _write_secret(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text + "\n")


def prepared(directory: Path | None) -> Place:
    """A directory for a demo. Raises ``RefusedError`` for one that holds something already."""
    if directory is None:
        return Place(Path(tempfile.mkdtemp(prefix="syncd-demo-")))
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        used = any(directory.iterdir())
    except OSError as error:
        raise RefusedError(f"{directory} cannot be used: {error.strerror}", remedy="Choose another DIR.") from None
    if used:
        raise RefusedError(f"{directory} is not empty", remedy="Choose another DIR, or leave --directory out.")
    return Place(directory.absolute())


@contextmanager
def entered(place: Place) -> Iterator[None]:
    """Let every command find this demo and nothing else: no variable may lead it to a real register."""
    before = dict(os.environ)
    for name in before:
        if name.upper().startswith(_FOREIGN):
            del os.environ[name]
    os.environ["SYNCD_CONFIG"] = str(place.configuration)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
