"""Keeps a stand-alone server's companies and tokens in a file, so that it can go on after a stop.

The file is written beside its place and moved there, by a thread of its own shortly after
a change: a kill in between costs the last changes, never the file.
"""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from syncd.sandbox import jsontext
from syncd.sandbox.visma_eaccounting.company import Company
from syncd.sandbox.visma_eaccounting.records import texts
from syncd.sandbox.visma_eaccounting.switches import Switches
from syncd.sandbox.visma_eaccounting.tokens import Grant, Token
from syncd.sandbox.wire import WRITING

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.sandbox.visma_eaccounting.server import Sandbox
    from syncd.sandbox.wire import Call

PAUSE = 0.2
FORMAT = 1


class Keeper:
    """Saves and loads; without a file it does nothing."""

    def __init__(self, sandbox: Sandbox, file: Path | None) -> None:
        self.sandbox = sandbox
        self.file = file
        self._changed = Event()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._loaded = False

    def start(self) -> None:
        """Watch for changes from now on."""
        if self.file is None:
            return
        self._stopping.clear()
        self._thread = Thread(target=self._watch, name="sandbox-state", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Save a last time and stop watching."""
        if self._thread is None:
            return
        self._stopping.set()
        self._changed.set()
        self._thread.join()
        self._thread = None
        self.save()

    def note(self, call: Call) -> None:
        """A call may have changed something."""
        if call.method in WRITING:
            self._changed.set()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._changed.wait()
            self._stopping.wait(PAUSE)
            self._changed.clear()
            self.save()

    def save(self) -> None:
        """Write everything, so that the file is whole at any moment."""
        if self.file is None:
            return
        text = dumped(self.sandbox)
        beside = self.file.with_name(self.file.name + ".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.file)

    def load(self) -> None:
        """Go on where the file ends; once, however often the server is started."""
        if self.file is None or self._loaded:
            return
        self._loaded = True
        if self.file.exists():
            state: Any = jsontext.loads(self.file.read_text(encoding="utf-8"))
            restore(self.sandbox, state)


def dumped(sandbox: Sandbox) -> str:
    """The whole state as JSON; records keep their exact text."""
    companies = ",\n".join(_company(company) for company in sandbox.companies)
    switches = jsontext.dumps(sandbox.switches.to_json())
    with sandbox.tokens.lock:
        access = jsontext.dumps(_tokens(sandbox.tokens.access_tokens))
        refresh = jsontext.dumps(_tokens(sandbox.tokens.refresh_tokens))
    return (
        f'{{"format":{FORMAT},"switches":{switches},\n"access_tokens":{access},\n'
        f'"refresh_tokens":{refresh},\n"companies":[{companies}]}}\n'
    )


def _company(company: Company) -> str:
    with company.lock:
        plain = {"settings": company.settings, "terms": company.terms, "users": company.users}
        records = (f"{jsontext.dumps(kind)}:[{texts(records)}]" for kind, records in company.records.items())
        return f'{{"plain":{jsontext.dumps(plain)},"records":{{{",".join(records)}}}}}'


def _tokens(tokens: dict[str, Token]) -> list[dict[str, Any]]:
    return [
        {
            "token": text,
            "expires": one.expires,
            "spent": one.spent,
            "user": one.grant.user,
            "company": one.grant.company.id,
            "scopes": list(one.grant.scopes),
            "family": one.grant.family,
        }
        for text, one in tokens.items()
    ]


def restore(sandbox: Sandbox, state: dict[str, Any]) -> None:
    """Replace what the sandbox holds by a saved state."""
    sandbox.switches = Switches.from_json(state["switches"])
    sandbox.companies[:] = [_restored(one, sandbox) for one in state["companies"]]
    tokens = sandbox.tokens
    with tokens.lock:
        tokens.access_tokens = _restored_tokens(state["access_tokens"], sandbox)
        tokens.refresh_tokens = _restored_tokens(state["refresh_tokens"], sandbox)


def _restored(state: dict[str, Any], sandbox: Sandbox) -> Company:
    company = Company(world=sandbox.world)
    plain = state["plain"]
    company.settings, company.terms = plain["settings"], plain["terms"]
    company.users = plain["users"]
    for kind, rows in state["records"].items():
        for fields in rows:
            company.records[kind].put(fields)
    return company


def _restored_tokens(rows: list[dict[str, Any]], sandbox: Sandbox) -> dict[str, Token]:
    companies = {company.id: company for company in sandbox.companies}
    return {
        row["token"]: Token(
            Grant(row["user"], companies[row["company"]], tuple(row["scopes"]), row["family"]),
            float(row["expires"]),
            None if row["spent"] is None else float(row["spent"]),
        )
        for row in rows
        if row["company"] in companies
    }
