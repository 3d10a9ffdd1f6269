"""Why a form is shown again: what is wrong with it as a whole, and with each field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from syncd.errors import ChangedMeanwhileError
from syncd.web.pages.faults import Fault, told
from syncd.web.pages.problem_words import Told, problems_of, told_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.errors import SyncdError
    from syncd.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form is shown again. ``outdated``: somebody stored something else meanwhile."""

    fault: Fault
    problems: tuple[Told, ...] = ()
    outdated: bool = False

    def labelled(self, labels: Mapping[str, str]) -> Self:
        """The same, with what the fields of a group's own are called."""
        return replace(self, problems=tuple(replace(one, label=labels.get(one.field, "")) for one in self.problems))

    def of(self, field: str) -> Told | None:
        """What is wrong with a field."""
        return next((one for one in self.problems if one.field == field), None)


def wrong(error: SyncdError, visit: Visit) -> Wrong:
    """What a page says of an error."""
    problems = tuple(told_of(one, visit.words) for one in problems_of(error))
    return Wrong(told(error, visit.words), problems, outdated=isinstance(error, ChangedMeanwhileError))
