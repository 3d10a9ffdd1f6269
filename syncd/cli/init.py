"""`syncd init`: from nothing to a configuration, a database, a group and its administrator."""

from __future__ import annotations

import json
import os
import pwd
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path

import click

from syncd import bootstrap
from syncd.cli import context
from syncd.cli.arguments import password_file_option, read_password
from syncd.cli.output import note, say
from syncd.cli.root import Command, wishes
from syncd.errors import ConfigurationError
from syncd.services.register import groups
from syncd.settings import find_file
from syncd.settings.loading import SYSTEM_FILE
from syncd.store.database import Database
from syncd.store.uow import Store
from syncd.store.vault import make_key_file

_BESIDE = {"database": "sqlite:///syncd.db", "secret_key_file": "secret_key"}
_SYSTEM = {"database": "sqlite:////var/lib/syncd/syncd.db", "secret_key_file": "/etc/syncd/credentials/secret_key"}

_STATE = 'state_directory = "/var/lib/syncd"'
"""What systemd tells the service, and nobody tells a command that is started by hand."""


@click.command(cls=Command)
@click.option("--database", metavar="URL", help="PostgreSQL, or another place than beside the configuration.")
@click.option("--admin", default="admin", show_default=True, metavar="LOGIN", help="The first administrator.")
@password_file_option
def init(*, database: str | None, admin: str, password_file: Path | None) -> None:
    """Write a configuration, create the database, a group and its administrator.

    Nothing that exists is changed: with an existing configuration it adds what is missing, such as another group or
    another administrator. Options: --config FILE (default ./syncd.toml), --group NAME (default main).
    """
    password = read_password(password_file) if password_file else None
    file = wishes().config = find_file(wishes().config) or Path.cwd() / "syncd.toml"
    if not file.exists():
        _write_configuration(file, database)
    settings = context.settings()
    if settings.secret_key_file is not None:
        _make_key(settings.secret_key_file)
    with closing(Database(settings.database)) as opened:
        opened.upgrade()
        _protect(opened.file)
        with Store(opened, bootstrap.now).work() as work:
            done = groups.set_up_group(work, wishes().group or "main", admin, password)
    if file == SYSTEM_FILE:
        _hand_over(file, settings.secret_key_file, opened.file)
    _tell(done)


def _hand_over(file: Path, key: Path | None, database: Path | None) -> None:
    """What root made for the whole machine belongs to the service's user, where there is one."""
    with suppress(KeyError):
        service = pwd.getpwnam("syncd")
        if os.geteuid() == 0:
            os.chown(file, 0, service.pw_gid)
            made = [*(database.parent.glob(f"*{database.name}*") if database is not None else []), *filter(None, [key])]
            for one in made:
                os.chown(one, service.pw_uid, service.pw_gid, follow_symlinks=False)


def _write_configuration(file: Path, database: str | None) -> None:
    values = dict(_SYSTEM if file == SYSTEM_FILE else _BESIDE)
    if database is not None:
        values["database"] = database
    text = files("syncd.cli").joinpath("templates/syncd.toml").read_text(encoding="utf-8")
    if file == SYSTEM_FILE:
        text = text.replace(f"# {_STATE}", _STATE)
    for name, value in values.items():
        text = text.replace(f"@{name}@", json.dumps(value, ensure_ascii=False))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}", remedy="Choose another FILE.") from None
    note(f"Wrote {file}.")


def _make_key(file: Path) -> None:
    if file.exists():
        return
    try:
        make_key_file(file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}", remedy="Check the rights.") from None
    note(f"Made the key {file}. Keep a copy apart from the database.")


def _protect(database: Path | None) -> None:
    """The register is personal data: nobody else on the machine reads it."""
    if database is not None:
        database.chmod(0o600)


def _tell(done: groups.SetUp) -> None:
    group, login = done.group.name, done.administrator.login
    say(f"Group {group} is {'created' if done.group_is_new else 'there already'}.")
    if not done.administrator_is_new:
        say(f"User {login} is there already; nothing about them was changed.")
        return
    say(f"Administrator {login} is created.")
    if done.one_time_password is not None:
        say(f"One-time password, shown only here: {done.one_time_password}")
        say(f"The console asks for another one; or: syncd user password {login} --password-file FILE")
