"""Random histories: people on both sides, an administrator, accidents, and runs in between, watched by the oracle."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from syncd.sandbox import Fault
from tests.crashing import KilledError, Moment, Steps
from tests.machine.accidents import Accidents
from tests.machine.looking import look
from tests.machine.office import Administrator
from tests.machine.oracle import must
from tests.machine.pairing import check_pairs
from tests.machine.passed import Passed
from tests.machine.people import Bookkeeper, RegisterUser
from tests.machine.questions import check_questions
from tests.machine.references import check_references
from tests.machine.reports import check_history, check_lines, check_texts
from tests.machine.stage import EDITS, PLACES
from tests.machine.story import sentence
from tests.machine.undoing import Record, check_undo
from tests.machine.vocabulary import CUSTOMERS, NUMBERS, TECHNICIANS

if TYPE_CHECKING:
    from syncd.sandbox import Request
    from tests.machine.looking import Look

BRAKES_OFF = {"approve_first_run": "false", "max_changes_minimum": "1000", "max_deactivations": "1000"}
FAULTS = (
    *("refuse", "timeout_before", "timeout_after", "reset_mid_body", "cut_json", "html", "unauthorized", "error_500"),
    *("error_500_after", "error_503", "conflict_409", "too_many", "wrong_types", "missing_field"),
)
UNBEGUN: dict[str, Any] = {"run": {"kind": "(not yet begun)", "status": "killed", "error": None}, "actions": []}
"""What stands in the reports of a run that was killed before its first word."""
KINDS = st.sampled_from((None, "full"))
HARMLESS = {
    "register": {"after commit", "before customer", "before update", "before create", "after update", "after create"},
    "accounting": {"before customer", "before create", "after update", "after create", "after a page of customers"},
}
"""Moments at which somebody edits a side. Not in accounting between a read and its write: Visma has no version."""
LATELY = 6
"""So many of the latest runs may be undone."""
STEPS = st.integers(1, 60)
STRIKES = st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(1, 25)), min_size=1, max_size=3)


class Machine(RegisterUser, Bookkeeper, Administrator, Accidents):
    """One history. A run that nothing disturbs must bring everything to its end; any run may do only what is right."""

    @initialize(both=st.integers(0, 3), references=st.booleans())
    def begin(self, *, both: int, references: bool) -> None:
        """Some customers are on both sides and linked; the brakes that count are for other tests."""
        self.world.configure(BRAKES_OFF)
        for login, name in TECHNICIANS.items():
            self.world.hire(login, name)
        if references:
            self.administrator_sets(setting=("add_assigned_in_our_reference", "true"))
        for number in NUMBERS[:both]:
            self.bookkeeper_adds(number=number, name=CUSTOMERS[0], edit={"phone": "08-111 11 11"})
        self._run("full", sure=True)

    # ----- runs

    @rule(kind=KINDS)
    def run(self, *, kind: Any) -> None:  # noqa: ANN401  a kind of run
        """Nothing disturbs the run; what an earlier disturbed one left is settled by then. The next finds nothing."""
        if self.trouble:
            self._run(kind, sure=False)
            self.trouble = False
        document = self._run(kind, sure=not self.blind or kind == "full")
        self.blind = self.blind and document["run"]["kind"] != "full"
        if not self.blind:
            self._idle(kind)

    @rule(place=PLACES)
    def run_for_one_customer(self, *, place: int) -> None:
        """A run for one customer leaves all others alone."""
        numbers = sorted({*self.world.numbers(), *self.numbers_there()})
        if numbers:
            self._run(None, sure=not self.trouble and not self.blind, customer=numbers[place % len(numbers)])

    @rule(kind=KINDS)
    def run_dry(self, *, kind: Any) -> None:  # noqa: ANN401  a kind of run
        """A dry run writes nothing, and the run after it does what it said."""
        before, mark = look(self.world), len(self.world.sandbox.requests)
        kept = self.world.state_of_sync()
        document = self.world.sync(kind, dry_run=True)
        self.story.tell("syncd", f"dry {document['run']['kind']} run {document['run']['status']}")
        must(not _writing(self.world.sandbox.requests[mark:]), "a dry run wrote")
        must(look(self.world).texts == before.texts, "a dry run changed accounting")
        must(self.trouble or self.world.state_of_sync() == kept, "a dry run changed what is put down")
        if not self.trouble and not self.blind:
            done = self._run(kind, sure=True)
            must(
                _writes(document) == _writes(done), f"the dry run said {_writes(document)}, the run did {_writes(done)}"
            )

    @rule(kind=KINDS, step=STEPS, stopped=st.booleans())
    def run_cut_off(self, *, kind: Any, step: int, stopped: bool) -> None:  # noqa: ANN401  a kind of run
        """The process dies at some durable step, or is asked to stop there."""
        before, mark = look(self.world), len(self.world.sandbox.requests)
        steps = Steps(step, self.world.stop.set) if stopped else Steps(step)
        known = self.world.latest_run()
        with suppress(KilledError):
            self.world.run(kind, steps=steps)
        self.world.stop.clear()
        self.trouble = True
        at = steps.names[step - 1] if steps.taken >= step else None
        cut = f"{'asked to stop' if stopped else 'killed'} {at} (step {step})" if at else "not cut off after all"
        self.story.tell("syncd", f"{kind or 'incremental'} run, {cut}")
        self._watch(before, self._report(known), mark)

    @rule(kind=KINDS, strikes=STRIKES)
    def run_disturbed(self, *, kind: Any, strikes: list[tuple[str, int]]) -> None:  # noqa: ANN401  a kind of run
        """Some requests of a run go wrong."""
        self.world.sandbox.faults.add(*(Fault(what, path="/v2/*", nth=nth, seconds=0.0) for what, nth in strikes))
        self.story.tell("accounting", "stumbles: " + ", ".join(f"{what} at request {nth}" for what, nth in strikes))
        self.trouble = True
        self._run(kind, sure=False)
        self.world.sandbox.faults.clear()

    @rule(kind=KINDS, step=STEPS, here=st.booleans(), place=PLACES, edit=EDITS)
    def run_while_somebody_edits(self, *, kind: Any, step: int, here: bool, place: int, edit: Any) -> None:  # noqa: ANN401  a kind of run, an edit
        """Somebody edits a customer in the middle of a run: what he typed stands, or the next run judges it."""
        looks, mark = [look(self.world)], len(self.world.sandbox.requests)
        side: Literal["register", "accounting"] = "register" if here else "accounting"

        def happens() -> None:
            looks.append(look(self.world))
            self._judge(Passed(looks[0], looks[1], sure=False))
            self.story.tell("syncd", f"is at {steps.names[-1]}")
            (self.register_edits if here else self.bookkeeper_edits)(place=place, edit=edit)
            looks.append(look(self.world))

        steps = Moment(step, happens, HARMLESS[side])
        document = self.world.document(self.world.run(kind, steps=steps))
        self.story.run(document)
        self._judge(
            Passed(looks[-1], look(self.world), sure=False, earlier=looks[-2], edited=side)
            if looks[1:]
            else Passed(looks[0], look(self.world), sure=False)
        )
        fine = _went_well(document) or document["run"]["status"] == "held"
        must(fine, f"a run beside which somebody works ended as {document['run']}")
        self.ledger.enter(document, self.world.sandbox.requests[mark:])

    def _run(self, kind: Any, *, sure: bool, customer: str | None = None) -> dict[str, Any]:  # noqa: ANN401  a kind of run
        before, mark = look(self.world), len(self.world.sandbox.requests)
        document = self.world.sync(kind, customer=customer)
        if document["run"]["status"] == "held":
            self._watch(before, document, mark)
            must(look(self.world).texts == before.texts, "a held run wrote")
            self.story.tell("administrator", "approves the plan")
            before, mark = look(self.world), len(self.world.sandbox.requests)
            document = self.world.sync(kind, approve=True, customer=customer)
        must(not sure or _went_well(document), f"an undisturbed run ended as {document['run']}")
        passed = self._watch(before, document, mark, sure=sure, customer=customer)
        if sure and customer is None:
            self.ledger.close()
        if sure:
            check_lines(passed, document)
            check_questions(passed)
            self.records.append(Record(document["run"]["id"], passed.before, passed.after))
        return document

    def _watch(
        self, before: Look, document: dict[str, Any], mark: int, *, sure: bool = False, customer: str | None = None
    ) -> Passed:
        """What holds after any run, however it ended."""
        self.story.run(document)
        asked = self.world.sandbox.requests[mark:]
        full = document["run"]["kind"] == "full"
        passed = Passed(before, look(self.world), sure=sure, full=full, about=customer)
        check_texts(passed, asked)
        self._judge(passed)
        self.ledger.enter(document, asked)
        return passed

    def _judge(self, passed: Passed) -> None:
        """Whatever a run changed, it may change."""
        twice = passed.after.doubled() - passed.before.doubled()
        must(not twice, f"the run made numbers stand twice in accounting: {sorted(map(str, twice))}")
        check_pairs(self.oracle, passed)
        check_references(self.oracle, passed)
        check_history(self.world, passed)

    @rule(place=PLACES)
    def run_is_undone(self, *, place: int) -> None:
        """What a run wrote is taken back, where nobody has touched it since."""
        known = [one for one in self.records[-LATELY:] if not one.wrote_references]
        if not known or self.trouble or self.blind:
            return
        record = known[place % len(known)]
        before, mark = look(self.world), len(self.world.sandbox.requests)
        document = self.world.document(self.world.undo(str(record.run)))
        self.story.tell("administrator", f"lets run {record.run} be undone")
        if document["run"]["status"] == "held":
            self.story.run(document)
            must(look(self.world).lasting() == before.lasting(), "a held undo changed something")
            self.story.tell("administrator", "approves the undo")
            document = self.world.document(self.world.undo(str(record.run), approve=True))
        self.story.run(document)
        must(_went_well(document), f"an undisturbed undo ended as {document['run']}")
        passed = Passed(before, look(self.world), sure=True)
        asked = self.world.sandbox.requests[mark:]
        check_texts(passed, asked)
        check_undo(self.oracle, record, passed)
        check_history(self.world, passed)
        check_lines(passed, document)
        self.ledger.enter(document, asked)
        self.ledger.close()

    def _report(self, known: int) -> dict[str, Any]:
        """What the run after ``known`` has put down, also if it was killed; killed at once, it has put down nothing."""
        with self.world.store.reading() as work:
            run = work.runs.get(self.world.latest_run())
        return UNBEGUN if run is None or run.id == known else self.world.document(run)

    def _idle(self, kind: Any) -> None:  # noqa: ANN401  a kind of run
        """A second run right after a run plans nothing and writes nothing (S-26)."""
        before, mark = look(self.world), len(self.world.sandbox.requests)
        document = self.world.sync(kind)
        told = "; ".join(sentence(line) for line in document["actions"])
        must(not told, f"a second run right after a run found something to do: {told}")
        must(not _writing(self.world.sandbox.requests[mark:]), "a second run wrote")
        must(look(self.world).lasting() == before.lasting(), "a second run changed something")


def _went_well(document: dict[str, Any]) -> bool:
    """A run is *partial* when accounting refuses a customer; whether it had to, the questions tell."""
    failed = [str(x["message"]) for x in document["actions"] if x["outcome"] in {"failed", "unknown"}]
    refused = bool(failed) and all("rejected: " in why or "already has such a record" in why for why in failed)
    return bool(document["run"]["status"] == ("partial" if refused else "succeeded"))


def _writing(lines: list[Request]) -> list[str]:
    return [f"{x.method} {x.path}" for x in lines if x.method != "GET" and x.path.startswith("/v2/")]


def _writes(document: dict[str, Any]) -> list[str]:
    """What a report says is written, whether it is planned or done."""
    return sorted(
        f"{x['kind']} {x['customer_number']} {x['target']} {x['field']} {x['before']} -> {x['after']}"
        for x in document["actions"]
        if x["outcome"] in {"planned", "done"}
    )
