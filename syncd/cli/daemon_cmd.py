"""`syncd daemon`: the background service, in the foreground of whoever starts it."""

from __future__ import annotations

from functools import partial

import click

from syncd.cli.root import Command, wishes


@click.command(cls=Command)
def daemon() -> None:
    """Synchronise by schedule until told to stop (SIGTERM); SIGHUP reads the configuration anew."""
    from syncd import log
    from syncd.bootstrap.daemon import daemon as composed
    from syncd.settings import load

    settings = load(wishes().config)
    log.set_up(settings.log.level, settings.log.format)
    composed(settings, partial(load, wishes().config)).run()
