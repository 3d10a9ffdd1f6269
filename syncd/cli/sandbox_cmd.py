"""`syncd sandbox`: a simulated accounting system to try things out on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import CommandGroup
from syncd.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox

_TOML = """
[systems.{system}]
api_url = "{api_url}"
identity_url = "{identity_url}"
client_id = "{client_id}"
client_secret_file = "{system}_client_secret"  # a file of mode 600 that holds: {client_secret}
"""


@click.group(cls=CommandGroup)
def sandbox() -> None:
    """A simulated accounting system."""


@sandbox.command()
@click.option("--system", default="visma_eaccounting", show_default=True, metavar="SYSTEM")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Where it listens; 0 takes any free port.")
@click.option("--state", type=click.Path(path_type=Path), metavar="FILE", help="Keeps everything between two starts.")
@click.option("--faults", type=click.Path(path_type=Path), metavar="FILE", help="What goes wrong, as JSON.")
@click.option("--customers", type=click.IntRange(min=0), default=0, help="Invents so many in an empty company.")
@json_option
def serve(*, system: str, port: int, state: Path | None, faults: Path | None, customers: int, as_json: bool) -> None:
    """Serve on loopback until interrupted. Nothing in it is real."""
    from syncd.sandbox import serve as serve_sandbox
    from syncd.sandbox.standalone import UnknownSystemError

    try:
        serve_sandbox(system, port, state, faults, partial(_ready, system, customers, as_json))
    except UnknownSystemError as error:
        raise UsageError(str(error).strip("'\""), remedy="Leave --system out.") from None
    except OSError as error:
        reason = error.strerror or "it cannot be used"
        place = error.filename or f"port {port}"
        raise ConfigurationError(f"{place}: {reason}", remedy="Choose another port or file.") from None
    except (ValueError, TypeError, KeyError) as error:
        message = f"--state or --faults is not what a sandbox reads: {error}"
        raise ConfigurationError(message, remedy="Correct the file.") from None


def _ready(system: str, customers: int, as_json: bool, running: Sandbox) -> None:
    from syncd.sandbox import populate

    if customers and not running.company.customers():
        populate(running.company, customers)
    about = {
        "system": system,
        "api_url": running.api_url,
        "identity_url": running.identity_url,
        "client_id": running.client_id,
        "client_secret": running.client_secret,
        "refresh_token": running.issue_refresh_token(),
        "company": running.company.settings["Name"],
        "customers": len(running.company.customers()),
    }
    if as_json:
        print_json(about)
        return
    say(f"A simulated {system} listens on {running.url}")
    say(f"Company: {about['company']}, {about['customers']} customers. Stop it with Ctrl-C.")
    say("\nFor the configuration:")
    say(_TOML.format(**about))
    say("A refresh token for `syncd connection authorize NAME --refresh-token-file -`:")
    say(about["refresh_token"])
