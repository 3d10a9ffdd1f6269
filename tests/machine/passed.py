"""A run that is over, as the oracle sees it: what was there before and after, and how far it must have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.machine.looking import Look, Pair


@dataclass(frozen=True)
class Passed:
    """``sure``: nothing disturbed the run, so everything it should do must be done.

    ``about``: the number of the one customer it was for.
    """

    before: Look
    after: Look
    sure: bool
    full: bool = False
    about: str | None = None

    def covers(self, pair: Pair) -> bool:
        """Whether the run had any business with this pair."""
        return self.about is None or self.about in {self.before.number_here(pair[0]), self.before.number_there(pair[1])}

    def must_settle(self, pair: Pair) -> bool:
        """Whether the run must have brought this pair to its end: it was read, on both sides."""
        return self.sure and self.about in {None, self.before.number_here(pair[0])}

    def must_settle_there(self, there: str) -> bool:
        """Whether the run must have decided about this customer of accounting, who has no partner."""
        return self.sure and self.about in {None, self.before.number_there(there)}
