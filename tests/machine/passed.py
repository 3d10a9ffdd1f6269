"""A run that is over, as the oracle sees it: what was there before and after, and how far it must have come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.machine.looking import Look, Pair


@dataclass(frozen=True)
class Passed:
    """``sure``: nothing disturbed the run, so everything it should do must be done.

    ``about``: the number of the one customer it was for. ``edited``: this is what a run did after somebody had edited
    a customer on that side in its middle; until then both sides were as in ``earlier``, which the run may have read.
    """

    before: Look
    after: Look
    sure: bool
    full: bool = False
    about: str | None = None
    earlier: Look | None = None
    edited: Literal["register", "accounting"] | None = None

    def as_read(self) -> Passed | None:
        """The same, as the run may have read both sides before somebody edited one of them."""
        return None if self.earlier is None else replace(self, before=self.earlier, earlier=None)

    def covers(self, pair: Pair) -> bool:
        """Whether the run had any business with this pair."""
        return self.about is None or self.about in {self.before.number_here(pair[0]), self.before.number_there(pair[1])}

    def must_settle(self, pair: Pair) -> bool:
        """Whether the run must have brought this pair to its end: it was read, on both sides."""
        return self.sure and self.about in {None, self.before.number_here(pair[0])}

    def must_settle_there(self, there: str) -> bool:
        """Whether the run must have decided about this customer of accounting, who has no partner."""
        return self.sure and self.about in {None, self.before.number_there(there)}
