"""The sync side of the database as services see it: repositories over one transaction. `store/` keeps the promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from syncd.engine.lines import Line
    from syncd.engine.questions import Question
    from syncd.engine.state import Agreed, Ended, Link, Noted
    from syncd.ports.records import (
        ConflictInfo,
        ConnectionInfo,
        Half,
        IntentInfo,
        RunInfo,
        StoredDocument,
        Touches,
        WaitingConflict,
    )
    from syncd.values.records import RemoteDocument, RemoteRecord
    from syncd.values.tokens import Tokens


class Connections(Protocol):
    """Reads and writes connections of all groups."""

    def add(self, group_id: int, name: str, system: str) -> ConnectionInfo:
        """Store a new connection without settings of its own. Raises ``RefusedError`` for a name that is taken."""
        ...

    def get(self, connection_id: int) -> ConnectionInfo:
        """Read one connection, as it is now."""
        ...

    def find(self, group_id: int, name: str) -> ConnectionInfo | None:
        """Read a connection by name."""
        ...

    def list(self, group_id: int | None = None) -> tuple[ConnectionInfo, ...]:
        """Every connection, of one group or of all, by name."""
        ...

    def save(self, connection_id: int, **columns: Any) -> None:
        """Store some columns: ``settings``, ``company``, ``state``, ``attention``, ``cursors``, ``progress``."""
        ...

    def count_run(self, connection_id: int) -> int:
        """Count one more run and return its number."""
        ...

    def shut(self, connection_id: int) -> None:
        """Take a connection's tokens away and pause it: whatever then becomes of it, no run begins any more."""
        ...

    def remove_part(self, connection_id: int, most: int) -> bool:
        """Forget at most so many rows of what is a connection's, at last itself; returns whether there is more."""
        ...

    def tokens(self, connection_id: int) -> Tokens | None:
        """The newest stored tokens."""
        ...

    def save_tokens(self, connection_id: int, tokens: Tokens) -> None:
        """Store tokens, sealed."""
        ...

    def token_expiry(self, connection_id: int) -> float | None:
        """When the stored access token expires (seconds since 1970); None without one."""
        ...


class Mirrors(Protocol):
    """Reads and writes the mirror of any connection."""

    def store_page(self, connection_id: int, records: Sequence[RemoteRecord], counter: int, *, afresh: bool) -> int:
        """Store a page; returns how many records meant something new.

        A record whose text is unchanged is only marked as seen by run ``counter``; ``afresh`` reads every record
        anew (the mapping changed). What moved is put on the work list in the same transaction.
        """
        ...

    def put(self, connection_id: int, record: RemoteRecord, counter: int) -> str:
        """Store one record that we just wrote or read; returns its fingerprint. Nothing is put on the work list."""
        ...

    def load(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, RemoteRecord]:
        """The records as last seen, without those that are gone and without their raw text: it is read anew."""
        ...

    def with_number(self, connection_id: int, numbers: Iterable[str]) -> frozenset[str]:
        """The remote ids that hold one of these numbers."""
        ...

    def fingerprints(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, str]:
        """The stored fingerprints of these records."""
        ...

    def set_gone(self, connection_id: int, remote_ids: Iterable[str]) -> None:
        """Remember that the vendor no longer knows these records; they are put on the work list."""
        ...

    def unseen(self, connection_id: int, counter: int) -> tuple[str, ...]:
        """Records that run ``counter`` listed everything without meeting."""
        ...

    def count(self, connection_id: int) -> int:
        """How many remote customers are known to exist."""
        ...

    def crowded_stamp(self, connection_id: int, floor: str, limit: int) -> str | None:
        """The change stamp above which at most ``limit`` known records lie, if ``floor`` has more above it (S-58)."""
        ...

    def store_documents(self, connection_id: int, documents: Sequence[RemoteDocument], counter: int) -> None:
        """Store a page of documents; what is new or moved is put on the work list."""
        ...

    def close_unseen_documents(self, connection_id: int, feed: str, counter: int) -> None:
        """A draft that a whole listing no longer shows was sent or deleted."""
        ...

    def open_documents(self, connection_id: int, customers: Iterable[str] | None) -> tuple[StoredDocument, ...]:
        """Open documents, of these remote customers or (None) of all."""
        ...

    def documents(self, connection_id: int, keys: Iterable[tuple[str, str]]) -> tuple[StoredDocument, ...]:
        """These documents, by feed and id, open or not."""
        ...

    def put_document(self, connection_id: int, document: RemoteDocument, noted: Noted) -> None:
        """Store a document with what is to be remembered of it."""
        ...


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

    def touch(self, connection_id: int, kind: str, ref: str) -> None:
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

    def vanished(self, connection_id: int, counter: int) -> frozenset[str]:
        """Live links whose remote customer is gone, or was not met by run ``counter`` which listed everything."""
        ...

    def failing(self, connection_id: int, run: int) -> frozenset[int]:
        """Customers whose back-off lasts beyond this run."""
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


