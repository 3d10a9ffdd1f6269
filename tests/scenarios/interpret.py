"""Plays a scenario in a world, and checks after every run what must hold whatever the scenario is about."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.targets import targets
from syncd.errors import SyncdError
from syncd.sandbox import Fault, Switches
from syncd.services.sync.report import exit_code
from tests.crashing import KilledError, Steps
from tests.scenarios import looking, words
from tests.scenarios.observing import Snapshot, claims, customers_read, writes
from tests.scenarios.schema import UndoAct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.ports.queue import RunKind
    from syncd.ports.records import RunInfo
    from tests.scenarios.schema import (
        AccountingActs,
        Clock,
        DocumentActs,
        FaultAct,
        Given,
        Meanwhile,
        RegisterActs,
        Resolve,
        Scenario,
        Step,
        SyncAct,
        Tokens,
    )
    from tests.world import World

HOME = {"invoice_postal_code": "111 22", "invoice_city": "Stockholm"}
"""Accounting requires an address; a customer has this one unless the scenario says otherwise."""


class Play:
    """One scenario being played."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self.world = world
        self.scenario = scenario
        self.documents: dict[str, str] = {}
        self.claimed: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self._heard = 0
        self.before = Snapshot()
        self.runs: list[int] = []
        self._verbs: dict[str, Callable[[Any, Step], None]] = {
            "register_": lambda acts, _: self._register(acts),
            "accounting": lambda acts, _: self._accounting(acts),
            "documents": lambda acts, _: self._documents(acts),
            "fault": lambda act, _: self._fault(act),
            "no_more_faults": lambda _act, _: world.sandbox.faults.clear(),
            "meanwhile": lambda act, _: self._meanwhile(act),
            "clock": lambda act, _: self._clock(act),
            "resolve": lambda act, _: self._resolve(act),
            "settings": lambda act, _: world.configure(act),
            "group_settings": lambda act, _: world.configure_group(act),
            "switches": lambda act, _: self._switches(act),
            "tokens": lambda act, _: self._tokens(act),
            "authorize": lambda act, _: self._authorize(act),
            "server": lambda act, _: self._server(act),
            "database": lambda act, _: self._database(act),
            "restart": lambda _act, _: world.restart(),
            "sync": self._sync,
            "undo": self._sync,
            "link": lambda act, _: world.link(act.customer, act.to, same=act.same),
            "unlink": lambda number, _: world.unlink(number),
            "look": lambda then, _: looking.check(self, then),
        }

    def play(self) -> None:
        """From the beginning to the end, and a little further."""
        self.begin()
        for step in self.scenario.steps:
            self.step(step)
        looking.check(self, self.scenario.then)
        self.numbers_stand_once()
        if not self.scenario.unreported:
            assert self.seen == self.claimed, "what the vendor was asked to write, and what the reports claim"
        if not self.scenario.unsettled:
            self.nothing_is_left_to_do("incremental", "full")

    def step(self, step: Step) -> None:
        """One step; a refused one must be refused for the reason that the scenario names."""
        act = self._verbs[step.verb]
        if step.refused is None:
            act(getattr(step, step.verb), step)
            return
        with pytest.raises(SyncdError) as caught:
            act(getattr(step, step.verb), step)
        assert caught.value.code == step.refused

    # ----- how it begins

    def begin(self) -> None:
        """Put up what the scenario is given."""
        world, given = self.world, self.scenario.given
        self._switches(given.switches)
        world.company.settings.update(given.company)
        for login, person in given.technicians.items():
            world.hire(login, **person.model_dump(exclude_none=True))
        world.configure({"approve_first_run": "false", "max_changes_minimum": "10000"})
        if given.both:
            self._add_here([row for row in given.both if "numbers" not in row])  # the first run imports many faster
            self._add_there(given.both)
            made = world.sync("full")
            assert made["run"]["status"] == "succeeded", made
            assert not world.conflicts(), "customers of `both` are in step"
        self._group(given)
        world.configure({"max_changes_minimum": "20"} | given.settings)
        self._add_here(given.here)
        self._add_there(given.there)
        self._assign(given.assigned)
        self._add_documents(given.documents)
        world.sandbox.clear_requests()

    def _group(self, given: Given) -> None:
        if given.group_settings:
            self.world.configure_group(given.group_settings)

    def _add_here(self, rows: list[Any]) -> None:
        for row in words.rows(_plain(one) for one in rows):
            number = row.pop("number")
            row.pop("visma", None)
            self.world.add(number, HOME | row)

    def _add_there(self, rows: list[Any]) -> None:
        for row in words.rows(_plain(one) for one in rows):
            extra = row.pop("visma", {})
            self.world.company.add_customer(**self._in_visma(row) | extra)

    def _in_visma(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A customer's fields in Visma's words."""
        wire = {words.PLAIN[name]: value for name, value in row.items() if name in words.PLAIN}
        if "type" in row:
            wire["IsPrivatePerson"] = row["type"] == "private"
        if "terms_of_payment" in row:
            terms = {term["Name"]: term["Id"] for term in self.world.company.terms}
            wire["TermsOfPaymentId"] = terms[row["terms_of_payment"]]
        return wire

    # ----- what people do

    def _register(self, acts: RegisterActs) -> None:
        self._add_here(acts.add)
        for number, fields in words.each(acts.change):
            self.world.change(number, fields)
        for old, new in acts.renumber.items():
            self.world.renumber(old, new)
        for number in _all(acts.deactivate):
            self.world.set_active(number, active=False)
        for number in _all(acts.reactivate):
            self.world.set_active(number, active=True)
        for number in _all(acts.delete):
            self.world.delete(number)
        self._assign(acts.assign)
        for number, logins in acts.unassign.items():
            self.world.unassign(number, logins)

    def _assign(self, assigned: Mapping[str, list[str]]) -> None:
        for key, logins in assigned.items():
            for number in words.numbers(key):
                self.world.assign(number, logins)

    def _accounting(self, acts: AccountingActs) -> None:
        self._add_there(acts.add)
        for number, fields in words.each(acts.edit):
            self._edit(number, fields)
        for old, new in acts.renumber.items():
            self._edit(old, {"CustomerNumber": new})
        for number in _all(acts.deactivate):
            self._edit(number, {"IsActive": False})
        for number in _all(acts.reactivate):
            self._edit(number, {"IsActive": True})
        for number in _all(acts.delete):
            self.world.company.delete_customer(number)
        self.world.company.settings.update(acts.company)

    def _edit(self, number: str, fields: dict[str, Any]) -> None:
        edited = self.world.company.edit_customer(number, **fields)
        self.before.customers[edited["Id"]] = self.world.company.raw(edited["Id"])

    def _documents(self, acts: DocumentActs) -> None:
        self._add_documents(acts.add)
        for name, fields in acts.edit.items():
            id_ = self.documents[name]
            self.world.company.edit_document(id_, **fields)
            self.before.documents[id_] = self.world.company.raw(id_)
        for name in acts.delete:
            self.world.company.delete_document(self.documents[name])

    def _add_documents(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        for name, given in documents.items():
            fields = dict(given)
            made = self.world.company.add_document(fields.pop("kind"), fields.pop("customer"), **fields)
            self.documents[name] = made["Id"]

    def _resolve(self, act: Resolve) -> None:
        wanted = (act.kind, act.customer, act.field)
        found = [c for c in self.world.conflicts() if wanted == (c.kind, c.customer_number, c.field)]
        assert found, f"no open conflict {wanted}: {looking.open_conflicts(self)}"
        value = act.value if act.value is None or isinstance(act.value, str) else json.dumps(act.value)
        self.world.resolve(found[0], act.answer or act.take or "value", value)

    # ----- what happens to the machines

    def _switches(self, switches: Mapping[str, Any]) -> None:
        self.world.sandbox.switches = Switches.from_json(switches, self.world.sandbox.switches)

    def _fault(self, act: FaultAct) -> None:
        method, path = act.at.split()
        times = None if act.times == "forever" else act.times
        more = {"seconds": 0.05, **act.more}
        fault = {"kind": act.what, "method": method, "path": path, "query": act.query, "nth": act.nth, "times": times}
        self.world.sandbox.faults.add(Fault.from_json({**fault, **more}))

    def _meanwhile(self, act: Meanwhile) -> None:
        method, path = act.at.split()
        kind = "call_after" if act.after else "call"

        def happen() -> None:
            for step in act.steps:
                self.step(step)

        self.world.sandbox.faults.add(Fault(kind, method=method, path=path, nth=act.nth, call=happen))

    def _clock(self, act: Clock) -> None:
        clock = self.world.sandbox.clock
        if act.stand_still is not None:
            (clock.freeze if act.stand_still else clock.resume)()
        if act.jump_to is not None:
            clock.set(datetime.fromisoformat(act.jump_to))
        if act.advance is not None:
            clock.advance(act.advance)

    def _tokens(self, act: Tokens) -> None:
        world = self.world
        match act.are:
            case "killed":
                world.sandbox.kill_tokens()
            case "expired":
                world.sandbox.expire_access_tokens()
            case "of another company":
                world.give_tokens(world.sandbox.add_company())
            case "without sales":
                world.give_tokens(scopes=("ea:api", "offline_access"))

    def _authorize(self, act: str) -> None:
        self.world.authorize(self.world.sandbox.add_company() if act == "another company" else None)

    def _server(self, act: str) -> None:
        (self.world.sandbox.stop if act == "stops" else self.world.sandbox.start)()

    def _database(self, act: str) -> None:
        acts = {
            "is backed up": self.world.back_up,
            "is restored": self.world.restore,
            "was written by a newer program": self.world.stamp_newer_schema,
        }
        acts[act]()

    # ----- runs

    def _sync(self, act: SyncAct | UndoAct, step: Step) -> None:
        mark = len(self.world.sandbox.requests)
        kept = self.world.state_of_sync() if act.dry_run else None
        run = self.run(act, self.killing(act))
        asked = self.world.sandbox.requests[mark:]
        if kept is not None:
            assert self.world.state_of_sync() == kept, "a dry run writes nothing"
        assert (run is None) == (act.killed is not None), "the run should have died"
        if run is None:
            return
        document = self.world.document(run)
        if not act.dry_run:
            self.claimed += claims(document)
        if step.expect is not None:
            looking.check_report(self, step.expect, document, customers_read(asked))
            if step.expect.exit is not None:
                assert exit_code(run) == step.expect.exit

    def killing(self, act: SyncAct | UndoAct) -> Steps:
        """The steps of a run, with the one at which the scenario kills it, if it does."""
        kill = act.killed
        return Steps(f"{kill.moment} {kill.write}", nth=kill.nth) if kill else Steps()

    def run(self, act: SyncAct | UndoAct, steps: Steps) -> RunInfo | None:
        """Carry out a run, and watch what it does at the vendor; None when it was killed."""
        self.before = Snapshot.of(self.world.sandbox)
        run = self._ordered(act, steps)
        latest = self.world.latest_run()
        self.runs += [latest] if latest not in self.runs else []
        trespasses = self.before.trespasses(
            Snapshot.of(self.world.sandbox), targets(self.world.connection.settings).values()
        )
        assert not trespasses, f"the run changed what is not its business: {trespasses}"
        self.listen()
        return run

    def listen(self) -> None:
        """Count what the vendor carried out since the last time; it may log a request after the run gave up on it."""
        news = self.world.sandbox.requests[self._heard :]
        self._heard += len(news)
        self.seen += writes(news)

    def _ordered(self, act: SyncAct | UndoAct, steps: Steps) -> RunInfo | None:
        order: dict[str, Any] = {"customer": act.customer, "dry_run": act.dry_run, "approve": act.approve}
        try:
            if isinstance(act, UndoAct):
                meant = str(act.run if act.run == "references" else self.meant(act.run))
                return self.world.undo(meant, **order, steps=steps, wait=0.2)
            return self.world.run(act.kind, **order, steps=steps, wait=0.2)
        except KilledError:
            return None

    def meant(self, run: int | str) -> int:
        """The run that a step names: *last*, or by its place."""
        return self.runs[-1 if run == "last" else int(run) - 1]

    # ----- what must hold in the end, whatever the scenario is about

    def numbers_stand_once(self) -> None:
        """No customer is in accounting twice."""
        held = Counter(c["CustomerNumber"] for c in self.world.company.customers() if c["CustomerNumber"])
        twice = [number for number, times in held.items() if times > 1]
        assert bool(twice) == bool(self.scenario.doubled), f"numbers held twice in accounting: {twice}"

    def nothing_is_left_to_do(self, *kinds: RunKind) -> None:
        """Further runs find nothing."""
        self.world.sandbox.faults.clear()
        mark = len(self.world.sandbox.requests)
        for kind in kinds:
            document = self.world.sync(kind)
            told = [words.action(line) for line in document["actions"]]
            assert not told, f"a further {kind} run should find nothing to do"
            assert document["run"]["status"] == "succeeded", document["run"]
        assert not self.world.sandbox.requests[mark:] or not _writing(self.world.sandbox.requests[mark:])


def _writing(lines: list[Any]) -> list[str]:
    return [f"{x.method} {x.path}" for x in lines if x.method != "GET" and x.path.startswith("/v2/")]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the schema as plain values."""
    return {
        name: value if not hasattr(value, "model_extra") else value.model_extra or {} for name, value in row.items()
    }


def _all(keys: list[str]) -> list[str]:
    return [number for key in keys for number in words.numbers(key)]
