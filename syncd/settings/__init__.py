"""Typed configuration from one TOML file and the environment, read by bootstrap alone."""

from syncd.settings.loading import check_files, find_file, load
from syncd.settings.model import Control, Limits, Log, Mail, Oidc, Schedule, Settings, Systems, VismaEaccounting, Web
from syncd.settings.showing import as_toml, show

__all__ = [
    "Control",
    "Limits",
    "Log",
    "Mail",
    "Oidc",
    "Schedule",
    "Settings",
    "Systems",
    "VismaEaccounting",
    "Web",
    "as_toml",
    "check_files",
    "find_file",
    "load",
    "show",
]
