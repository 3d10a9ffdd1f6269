"""The command line: words in, words out. Every command ends in a service call.

A command is a line in ``COMMANDS``; its module is imported when it is used, so that help stays quick.
"""

from __future__ import annotations

import sys

from syncd.cli.root import Root, global_options

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("syncd.cli.demo_cmd:demo", "A whole story against a simulated accounting system."),
    "init": ("syncd.cli.init:init", "Write a configuration, create the database, a group and its administrator."),
    "config": ("syncd.cli.config:config", "Check the configuration, or show it."),
    "doctor": ("syncd.cli.doctor:doctor", "Check everything that a newcomer can get wrong."),
    "db": ("syncd.cli.db:db", "Look after the database."),
    "connection": ("syncd.cli.connection:connection", "Connections to accounting systems."),
    "sync": ("syncd.cli.sync:sync", "Bring the register and accounting in step."),
    "status": ("syncd.cli.status:status", "Where everything stands, and what waits for people."),
    "runs": ("syncd.cli.runs:runs", "Reports of past runs; a run can be undone."),
    "conflicts": ("syncd.cli.conflicts:conflicts", "Questions that only a person can answer."),
    "customer": ("syncd.cli.customer:customer", "The customer register."),
    "contact": ("syncd.cli.contact:contact", "The people to reach at a customer."),
    "facility": ("syncd.cli.facility:facility", "The places where work is done for a customer."),
    "file": ("syncd.cli.file:file", "Files attached to customers."),
    "item": ("syncd.cli.item:item", "Articles placed on a customer."),
    "order": ("syncd.cli.order:order", "Orders, error reports and quotations of customers."),
    "protocol": ("syncd.cli.protocol:protocol", "Service protocols of service orders."),
    "discount": ("syncd.cli.discount:discount", "The register of discount letters."),
    "article": ("syncd.cli.article:article", "The register of articles."),
    "field": ("syncd.cli.field:field", "The group's own fields of its customers."),
    "team": ("syncd.cli.team:team", "Users shown together where somebody is assigned."),
    "register": ("syncd.cli.register:register", "Registers from files and into files."),
    "user": ("syncd.cli.user:user", "The people of a group and their rights."),
    "token": ("syncd.cli.token:token", "Tokens with which programs use the API."),
    "notifications": ("syncd.cli.notifications:notifications", "What you are told of."),
    "mail": ("syncd.cli.mail:mail", "Mails on their way out."),
    "settings": ("syncd.cli.settings_cmd:settings", "The group's settings of the register."),
    "daemon": ("syncd.cli.daemon_cmd:daemon", "The background service: schedule, manual runs."),
    "install-units": ("syncd.cli.units:install_units", "The service, its socket and timers for systemd."),
    "sandbox": ("syncd.cli.sandbox_cmd:sandbox", "A simulated accounting system."),
}
"""Every command: where it lives, and what it does."""

cli = Root(
    "syncd",
    COMMANDS,
    help="Keeps a customer register and its accounting systems in step, in both directions.",
    params=global_options(),
)


def main() -> None:
    """Run the command line as a program."""
    from syncd.cli.edge import run_as_program

    sys.exit(run_as_program(cli))
