"""What happens to machines: clocks, cursors, tokens, and what the vendor's documents leave open."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from syncd.sandbox import Switches
from tests.machine.stage import Stage

OVERLAP = 120.0
"""Seconds; what is stamped longer before the last read than this, only a full run finds (S-51)."""
UNKNOWNS: dict[str, tuple[Any, ...]] = {
    "duplicate_status": (400, 409),
    "missing_status": (404, 400),
    "post_status": (201, 200),
    "omitted_labels": ("keep", "clear"),
    "unknown_keys": ("keep", "ignore"),
    "terms_verbatim": (False, True),
    "changed_by_equal_put": (True, False),
    "changed_by_document": (False, True),
    "number_filter": (True, False),
    "orderby": (True, False),
    "orderby_many": (True, False),
    "select": (True, False),
    "default_order": ("created", "number"),
    "page_past_end": ("empty", "reject"),
    "coarse_stamps": (False, True),
    "refresh_reuse": ("reject", "grace", "revoke_family"),
    "renumber_by_put": ("allow", "reject", "ignore"),
}
POSITIONS = st.sampled_from([(name, value) for name, values in UNKNOWNS.items() for value in values])


class Accidents(Stage):
    """The rules."""

    @rule(seconds=st.sampled_from((-86400, -7200, -60, 60, 7200, 86400)))
    def accounting_sets_its_clock(self, *, seconds: int) -> None:
        """Accounting's clock jumps, forwards or backwards; what is then stamped in the past only a full run finds."""
        self.story.tell("accounting", f"sets its clock {abs(seconds)} seconds {'ahead' if seconds > 0 else 'back'}")
        self.world.sandbox.clock.advance(seconds)
        self.blind = self.blind or seconds < -OVERLAP

    @rule(position=POSITIONS)
    def accounting_behaves_otherwise(self, *, position: tuple[str, Any]) -> None:
        """Something that the vendor's documents leave open turns out to be different."""
        self.story.tell("accounting", f"behaves otherwise: {position[0]} = {position[1]}")
        self.world.sandbox.switches = Switches.from_json(dict([position]), self.world.sandbox.switches)
        if position[0] == "renumber_by_put":
            self.oracle.renumbering = (
                "refused" if position[1] != "allow" else self.oracle.renumbering and "allowed again"
            )

    @rule()
    def cursors_are_lost(self) -> None:
        """Where reading left off is forgotten."""
        self.story.tell("accident", "the cursors are lost")
        with self.world.store.work() as work:
            work.connections.save(self.world.connection_id, cursors={})
            work.commit()

    @rule()
    def access_tokens_expire(self) -> None:
        """Every access token is too old."""
        self.story.tell("accounting", "lets the access tokens expire")
        self.world.sandbox.expire_access_tokens()
