"""Secret files that systemd hands over (systemd.exec(5), LoadCredential=): where they are and what each is for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTINGS = {
    "secret_key": ("secret_key_file",),
    "visma_client_secret": ("systems", "visma_eaccounting", "client_secret_file"),
    "mail_password": ("mail", "password_file"),
    "oidc_client_secret": ("oidc", "client_secret_file"),
}
_PREFIX = "syncd_"
"""What LoadCredential=syncd:DIRECTORY puts before the name of each file."""


def handed_over(name: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file of a credential; None where systemd gave none of that name."""
    directory = environment.get("CREDENTIALS_DIRECTORY")
    places = [Path(directory) / given for given in (name, f"{_PREFIX}{name}")] if directory else []
    return next((place for place in places if os.access(place, os.F_OK)), None)


def as_settings() -> dict[str, Any]:
    """The credentials as settings, which therefore need not be set in the configuration."""
    settings: dict[str, Any] = {}
    for name, (*sections, key) in _SETTINGS.items():
        file = handed_over(name)
        if file is not None:
            place = settings
            for section in sections:
                place = place.setdefault(section, {})
            place[key] = file
    return settings
