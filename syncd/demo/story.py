"""The story, chapter by chapter: every command in it can be typed by hand and gives the same."""

from __future__ import annotations

import shlex
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from syncd import bootstrap
from syncd.demo.filling import ADMINISTRATOR, TECHNICIANS, fill_company, fill_register
from syncd.demo.place import RATE, Place, entered
from syncd.demo.sides import split
from syncd.errors import SyncdError
from syncd.sandbox import Sandbox
from syncd.services.conflicts import list_conflicts
from syncd.services.register.acting import owner_acting
from syncd.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from syncd.demo.sides import Sides
    from syncd.store.uow import Store

DONE, HELD = 0, 3

_GROUP = "Värmebolaget i Norr AB"
_VISMA = "visma"
_BOOKKEEPER = "In Visma, Eva the bookkeeper"


class Teller(Protocol):
    """Tells the story to somebody, and types its commands."""

    def heading(self, text: str) -> None:
        """Begin a chapter."""
        ...

    def tell(self, text: str) -> None:
        """Tell what happens."""
        ...

    def run(self, *words: str) -> int:
        """Show a command as it is typed, carry it out, and return its exit code."""
        ...

    def progress(self, description: str) -> AbstractContextManager[Callable[[float, float], object]]:
        """Show how far something has come that takes a while."""
        ...


class StoryError(SyncdError):
    """A command of the story did not end as it should."""

    code = "demo_failed"

    def __init__(self, words: tuple[str, ...], code: int) -> None:
        super().__init__(
            f"`{shlex.join(['syncd', *words])}` ended with exit code {code}, which is not how the story goes",
            remedy="Please report what it printed.",
        )


def tell_story(teller: Teller, place: Place, customers: int) -> None:
    """Tell everything from an empty directory to two sides in step."""
    with Sandbox() as sandbox, entered(place):
        sandbox.switches = replace(sandbox.switches, rate_limit=RATE)
        _Story(teller, place, sandbox, split(customers)).tell()
        sandbox.keeper.file = place.state
        sandbox.keeper.save()
        place.token.unlink()
        _what_next(teller, place, sandbox)


