"""Uploads on their way: checked, and stored, while a page looks how far they have come."""

from __future__ import annotations

import secrets
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, BinaryIO, Literal

import structlog

from syncd.errors import SyncdError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from syncd.services.uploads.report import Report
    from syncd.services.uploads.storing import Progress

State = Literal["checking", "checked", "storing", "stored", "broken"]
KEPT = 3600
"""Seconds after which an upload that nobody went on with is forgotten."""

_PIECE = 65_536
_log = structlog.get_logger("syncd.web")


@dataclass(slots=True)
class Upload:
    """A file that somebody sent. ``rows`` are those looked at so far, ``report`` is of the latest look at all."""

    token: str
    user_id: int
    group_id: int
    kind: str
    name: str
    file: Path
    begun: datetime
    state: State = "checking"
    rows: int = 0
    total: int | None = None
    report: Report | None = None
    fault: SyncdError | None = None

    @property
    def busy(self) -> bool:
        """Whether something goes on."""
        return self.state in {"checking", "storing"}

    def advance(self, done: float, total: float | None = None, /) -> None:
        """So many rows were looked at; or stored, of so many."""
        self.rows, self.total = int(done), None if total is None else int(total)


@dataclass(slots=True)
class Desk:
    """The uploads of one process: they end with it, and then nothing of them is stored."""

    _uploads: dict[str, Upload] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def take(self, who: tuple[int, int], kind: str, sent: tuple[str, BinaryIO], now: datetime) -> Upload:
        """Keep a file that was ``sent``: its name, and its content. ``who``: the user and the group."""
        self._forget_old(now)
        name, content = sent
        place = Path(mkdtemp(prefix="syncd-upload-"))
        file = place / f"upload{Path(name).suffix.lower()[:8]}"
        with file.open("wb") as out:
            shutil.copyfileobj(content, out, _PIECE)
        made = Upload(secrets.token_urlsafe(16), *who, kind, name, file, now)
        self._uploads[made.token] = made
        return made

    def find(self, token: str, user_id: int | None, group_id: int) -> Upload | None:
        """An upload of this user's own."""
        found = self._uploads.get(token)
        return found if found is not None and (found.user_id, found.group_id) == (user_id, group_id) else None

    def drop(self, upload: Upload) -> None:
        """Forget an upload, with its file."""
        self._uploads.pop(upload.token, None)
        shutil.rmtree(upload.file.parent, ignore_errors=True)

    def begin(self, upload: Upload, work: Callable[[Progress], Report], *, store: bool) -> None:
        """Look at the file, or store it, in a thread of its own; one upload at a time, so that memory is bounded."""
        upload.state, upload.rows, upload.total, upload.fault = "storing" if store else "checking", 0, None, None
        threading.Thread(target=self._carry_out, args=(upload, work), name="upload", daemon=True).start()

    def _carry_out(self, upload: Upload, work: Callable[[Progress], Report]) -> None:
        with self._one:
            try:
                upload.report = work(upload.advance)
                stored = upload.state == "storing" and not upload.report.problems
                upload.state = "stored" if stored else "checked"
            except SyncdError as error:
                upload.fault, upload.state = error, "broken"
            except Exception:  # noqa: BLE001 - one file's fault must not end the service
                _log.exception("console.broken")
                upload.fault, upload.state = SyncdError("", code="fault"), "broken"
        if upload.state in {"stored", "broken"}:
            with suppress(OSError):
                shutil.rmtree(upload.file.parent)

    def _forget_old(self, now: datetime) -> None:
        for one in list(self._uploads.values()):
            if not one.busy and (now - one.begun).total_seconds() > KEPT:
                self.drop(one)
