"""Which customer belongs to which accounting record, and the value both agreed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.engine.state import Agreed, Ended, Link
    from syncd.ports.records import (
        Half,
        Touches,
    )

    Settled = tuple[int, Mapping[str, Agreed], tuple[int, str], Mapping[str, int] | None]


class Links(Protocol):
    """Reads and writes the links of any connection."""

    def create(
        self, connection_id: int, customer_id: int, remote_id: str, base: Mapping[str, Agreed], seen: tuple[int, str]
    ) -> Link:
        """Pair two records. ``seen`` is the customer's version and the remote fingerprint at this moment."""
        ...

    def create_many(
        self, connection_id: int, pairs: Sequence[tuple[int, str, Mapping[str, Agreed], tuple[int, str]]]
    ) -> None:
        """Pair many records at once: (customer, remote id, base, seen) as in ``create``."""
        ...

    def settle(
        self,
        link_id: int,
        base: Mapping[str, Agreed],
        seen: tuple[int, str],
        undone: Mapping[str, int] | None = None,
    ) -> None:
        """Store a new base and what both sides were when it was found; ``undone`` None leaves the marks as they are."""
        ...

    def settle_many(self, settled: Iterable[Settled]) -> None:
        """The same for many links: (id, base, seen, undone)."""
        ...

    def postpone(self, link_id: int, *, run: int) -> None:
        """A passing failure: after the third one in a row, leave out ever more incremental runs (back-off)."""
        ...

    def end(self, link_id: int, reason: str, who: str) -> None:
        """End a link; the row stays and keeps both records from being paired again (S-16)."""
        ...

    def keep_apart(self, connection_id: int, customer_id: int, remote_id: str, who: str) -> None:
        """Remember that two records are two customers (answer *different*)."""
        ...

    def get(self, link_id: int) -> Link | None:
        """Read one link."""
        ...

    def ended(self, connection_id: int, *, customers: Iterable[int], remotes: Iterable[str]) -> tuple[Ended, ...]:
        """The links of these customers or remote customers that ended, oldest first."""
        ...

    def of_customer(self, connection_id: int, customer_id: int) -> Link | None:
        """The live link of a customer."""
        ...

    def of_remotes(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, Link]:
        """The live links of these remote customers."""
        ...

    def of_customers(self, connection_id: int, customer_ids: Iterable[int]) -> dict[int, Link]:
        """The live links of these customers."""
        ...

    def count(self, connection_id: int) -> int:
        """How many live links there are."""
        ...

    def touch(self, connection_id: int, kind: str, *refs: str) -> None:
        """Put something on the work list."""
        ...

    def touches(self, connection_id: int) -> Touches:
        """Read the work list."""
        ...

    def untouch(self, entries: Iterable[int]) -> None:
        """Strike entries that were read and judged; whatever else is on the list stays (S-51)."""
        ...

    def stale(self, connection_id: int) -> tuple[Link, ...]:
        """Live links where either side moved, or is missing, since the pair was last in step."""
        ...

    def all(self, connection_id: int) -> tuple[Link, ...]:
        """Every live link."""
        ...

    def vanished(self, connection_id: int, unseen: Iterable[str]) -> frozenset[str]:
        """The remote customers of live links that are gone, or among those that a whole listing did not show."""
        ...

    def failing(self, connection_id: int, run: int, among: Iterable[int]) -> frozenset[int]:
        """Those of these customers whose back-off lasts beyond this run."""
        ...

    def free(self, connection_id: int, group_id: int) -> tuple[list[Half], list[Half]]:
        """Every customer and every remote customer that was never paired."""
        ...

    def free_halves(
        self, connection_id: int, group_id: int, by: str, keys: Iterable[Any]
    ) -> tuple[list[Half], list[Half]]:
        """Free customers and free remotes whose ``by`` (``number`` or ``organisation_key``) is among ``keys``."""
        ...

    def free_by_id(
        self, connection_id: int, group_id: int, customers: Iterable[int], remotes: Iterable[str]
    ) -> tuple[list[Half], list[Half]]:
        """Those of these customers and remote customers that were never paired."""
        ...

    def free_since(self, connection_id: int, counter: int) -> tuple[str, ...]:
        """Remote customers that were never paired and that a run after ``counter`` met first."""
        ...

    def doubled_numbers(self, connection_id: int, among: Iterable[str] | None) -> frozenset[str]:
        """Numbers that more than one remote customer holds, among these or (None) anywhere."""
        ...

    def numbers_in_accounting(self, connection_id: int, among: Iterable[str]) -> frozenset[str]:
        """Those of these numbers that some remote customer holds."""
        ...
