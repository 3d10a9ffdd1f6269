"""Stored conflicts as the engine reads them: answers to carry out, and refused writes to leave alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.engine.state import Answer, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.records import ConflictInfo


@dataclass(frozen=True, slots=True)
class Pending:
    """The pending conflicts of a connection, by subject."""

    conflicts: tuple[ConflictInfo, ...] = ()
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, dict[str, Refusal]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def is_silent(self) -> bool:
        """Whether nobody answered anything and nothing was refused."""
        return not self.answers and not self.refused

    @property
    def answered(self) -> frozenset[int]:
        """The conflicts that have an answer."""
        return frozenset(answer.conflict_id for some in self.answers.values() for answer in some)

    def of(self, *subjects: str) -> tuple[tuple[Answer, ...], dict[str, Refusal]]:
        """The answers and refused writes of a pair, which may be known under more than one subject."""
        answers = tuple(answer for subject in subjects for answer in self.answers.get(subject, ()))
        refused = {mark: refusal for s in subjects for mark, refusal in self.refused.get(s, {}).items()}
        return answers, refused


def pending(conflicts: Iterable[ConflictInfo]) -> Pending:
    """Sort pending conflicts for the engine."""
    result = Pending(tuple(conflicts))
    for conflict in result.conflicts:
        answer = answer_of(conflict)
        if answer is not None:
            result.answers[conflict.subject].append(answer)
        if conflict.digest:
            refusal = Refusal(conflict.kind, conflict.message, conflict.field)
            result.refused[conflict.subject][conflict.digest] = refusal
    return result


def answer_of(conflict: ConflictInfo) -> Answer | None:
    """The engine's view of an answered conflict; None while nobody answered."""
    if conflict.status != "resolved" or not conflict.pending or conflict.resolution is None:
        return None
    return Answer(
        conflict.id,
        conflict.kind,
        conflict.field,
        str(conflict.resolution["answer"]),
        conflict.resolution.get("value"),
        conflict.register,
        conflict.accounting,
    )
