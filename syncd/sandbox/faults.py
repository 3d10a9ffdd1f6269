"""What can go wrong between two systems, by script or by chance with a seed.

Kinds that never reach the vendor's application:
``refuse`` (closed without an answer), ``timeout_before`` (silence, then closed),
``error_500``, ``error_503``, ``unauthorized``, ``conflict_409``, ``too_many``, ``html``, ``status``.

Kinds that let it act and spoil what comes after:
``timeout_after``, ``reset_mid_body``, ``error_500_after``, ``cut_json``, ``wrong_types``,
``missing_field``, ``slow`` (acts, answers late), ``late`` (waits, then acts),
``call`` (a function runs before the request is carried out) and ``call_after`` (after).
"""

from __future__ import annotations

import dataclasses
import json
import random
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from syncd.sandbox.wire import Call

SILENT = ("refuse", "timeout_before")
INSTEAD = (
    *("error_500", "error_503", "unauthorized", "conflict_409"),
    *("too_many", "html", "status"),
)
AFTERWARDS = (
    *("timeout_after", "reset_mid_body", "error_500_after", "cut_json"),
    *("wrong_types", "missing_field", "slow", "late", "call", "call_after"),
)
KINDS = (*SILENT, *INSTEAD, *AFTERWARDS)
BY_CHANCE = (
    *("refuse", "timeout_before", "error_500", "error_503", "too_many", "html"),
    *("timeout_after", "reset_mid_body", "error_500_after", "cut_json", "slow"),
)


class UnknownFaultError(ValueError):
    """A fault script asks for a kind that does not exist, or one only Python can give."""

    def __init__(self, kind: object) -> None:
        super().__init__(f"no fault of kind {kind!r}; there are {', '.join(KINDS)}")


@dataclass(frozen=True)
class Fault:
    """One fault: which requests it strikes, which of them, and how.

    Of the requests that match `method`, `path` (``*`` stands for anything) and `query` (a
    part of the query string), the first ``after + nth - 1`` pass and the next `times` are
    struck; ``times=None`` strikes for ever. Of several faults that are due at once the one
    added first strikes, the others wait for the next matching request.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    query: str = ""
    nth: int = 1
    times: int | None = 1
    after: int = 0
    seconds: float = 1.0
    status: int = 400
    code: int | None = None
    header: bool | None = None
    field: str | None = None
    value: object = dataclasses.field(default_factory=lambda: {"unexpected": True})
    record: int | None = None
    body: str | None = None
    call: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown kind where it is written, not where it strikes."""
        if self.kind not in KINDS:
            raise UnknownFaultError(self.kind)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """A fault from a script; functions cannot be named there."""
        if data.get("kind") in ("call", "call_after") or "call" in data:
            raise UnknownFaultError(data.get("kind"))
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """The fault as a script would write it."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "call"}

    def matches(self, call: Call) -> bool:
        """Whether the request is one that this fault counts."""
        return (
            fnmatchcase(call.method, self.method) and fnmatchcase(call.path, self.path) and self.query in call.raw_query
        )

    def is_due(self, seen: int, struck: int) -> bool:
        """Whether it strikes the `seen`-th matching request, having struck so often before."""
        return seen >= self.after + self.nth and (self.times is None or struck < self.times)


class Faults:
    """The faults to come; every request is shown to each of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._planned: list[Fault] = []
        self._seen: list[int] = []
        self._struck: list[int] = []
        self._chance: random.Random | None = None
        self._rate = 0.0
        self._kinds: tuple[str, ...] = BY_CHANCE
        self._model = Fault("slow")

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._planned))

    def add(self, *faults: Fault) -> None:
        """Plan faults, after those already planned."""
        with self._lock:
            self._planned += faults
            self._seen += [0] * len(faults)
            self._struck += [0] * len(faults)

    def remove(self, fault: Fault) -> None:
        """Take a planned fault back, whether it has struck or not."""
        with self._lock:
            place = next(at for at, one in enumerate(self._planned) if one is fault)
            for kept in (self._planned, self._seen, self._struck):
                del kept[place]

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._planned, self._seen, self._struck, self._chance = [], [], [], None

    def random(
        self,
        seed: int,
        rate: float,
        kinds: Sequence[str] = BY_CHANCE,
        *,
        path: str = "/v2/*",
        seconds: float = 0.05,
    ) -> None:
        """Strike a share of the requests by chance; the same seed repeats the same chance."""
        with self._lock:
            self._chance = random.Random(seed)  # noqa: S311  repeatable on purpose
            self._rate, self._kinds = rate, tuple(kinds)
            self._model = Fault("slow", path=path, seconds=seconds)

    def load(self, file: Path) -> None:
        """Plan what a file says: a list of faults, or ``{"seed", "rate", "faults"}``."""
        self.script(json.loads(file.read_text(encoding="utf-8")))

    def script(self, script: Any) -> None:  # noqa: ANN401  JSON
        """Plan what a script says: one fault, a list, or an object with a seed."""
        if isinstance(script, dict) and "kind" in script:
            script = [script]
        if isinstance(script, list):
            script = {"faults": script}
        self.add(*(Fault.from_json(one) for one in script.get("faults", [])))
        if "seed" in script:
            self.random(script["seed"], script.get("rate", 0.05))

    def due(self, call: Call) -> Fault | None:
        """The fault that strikes this request, if any."""
        with self._lock:
            struck = None
            for place, fault in enumerate(self._planned):
                if fault.matches(call):
                    self._seen[place] += 1
                    if struck is None and fault.is_due(self._seen[place], self._struck[place]):
                        self._struck[place] += 1
                        struck = fault
            return struck or self._by_chance(call)

    def _by_chance(self, call: Call) -> Fault | None:
        if self._chance is None or not self._model.matches(call):
            return None
        if self._chance.random() >= self._rate:
            return None
        return replace(self._model, kind=self._chance.choice(self._kinds))
