"""Every key of the configuration with its type, default and limits. Unknown keys are errors."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from syncd.register.files import TYPES
from syncd.register.zones import zone
from syncd.settings import credentials
from syncd.values import schedule

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_DATABASE = re.compile(r"sqlite:///[^?#]+|postgresql(?:\+psycopg)?://[^\s]*/[^/\s]+")
_MAIL_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+|[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>")


def is_loopback(host: str) -> bool:
    """Whether an address never leaves this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(text: str) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not a web address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold neither user name, password, query nor fragment")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must begin with https:// (plain http is for this machine alone)")
    return text if text.endswith("/") else f"{text}/"


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _database(text: str) -> str:
    if not _DATABASE.fullmatch(text):
        raise ValueError("must look like sqlite:////absolute/path.db or postgresql+psycopg://user@host/name")
    return text


def _every(text: str) -> str:
    schedule.every(text)
    return text


def _at(text: str) -> str:
    schedule.at(text)
    return text


def _zone(text: str) -> str:
    zone(text)
    return text


def _mail_address(text: str) -> str:
    if not _MAIL_ADDRESS.fullmatch(text):
        raise ValueError('must be a mail address, such as syncd@example.com or "syncd <syncd@example.com>"')
    return text


def _issuer(text: str) -> str:
    _url(text)
    return text


Issuer = Annotated[str, AfterValidator(_issuer)]
"""An address that is compared letter by letter."""

MailAddress = Annotated[str, AfterValidator(_mail_address)]
Url = Annotated[str, AfterValidator(_url)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


class VismaEaccounting(_Section):
    """How to reach Visma eAccounting, and as which client."""

    api_url: Url = "https://eaccountingapi.vismaonline.com/v2/"
    identity_url: Url = "https://identity.vismaonline.com/"
    client_id: str | None = None
    client_secret_file: Path | None = None
    rate_limit_per_minute: int = Field(default=600, ge=1, le=100_000)
    timeout_seconds: float = Field(default=8, gt=0, le=8)
    retries: int = Field(default=5, ge=0, le=20)


class Systems(_Section):
    """One section per accounting system."""

    visma_eaccounting: VismaEaccounting = VismaEaccounting()


class Web(_Section):
    """The admin console."""

    enabled: bool = True
    address: str = "127.0.0.1"
    port: int = Field(default=8470, ge=0, le=65_535)
    socket: Path | None = None
    public_url: Url | None = None
    session_idle_minutes: int = Field(default=30, ge=1, le=1440)
    session_hours: int = Field(default=12, ge=1, le=168)


class Schedule(_Section):
    """When the daemon synchronises, where a connection says nothing else."""

    enabled: bool = True
    incremental_every: Annotated[str, AfterValidator(_every)] = "5m"
    full_at: Annotated[str, AfterValidator(_at)] = "02:30"
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    jitter_seconds: int = Field(default=15, ge=0, le=3600)


class Control(_Section):
    """How people speak to the daemon."""

    socket: Path | None = None


def _file_types(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(names) - TYPES.keys())
    if unknown:
        raise ValueError(f"{unknown[0]} is not a type of file; known are {' '.join(TYPES)}")
    return names


class Limits(_Section):
    """What one machine is asked to carry, and to take."""

    workers: int = Field(default=4, ge=1, le=64)
    answer_megabytes: int = Field(default=32, ge=1, le=1024)
    upload_megabytes: int = Field(default=20, ge=1, le=1024)
    upload_types: Annotated[tuple[str, ...], AfterValidator(_file_types)] = tuple(TYPES)
    keep_runs_days: int = Field(default=90, ge=1, le=3650)


class Mail(_Section):
    """The mail server for notices; nothing is mailed without a host."""

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65_535)
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_file: Path | None = None
    sender: MailAddress | None = None
    reply_to: MailAddress | None = None
    ca_file: Path | None = None
    timeout_seconds: float = Field(default=10, gt=0, le=60)
    give_up_after_hours: int = Field(default=72, ge=1, le=720)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.host is not None and self.sender is None:
            raise ValueError("sender is required where there is a host")
        if self.user is not None and self.password_file is None:
            raise ValueError("password_file is required where there is a user")
        if self.encryption == "none" and self.user is not None and not is_loopback(self.host or "localhost"):
            raise ValueError("a password is not sent without encryption (starttls or tls)")
        return self


class Oidc(_Section):
    """The company's own login service (OpenID Connect); nobody logs in there without an issuer."""

    issuer: Issuer | None = None
    client_id: str | None = None
    client_secret_file: Path | None = None
    name: str | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    claim: str = "email"
    matches: Literal["email", "login"] = "email"
    create_users: bool = False
    passwords: bool = True

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.issuer is not None and self.client_id is None:
            raise ValueError("client_id is required where there is an issuer")
        if self.issuer is None and not self.passwords:
            raise ValueError("passwords can be switched off only where there is an issuer")
        if "openid" not in self.scopes:
            raise ValueError("scopes must hold openid")
        return self


class Log(_Section):
    """What is logged, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json", "journal"] = "auto"


class Settings(BaseSettings):
    """The whole configuration. Paths are absolute once ``load`` returns them."""

    model_config = SettingsConfigDict(
        env_prefix="SYNCD_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    database: Annotated[str, AfterValidator(_database)]
    secret_key_file: Path | None = None
    state_directory: Path | None = None
    files_directory: Path | None = None
    systems: Systems = Systems()
    web: Web = Web()
    schedule: Schedule = Schedule()
    control: Control = Control()
    limits: Limits = Limits()
    mail: Mail = Mail()
    oidc: Oidc = Oidc()
    log: Log = Log()

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file, and that before what systemd hands over."""
        return env_settings, init_settings, InitSettingsSource(settings_cls, credentials.as_settings())
