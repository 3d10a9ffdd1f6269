"""Rarer turns: answers in the middle of a run, lost locks, ended consents, backups put back, a new connection."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from syncd import bootstrap
from syncd.ports.queue import Order
from syncd.services import connections
from tests.crashing import Moment
from tests.machine.looking import look
from tests.machine.machine import BRAKES_OFF, HARMLESS, KINDS, STEPS, Machine
from tests.machine.oracle import must
from tests.machine.passed import Passed
from tests.machine.stage import PLACES, TEXTS
from tests.world import CONNECTION, LOGIN

if TYPE_CHECKING:
    from tests.machine.oracle import Oracle
    from tests.machine.undoing import Record
    from tests.machine.vocabulary import Value

ANYWHERE = HARMLESS["register"] | HARMLESS["accounting"]
"""Moments at which another run may begin: not between a read and its write, since the first may still send that one."""


class History(Machine):
    """Everything that may happen in a history."""

    kept: tuple[Oracle, list[Record]] | None = None
    """What the oracle knew, and which runs could be undone, when the database was copied last."""

    @rule(kind=KINDS, step=STEPS, place=PLACES, choice=st.integers(0, 2), texts=TEXTS)
    def run_while_somebody_answers(
        self,
        *,
        kind: Any,  # noqa: ANN401  a kind of run
        step: int,
        place: int,
        choice: int,
        texts: dict[str, Value],
    ) -> None:
        """An answer that is taken in the middle of a run is carried out, by it or by the next one, or is void."""
        looks, mark = [look(self.world)], len(self.world.sandbox.requests)

        def happens() -> None:
            looks.append(look(self.world))
            self._judge(Passed(looks[0], looks[1], sure=False))
            self.story.tell("syncd", f"is at {steps.names[-1]}")
            self.administrator_answers(place=place, choice=choice, texts=texts)
            looks.append(look(self.world))

        steps = Moment(step, happens, HARMLESS["register"])
        document = self.world.document(self.world.run(kind, steps=steps))
        self.story.run(document)
        after = look(self.world)
        self._judge(Passed(looks[-1], after, sure=False, earlier=looks[-2] if looks[1:] else None))
        self.ledger.enter(document, self.world.sandbox.requests[mark:])
        if looks[1:]:
            given = {one.id for one in looks[2].questions if one.status == "resolved"}
            given -= {one.id for one in looks[1].questions if one.status == "resolved"}
            lost = [one for one in after.questions if one.id in given and one.status == "open"]
            same = (looks[2].here, looks[2].there) == (after.here, after.there)
            must(not (lost and same), f"an answer was taken and then forgotten: {[one.kind for one in lost]}")

    @rule(kind=KINDS, other=KINDS, step=STEPS)
    def run_that_loses_its_lock(self, *, kind: Any, other: Any, step: int) -> None:  # noqa: ANN401  kinds of runs
        """Another process takes the connection over in the middle of a run: the first one writes nothing more."""
        looks, mark = [look(self.world)], len(self.world.sandbox.requests)

        def happens() -> None:
            looks.append(look(self.world))
            self._judge(Passed(looks[0], looks[1], sure=False))
            self.story.tell("accident", f"at {steps.names[-1]} the run loses its lock, another one begins")
            document = self.world.document(self.world.runner().run_now(self.world.connection, Order(LOGIN, other)))
            self.story.run(document)
            looks.append(look(self.world))
            self._judge(Passed(looks[1], looks[2], sure=False))
            late.append(document)

        late: list[dict[str, Any]] = []
        steps = Moment(step, happens, ANYWHERE)
        document = self.world.document(self.world.run(kind, steps=steps))
        self.story.run(document)
        self.trouble = True
        if not looks[1:]:
            self._judge(Passed(looks[0], look(self.world), sure=False))
            self.ledger.enter(document, self.world.sandbox.requests[mark:])
            return
        if document["run"]["id"] < late[0]["run"]["id"]:
            must(look(self.world).lasting() == looks[2].lasting(), "a run that was taken over wrote on")
        else:  # it had not begun when it lost its lock: it is the later one, and nobody's turn was taken
            self._judge(Passed(looks[2], look(self.world), sure=False))
        told = [line for one in (document, *late) for line in one["actions"]]
        self.ledger.enter({"actions": told}, self.world.sandbox.requests[mark:])

    @rule(kind=KINDS)
    def consent_ends(self, *, kind: Any) -> None:  # noqa: ANN401  a kind of run
        """Every token is dead: a run says so and does nothing, until an administrator consents again."""
        before = look(self.world)
        self.story.tell("accounting", "ends the consent")
        self.world.sandbox.kill_tokens()
        document = self.world.sync(kind)
        must((document["run"]["error"] or {}).get("code") == "needs_consent", f"the run ended as {document['run']}")
        must(look(self.world).lasting() == before.lasting(), "a run without consent changed something")
        self.world.authorize()
        self.story.tell("administrator", "consents again")
        self.trouble = True  # the run after it removes nothing

    @rule()
    def database_is_copied(self) -> None:
        """A backup; of a register that no write is under way from, so that what reports claim can be counted."""
        copy = self.world.directory / "backup.db"
        if self.world.database.is_sqlite and not self.trouble:
            copy.unlink(missing_ok=True)
            self.story.tell("administrator", "copies the database")
            self.world.back_up()
            self.kept = deepcopy(self.oracle), list(self.records)

    @rule()
    def backup_is_put_back(self) -> None:
        """A broken disk: the register and all that syncd knows is older than accounting from now on (S-73)."""
        if self.kept is None:
            return
        self.story.tell("administrator", "puts the backup back")
        self.world.restore()
        self.world.give_tokens()  # its own are spent
        renumbering = self.oracle.renumbering
        self.oracle, self.records = deepcopy(self.kept[0]), list(self.kept[1])
        self.oracle.renumbering = renumbering
        self.trouble = self.blind = self.ledger.doubtful = True

    @rule()
    def connection_is_made_anew(self) -> None:
        """A connection is removed and added again: nothing is known of anybody, as on the first day."""
        if self.trouble:
            return
        world = self.world
        self.story.tell("administrator", "removes the connection and adds it again")
        connections.remove(world.store, world.anna, world.connection)
        made = connections.add(world.store, world.anna, world.group.id, CONNECTION, bootstrap.VISMA_EACCOUNTING)
        world.connection_id = made.id
        world.authorize()
        world.configure(BRAKES_OFF)
        self.oracle.forget()
        self.records.clear()
        self.kept = None