class _Story:
    def __init__(self, teller: Teller, place: Place, sandbox: Sandbox, sides: Sides) -> None:
        self.teller, self.place, self.sandbox, self.sides = teller, place, sandbox, sides

    def tell(self) -> None:
        self.set_up()
        self.first_run()
        self.references()
        self.both_sides_change()
        self.conflicts()
        self.in_step()

    def run(self, *words: str, ends: int = DONE) -> None:
        """Type a command; the story stops where one does not end as it should."""
        code = self.teller.run(*words)
        if code != ends:
            raise StoryError(words, code)

    def set_up(self) -> None:
        self.teller.heading("A register and an accounting system")
        self.teller.tell(f"Everything lives in {self.place.directory}. Visma eAccounting is simulated on this machine.")
        self.place.write(self.sandbox)
        self.teller.tell(f"$ export SYNCD_CONFIG={shlex.quote(str(self.place.configuration))}")
        password = str(self.place.password)
        self.run("init", "--group", _GROUP, "--admin", ADMINISTRATOR, "--password-file", password)
        self.fill()
        self.run("connection", "add", _VISMA, "--system", "visma_eaccounting")
        self.teller.tell("Consent is given in the browser. Here it was given already, which left a refresh token:")
        self.run("connection", "authorize", _VISMA, "--refresh-token-file", str(self.place.token))
        self.run("status")

    def fill(self) -> None:
        here, there, agreeing = len(self.sides.here), len(self.sides.there), len(self.sides.agreeing)
        people = len(TECHNICIANS)
        self.teller.tell(f"\nThe register gets {here} customers and {people} technicians, Visma {there} customers with")
        self.teller.tell(f"open orders, quotes and drafts. {agreeing} customers are the same on both sides, though the")
        self.teller.tell("bookkeeper writes phone numbers in another way. Some are only here, some only there, some")
        self.teller.tell("differ, and some are entered twice or under a number that somebody else has.\n")
        with closing(_Opened()) as opened, self.teller.progress("Filling the register") as advance:
            fill_register(opened.store, opened.group_id, self.sides, advance)
        with self.teller.progress("Filling Visma") as advance:
            fill_company(self.sandbox.company, self.sides, advance)

    def first_run(self) -> None:
        self.teller.heading("The first run: look, then approve")
        self.teller.tell("A dry run shows what would happen, and writes nothing:")
        self.run("sync", _VISMA, "--dry-run")
        self.teller.tell("The first run of a connection is always held until an administrator approves it:")
        self.run("sync", _VISMA, ends=HELD)
        self.run("sync", _VISMA, "--approve")
        self.teller.tell("Where both sides held different values at the first meeting, nobody's was overwritten.")
        self.teller.tell("For the plain fields we believe the bookkeeper, all at once:")
        self.run("conflicts", "resolve", "--all", "--kind", "field", "--take", "accounting")
        self.run("sync", _VISMA)

    def references(self) -> None:
        self.teller.heading("Add assigned in our reference")
        self.teller.tell("The responsible technician becomes our reference on the customer's open documents.")
        self.run("connection", "set", _VISMA, "add_assigned_in_our_reference=true")
        self.teller.tell("Because it was just switched on, the next plan is held as well:")
        self.run("sync", _VISMA, ends=HELD)
        self.run("sync", _VISMA, "--approve")

    def both_sides_change(self) -> None:
        self.teller.heading("Both sides go on working")
        phone, mail, both, leaves, renumbered = self.sides.agreeing[-5:]
        self.run("customer", "set", phone, "phone=0611-55 20 20")
        self.eva(f"changes the e-mail of {mail}", mail, EmailAddress="ny.adress@example.com")
        self.run("customer", "set", both, "phone=08-700 11 22")
        self.eva(f"changes the phone of the same customer {both}", both, Telephone="+46 8 555 66 77")
        self.eva(f"deactivates {leaves}", leaves, IsActive=False)
        self.eva(f"gives {renumbered} the number R{renumbered}", renumbered, CustomerNumber=f"R{renumbered}")
        self.run("sync", _VISMA)

    def eva(self, does: str, number: str, **fields: str | bool) -> None:
        """Somebody works in the accounting program."""
        self.teller.tell(f"{_BOOKKEEPER} {does}.")
        self.sandbox.company.edit_customer(number, **fields)

    def conflicts(self) -> None:
        self.teller.heading("Conflicts: questions that only a person can answer")
        self.run("conflicts", "list")
        number = str(self.phone_conflict())
        self.teller.tell("Both sides changed one phone number. Which one is right?")
        self.run("conflicts", "show", number)
        self.run("conflicts", "resolve", number, "--take", "register")
        self.run("sync", _VISMA)

    def phone_conflict(self) -> int:
        """The conflict that the story made."""
        filters = {"kind": "field", "customer": self.sides.agreeing[-3], "field": "phone"}
        with closing(_Opened()) as opened:
            return list_conflicts(opened.store, opened.actor, opened.group_id, filters)[0].id

    def in_step(self) -> None:
        self.teller.heading("In step")
        self.teller.tell("A second run right after a run plans nothing:")
        self.run("sync", _VISMA)
        self.run("status")
        self.run("customer", "history", self.sides.agreeing[-3], "--limit", "5")


class _Opened:
    """The demo's database, looked into directly."""

    def __init__(self) -> None:
        self.store: Store = bootstrap.open_store(load())
        with self.store.reading() as work:
            group = work.groups.list()[0]
            self.group_id = group.id
            self.actor = owner_acting(work, group, person=None, wished=None)

    def close(self) -> None:
        """Give the database back."""
        self.store.database.close()


def _what_next(teller: Teller, place: Place, sandbox: Sandbox) -> None:
    teller.heading("What to do next")
    serve = shlex.join(["syncd", "sandbox", "serve", "--port", str(sandbox.server.port), "--state", str(place.state)])
    teller.tell("Everything is kept. To go on where the story ended, start the simulated Visma again:")
    teller.tell(f"  export SYNCD_CONFIG={shlex.quote(str(place.configuration))}")
    teller.tell(f"  {serve} &")
    teller.tell("and answer the conflicts that are left, or change something and synchronise:")
    for line in ("conflicts list", "conflicts show ID", "customer list", "runs list", "sync visma"):
        teller.tell(f"  syncd {line}")
    teller.tell(f"The administrator {ADMINISTRATOR} has the password in {place.password}.")
    teller.tell(f"When you are done: rm -r {shlex.quote(str(place.directory))}")
