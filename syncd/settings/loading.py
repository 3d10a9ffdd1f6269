"""Reading the configuration: file and environment in, settings or every mistake out. Values are never shown."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from syncd.errors import ConfigurationError
from syncd.settings.credentials import handed_over
from syncd.settings.lines import key_lines, line_of
from syncd.settings.model import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "SYNCD_"
SYSTEM_FILE = Path("/etc/syncd/syncd.toml")
SYSTEM_SOCKET = Path("/run/syncd/control.sock")
_POSITION = re.compile(r"\(at (?:line ([0-9]+), column [0-9]+|end of document)\)")
_REMEDY = "Correct these keys; a commented example is made by `syncd init`."


@dataclass(frozen=True, slots=True)
class _Source:
    """Where settings come from, so that a mistake can be found there."""

    path: Path | None
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    @property
    def base(self) -> Path:
        return self.path.parent if self.path is not None else Path.cwd()

    def problem(self, key: tuple[str, ...], reason: str) -> str:
        """Return a mistake as ``file:line: key: reason``, or by the variable that holds it."""
        dotted = ".".join(key) or "the whole file"
        variable = _variable(key)
        if variable is not None:
            return f"{variable}: {dotted}: {reason}"
        if self.path is None:
            return f"{PREFIX}{'__'.join(key).upper()}: {dotted}: {reason}"
        return f"{self.path}:{line_of(self.lines, key)}: {dotted}: {reason}"


def find_file(path: Path | None = None) -> Path | None:
    """Return the configuration file that counts: the named one, else the first in the order of search.

    Order: ``$SYNCD_CONFIG``, ``./syncd.toml``, ``/etc/syncd/syncd.toml``.
    """
    named = path or (Path(os.environ["SYNCD_CONFIG"]) if os.environ.get("SYNCD_CONFIG") else None)
    if named is not None:
        return named.absolute()
    places = (Path.cwd() / "syncd.toml", SYSTEM_FILE)
    return next((place for place in places if os.access(place, os.F_OK)), None)


def load(path: Path | None = None) -> Settings:
    """Read the configuration. Raises ``ConfigurationError`` that lists every wrong key."""
    return _load(path)[0]


def check_files(path: Path | None = None) -> Settings:
    """Read the configuration and look at the secret files that it names as well."""
    settings, source = _load(path)
    problems = [
        source.problem(key, reason)
        for key, file in _secret_files(settings).items()
        if (reason := _file_problem(file)) is not None
    ]
    if settings.secret_key_file is None:
        problems.append(source.problem(("secret_key_file",), "is required, unless systemd hands over the credential"))
    if problems:
        raise ConfigurationError("\n".join(problems), remedy="Put these files right; nobody else may read them.")
    return settings


def _load(path: Path | None) -> tuple[Settings, _Source]:
    file = find_file(path)
    if file is None and not os.environ.get(f"{PREFIX}DATABASE"):
        raise ConfigurationError(
            "there is no configuration: neither --config, $SYNCD_CONFIG, ./syncd.toml nor /etc/syncd/syncd.toml",
            remedy="Run `syncd init` to make one.",
        )
    data, source = _read(file) if file is not None else ({}, _Source(None))
    problems = [source.problem(key, "is not a known section") for key in _unknown_variables()]
    try:
        settings = Settings(**data)
    except ValidationError as error:
        problems += _problems(error, source)
    except SettingsError as error:
        problems.append(f"the environment: {_plain(str(error))}")
    else:
        if not problems:
            return _resolved(settings, source), source
    raise ConfigurationError("\n".join(problems), remedy=_REMEDY)


def _read(file: Path) -> tuple[dict[str, Any], _Source]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror}", remedy="Check its name and rights, or run `syncd init`."
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8 text", remedy="Save it as UTF-8.") from None
    try:
        return tomllib.loads(text), _Source(file, key_lines(text))
    except tomllib.TOMLDecodeError as error:
        at = _POSITION.search(str(error))
        line = at[1] if at and at[1] else len(text.splitlines())
        raise ConfigurationError(
            f"{file}:{line}: this is not TOML", remedy="Look for a missing quote, bracket or equals sign."
        ) from None


def _problems(error: ValidationError, source: _Source) -> list[str]:
    found = []
    for wrong in error.errors(include_url=False, include_context=False, include_input=False):
        key = tuple(str(part) for part in wrong["loc"])
        match wrong["type"]:
            case "missing":
                reason = "is required"
            case "extra_forbidden":
                reason = _unknown(key)
            case "path_type":
                reason = "must be a path"
            case _:
                reason = _plain(wrong["msg"])
        found.append(source.problem(key, reason))
    return found


def _plain(message: str) -> str:
    text = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return text[:1].lower() + text[1:]


def _unknown(key: tuple[str, ...]) -> str:
    closest = get_close_matches(key[-1], _known(key[:-1]), n=1)
    return f"is not a known key{f' (did you mean {closest[0]}?)' if closest else ''}"


def _known(table: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in table:
        inner = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def _variable(key: tuple[str, ...]) -> str | None:
    """The environment variable that set this key, if one did."""
    names = {name.upper(): name for name in os.environ if os.environ[name]}
    for end in range(len(key), 0, -1):
        found = names.get(PREFIX + "__".join(key[:end]).upper())
        if found is not None:
            return found
    return None


def _unknown_variables() -> list[tuple[str, ...]]:
    """Variables of a section that does not exist; a plain SYNCD_NAME may belong to somebody else."""
    keys = (name[len(PREFIX) :].lower().split("__") for name in os.environ if name.upper().startswith(PREFIX))
    return sorted(tuple(key) for key in keys if len(key) > 1 and key[0] not in Settings.model_fields)


def _resolved(settings: Settings, source: _Source) -> Settings:
    """Make every path absolute: relative ones start beside the configuration file."""
    base = source.base
    visma = settings.systems.visma_eaccounting
    systems = settings.systems.model_copy(
        update={
            "visma_eaccounting": visma.model_copy(
                update={"client_secret_file": _secret(visma.client_secret_file, base)}
            )
        }
    )
    return settings.model_copy(
        update={
            "database": _database(settings.database, base),
            "secret_key_file": _secret(settings.secret_key_file, base),
            "state_directory": _state(settings.state_directory, base),
            "files_directory": _files(settings, base),
            "systems": systems,
            "web": settings.web.model_copy(update={"socket": _beside(settings.web.socket, base)}),
            "control": settings.control.model_copy(update={"socket": _socket(settings.control.socket, source)}),
            "oidc": settings.oidc.model_copy(
                update={"client_secret_file": _secret(settings.oidc.client_secret_file, base)}
            ),
            "mail": settings.mail.model_copy(
                update={
                    "password_file": _secret(settings.mail.password_file, base),
                    "ca_file": base / settings.mail.ca_file.expanduser() if settings.mail.ca_file else None,
                }
            ),
        }
    )


def _database(url: str, base: Path) -> str:
    path = url.removeprefix("sqlite:///")
    return url if path == url else f"sqlite:///{base / Path(path).expanduser()}"


def _state(path: Path | None, base: Path) -> Path | None:
    if path is not None:
        return base / path.expanduser()
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(given) if given else None


def _files(settings: Settings, base: Path) -> Path:
    """Where attached files lie: beside an embedded database, else with the state."""
    if settings.files_directory is not None:
        return base / settings.files_directory.expanduser()
    path = _database(settings.database, base).removeprefix("sqlite:///")
    state = _state(settings.state_directory, base)
    return (Path(path).parent if path != settings.database else state or base) / "files"


def _beside(path: Path | None, base: Path) -> Path | None:
    return base / path.expanduser() if path is not None else None


def _socket(path: Path | None, source: _Source) -> Path:
    """Where people find the daemon: where systemd listens for the system's own configuration, else beside the file."""
    if path is not None:
        return source.base / path.expanduser()
    return SYSTEM_SOCKET if source.path == SYSTEM_FILE else source.base / "control.sock"


def _secret(path: Path | None, base: Path) -> Path | None:
    """A secret file: where systemd hands it over, if it does, else where the configuration says."""
    if path is None:
        return None
    credential = handed_over(path.name)
    plain = base / path.expanduser()
    wanted = not path.is_absolute() or not os.access(plain, os.R_OK)
    return credential if wanted and credential is not None else plain


def _secret_files(settings: Settings) -> Mapping[tuple[str, ...], Path]:
    files = {
        ("secret_key_file",): settings.secret_key_file,
        ("systems", "visma_eaccounting", "client_secret_file"): settings.systems.visma_eaccounting.client_secret_file,
        ("mail", "password_file"): settings.mail.password_file,
        ("oidc", "client_secret_file"): settings.oidc.client_secret_file,
    }
    return {key: file for key, file in files.items() if file is not None}


def _file_problem(file: Path) -> str | None:
    try:
        mode = file.stat().st_mode
        if not file.read_bytes().strip():
            return f"{file} is empty"
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    return f"{file} is open to others (chmod 600)" if stat.S_IMODE(mode) & 0o077 else None
