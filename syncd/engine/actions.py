"""Actions as values: everything a run may do, decided before the first write."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.engine.questions import Question
    from syncd.engine.state import Agreed, Link, Noted, Pair
    from syncd.register.fields import Value
    from syncd.values.records import RemoteDocument


@dataclass(frozen=True, slots=True)
class Write:
    """One field to be written on one side."""

    field: str
    before: Value
    after: Value
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CreateInAccounting:
    """Send a customer to accounting. ``replaces`` is the link that ends because its record is gone (S-61)."""

    pair: Pair
    fields: Mapping[str, Value]
    replaces: Link | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CreateInRegister:
    """Take a customer into the register. ``base`` is what both sides agree on afterwards."""

    pair: Pair
    fields: Mapping[str, Value]
    base: Mapping[str, Agreed]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Bring a pair in step: writes for each side, and what is agreed without a write. Links the pair if need be.

    ``released`` names units that no longer wait for a person after an undo: both sides agree.
    """

    pair: Pair
    take: tuple[Write, ...] = ()
    push: tuple[Write, ...] = ()
    agree: Mapping[str, Agreed] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    released: frozenset[str] = frozenset()

    @property
    def writes(self) -> bool:
        """Whether anything is written on either side."""
        return bool(self.take or self.push)


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What an undo does not write, with why: a field of a side, or the whole record that a run created there."""

    target: Literal["accounting", "register"]
    why: str
    write: Write | None = None


@dataclass(frozen=True, slots=True)
class EndLink:
    """End a link, never erasing the pair (S-16). ``there`` and ``here`` say what happens to each record with it.

    ``take`` are values that go back into the register with the record that they came from.
    """

    pair: Pair
    reason: str
    here: Literal["deactivate", "delete"] | None = None
    there: Literal["deactivate", "delete"] | None = None
    take: tuple[Write, ...] = ()
    left: tuple[LeftAlone, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Put back what a run wrote, each value on the side that the run wrote it (S-56).

    ``undone`` are the units that then wait for a person (None: those that did before), ``agree`` is what both sides
    hold again. ``relink`` makes a link that an undo had ended again, with this base.
    """

    pair: Pair
    take: tuple[Write, ...] = ()
    push: tuple[Write, ...] = ()
    left: tuple[LeftAlone, ...] = ()
    undone: Mapping[str, int] | None = None
    agree: Mapping[str, Agreed] = field(default_factory=dict)
    relink: Mapping[str, Agreed] | None = None


@dataclass(frozen=True, slots=True)
class SetReference:
    """Write *our reference* on an open document; ``skipped`` says why it is left alone instead.

    ``noted`` is what syncd remembers of the document now, ``then`` what it remembers once this is done.
    """

    document: RemoteDocument
    subject: str
    number: str | None
    after: str | None
    noted: Noted
    then: Noted
    skipped: str | None = None


PairAction = CreateInAccounting | CreateInRegister | Update | EndLink | TakeBack


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows for one customer: at most one action, the questions it leaves, the answers it carries out."""

    pair: Pair
    action: PairAction | None = None
    questions: tuple[Question, ...] = ()
    carried: tuple[int, ...] = ()


def digest(*parts: object) -> str:
    """A short stable mark of a write, to know it again (not a secret, not reversible in practice)."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