class Conflicts(Protocol):
    """Reads and writes the conflicts of any connection."""

    def ask(self, connection_id: int, question: Question, customer_id: int | None, *, again: bool = False) -> bool:
        """Open a conflict, or see it again in place; returns whether it is new (or open again).

        ``again``: asked once more by the same run, which does not count as seen another time.
        """
        ...

    def pending(self, connection_id: int) -> tuple[ConflictInfo, ...]:
        """Conflicts that are open, or answered but not carried out yet."""
        ...

    def list(
        self, *, connection_ids: Iterable[int], pending: bool | None = None, filters: Mapping[str, str] | None = None
    ) -> tuple[ConflictInfo, ...]:
        """Conflicts by connection, by ``kind``, ``customer``, ``field``, ``status`` and ``text``; oldest first."""
        ...

    def each(
        self,
        *,
        connection_ids: Iterable[int],
        pending: bool | None = None,
        filters: Mapping[str, str] | None = None,
        after: int = 0,
    ) -> Iterator[ConflictInfo]:
        """Stream what ``list`` returns, beginning after this id."""
        ...

    def page(
        self, *, connection_ids: Iterable[int], filters: Mapping[str, str], sort: str, limit: int | None, offset: int
    ) -> tuple[ConflictInfo, ...]:
        """A page of conflicts, ordered by one of ``CONFLICT_SORTS``; a leading dash turns it round."""
        ...

    def tally(self, *, connection_ids: Iterable[int], filters: Mapping[str, str]) -> dict[str, int]:
        """How many conflicts there are of each kind."""
        ...

    def beside(self, conflict: ConflictInfo, connection_ids: Iterable[int]) -> tuple[int | None, int | None]:
        """The open conflicts before and after this one, by id."""
        ...

    def get(self, conflict_id: int) -> ConflictInfo | None:
        """Read one conflict."""
        ...

    def waiting(self, connection_id: int) -> tuple[WaitingConflict, ...]:
        """The open conflicts, oldest first."""
        ...

    def count_open(self, connection_id: int) -> int:
        """How many open conflicts there are."""
        ...

    def resolve(self, conflict_id: int, who: str, resolution: Mapping[str, Any]) -> None:
        """Record a person's answer; the next run carries it out."""
        ...

    def show_anew(self, conflict_id: int, register: Any, accounting: Any) -> None:
        """Show the values as they are now (a refused answer, S-82)."""
        ...

    def carried(self, ids: Iterable[int]) -> None:
        """The answers were carried out."""
        ...

    def close(self, ids: Iterable[int]) -> None:
        """The cause has gone: closed by itself (S-83). An answer given meanwhile counts as carried out."""
        ...

    def rename(self, connection_id: int, old: str, new: str, customer_id: int | None) -> None:
        """A record got its partner: its conflicts follow it."""
        ...

    def touch(self, conflict: ConflictInfo) -> None:
        """Put the conflict's customer on the work list, so that the next run carries its answer out."""
        ...


class Runs(Protocol):
    """Reads and writes runs of any connection."""

    def start(self, connection_id: int, kind: str, *, trigger: str, who: str, undoes: str | None = None) -> int:
        """Record that a run began; returns its id. ``undoes``: what an undo takes back."""
        ...

    def finish(self, run_id: int, **columns: Any) -> None:
        """Store how a run ended: ``status``, ``error``, ``counts``, ``requests``, ``marks``, ``kind``."""
        ...

    def approve(self, run_id: int, who: str) -> None:
        """Record who approved a held plan."""
        ...

    def interrupt_unfinished(self, connection_id: int) -> None:
        """Runs that died without a word are marked as interrupted."""
        ...

    def prune(self, connection_id: int, days: int, most: int) -> bool:
        """Forget reports older than ``days``, but never the latest one (S-55): at most this many lines at once.

        Returns whether there may be more.
        """
        ...

    def add_lines(self, run_id: int, first: int, lines: Iterable[tuple[Line, float | None]]) -> None:
        """Append lines to a run's report; ``first`` is the position of the first one."""
        ...

    def get(self, run_id: int) -> RunInfo | None:
        """Read one run."""
        ...

    def list(self, connection_ids: Iterable[int], limit: int = 50, *, before: int | None = None) -> tuple[RunInfo, ...]:
        """The latest runs, newest first; or those before a run."""
        ...

    def append(self, run_id: int, lines: Iterable[Line]) -> None:
        """Add lines to the report of a run that has ended: what became of its writes was found out later."""
        ...

    def latest_held(self, connection_id: int, undoes: str | None = None) -> RunInfo | None:
        """The latest held plan, unless a run was carried out after it: of synchronisations, or of one thing's undoing.

        Neither's approval is the other's.
        """
        ...

    def latest(self, connection_id: int, statuses: Iterable[str], kind: str | None = None) -> RunInfo | None:
        """The latest run of this kind, or of any, that ended like this."""
        ...

    def marks(self, run_id: int) -> frozenset[str]:
        """The marks of the writes that a held plan would make."""
        ...

    def lines(self, run_id: int) -> tuple[Line, ...]:
        """A run's report, in order."""
        ...


class Journal(Protocol):
    """Reads and writes intents."""

    def intend(self, connection_id: int, run_id: int, kind: str, **columns: Any) -> int:
        """Note a write: ``customer_id``, ``remote_id``, ``number``, ``sent`` (canonical values). Returns its id.

        A create that is sent again was lost before.
        """
        ...

    def settle(self, intent_id: int, outcome: str) -> None:
        """The outcome is known: ``done``, ``not_done`` or ``refused``."""
        ...

    def forget(self, before: str, most: int) -> bool:
        """Forget what was sent by writes that were settled before then: at most so many; whether there may be more."""
        ...

    def seek(self, intent_id: int) -> None:
        """A create was not found by its number: from now on it is looked for by what was sent."""
        ...

    def seek_again(self, connection_id: int, customer_id: int) -> bool:
        """The latest lost create of this customer may have arrived after all; returns whether there is one."""
        ...

    def open(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Intents whose outcome is not known yet, oldest first."""
        ...

    def sought(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Creates that were not found by their number and not sent again, oldest first."""
        ...

    def lost(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Creates that were not found and were sent again, oldest first."""
        ...
