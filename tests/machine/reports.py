"""What the run's report and the history say, held against what was really done on both sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from syncd.store.tables import History
from tests.machine.oracle import must
from tests.machine.vocabulary import UNIT_OF
from tests.scenarios.observing import REFERENCE_KEYS, changed_keys, claims, writes
from tests.scenarios.words import DERIVED, MAPPED

LATE = "sent by run "
"""How a report marks a write of an earlier run that this one found done."""

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.sandbox import Request
    from tests.machine.passed import Passed
    from tests.world import World


def check_texts(passed: Passed, asked: Iterable[Request]) -> None:
    """Whatever syncd does not map stays as it was in accounting, and goes back there as it came, to the byte."""
    before, after = passed.before.texts, passed.after.texts
    for id_, text in after.customers.items():
        strange = changed_keys(before.customers.get(id_, text), text) - MAPPED - DERIVED
        must(not strange, f"the run changed {sorted(strange)} of {passed.before.name((0, id_))}, none of its business")
    for line in asked:
        known = {**before.customers, **before.documents}.get(line.path.rpartition("/")[2])
        if line.method == "PUT" and known is not None and line.body is not None:
            strange = changed_keys(known, line.body) - (REFERENCE_KEYS if "/customers/" not in line.path else MAPPED)
            must(not strange, f"the run sent {sorted(strange)} otherwise than it was: {line.path}")


@dataclass
class Ledger:
    """Writes that accounting carried out and no report has claimed yet, by kind.

    ``doubtful``: somebody changed accounting meanwhile, so that nobody can know any more what had arrived.
    """

    owed: Counter[str] = field(default_factory=Counter)
    doubtful: bool = False

    def enter(self, document: Mapping[str, Any], asked: Iterable[Request]) -> None:
        """A run claims its own writes, and those of earlier runs that it found done; never one that was not made."""
        late = [line for line in document["actions"] if LATE in (line["message"] or "")]
        own = [line for line in document["actions"] if line not in late]
        self._check(Counter({}), claims({"actions": own}), writes(asked))
        self._check(self.owed, claims({"actions": late}), Counter())

    def _check(self, owed: Counter[str], claimed: Counter[str], seen: Counter[str]) -> None:
        for kind in seen.keys() | claimed.keys():
            known = owed[kind] + seen[kind]
            told = f"{kind}: the report claims {claimed[kind]}, accounting carried out {known}"
            must(claimed[kind] <= known, told)
            self.owed[kind] += seen[kind] - claimed[kind]

    def close(self) -> None:
        """After a run that nothing disturbed, every write of this and all earlier runs is in a report."""
        left = {kind: count for kind, count in self.owed.items() if count}
        must(self.doubtful or not left, f"accounting carried out writes that no report claims: {left}")
        self.owed.clear()
        self.doubtful = False


def check_lines(passed: Passed, document: Mapping[str, Any]) -> None:
    """Every value of accounting that an undisturbed run replaced stands in its report, with the one it got."""
    told = {
        (line["field"], line["before"], line["after"])
        for line in document["actions"]
        if line["outcome"] == "done" and line["target"] == "accounting"
    }
    for id_, row in passed.before.there.items():
        for name, value in passed.after.there.get(id_, row).items():
            if value != row[name]:
                known = (name, row[name] or None, value or None) in told or (name, row[name], value) in told
                must(
                    known, f"{name} of {passed.before.name((0, id_))} in accounting was replaced, and no report says so"
                )


def check_history(world: World, passed: Passed) -> None:
    """Every value of the register that a run replaced stands in the history, signed by the run."""
    with world.database.reader() as session:
        rows = session.scalars(select(History).where(History.run_id.is_not(None))).all()
    told = {(row.customer_id, row.field, _plain(row.before), _plain(row.after)) for row in rows}
    for id_, fields in passed.before.here.items():
        for name, value in passed.after.here.get(id_, {}).items():
            if value != fields[name] and name in UNIT_OF:
                known = (id_, name, _plain(fields[name]), _plain(value)) in told
                must(known, f"{name} of {passed.before.name((id_, ''))} was replaced, and no history says so")


def check_chain(world: World) -> None:
    """The history of every field is a chain without a gap, and ends with what the register holds."""
    with world.database.reader() as session:
        rows = session.scalars(select(History).where(History.field.is_not(None)).order_by(History.id)).all()
    last: dict[tuple[int, str], Any] = {}
    for row in rows:
        key = (row.customer_id, str(row.field))
        if row.field in UNIT_OF and row.kind not in {"created", "deleted"}:
            broken = key in last and last[key] != row.before
            must(not broken, f"the history of {row.field} has a gap: {last.get(key)!r}, then {row.before!r}")
            last[key] = row.after
    with world.store.reading() as work:
        found = work.customers.find_many(world.group.id, world.numbers())
    for customer in found.values():
        for name in UNIT_OF:
            key = (customer.id, name)
            must(key not in last or last[key] == customer.fields[name], f"the history of {name} does not end as it is")


def _plain(value: Any) -> Any:  # noqa: ANN401  a JSON value
    return value or None if not isinstance(value, bool) else value
