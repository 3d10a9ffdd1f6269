"""A shell with a connection to a simulated Visma eAccounting, as an administrator sets it up."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syncd import bootstrap
from syncd.sandbox import Sandbox
from syncd.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.sandbox import Company
    from tests.cli.conftest import Answer, Shell

SYNCD = Path(sys.executable).with_name("syncd")
SYSTEM = ("--system", "visma_eaccounting")
SECONDS = 60
PERSON, OTHER_PERSON = "811228-9874", "640823-3234"

_CONFIGURATION = """
database = "sqlite:///syncd.db"
secret_key_file = "secret_key"

[systems.visma_eaccounting]
api_url = "{api_url}"
identity_url = "{identity_url}"
client_id = "{client_id}"
client_secret_file = "client_secret"
rate_limit_per_minute = 100000
timeout_seconds = 2
retries = 0

[log]
level = "warning"
"""


class Connected:
    """The shell, and the accounting program at the other end of its connection ``visma``."""

    def __init__(self, shell: Shell, sandbox: Sandbox, directory: Path) -> None:
        self.shell, self.sandbox, self.directory = shell, sandbox, directory

    def __call__(self, *words: str, given: str | None = None) -> Answer:
        return self.shell(*words, given=given)

    def ok(self, *words: str, given: str | None = None) -> Answer:
        return self.shell.ok(*words, given=given)

    @property
    def company(self) -> Company:
        """The bookkeeper's program."""
        return self.sandbox.company

    def authorize(self, name: str = "visma", company: Company | None = None) -> Answer:
        """Hand over a refresh token."""
        token = self.sandbox.issue_refresh_token(company)
        return self("connection", "authorize", name, "--refresh-token-file", "-", given=f"{token}\n")

    def sync(self, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - any JSON
        """Run, and return the document."""
        answer = self("sync", *words, "--json")
        assert answer.code == code, answer.err
        assert "Traceback" not in answer.err
        return answer.json

    def first_sync(self) -> None:
        """The first run, held and approved."""
        self.sync(code=3)
        self.sync("visma", "--approve")

    def question(self) -> int:
        """Both sides change the phone of customer 1; returns the conflict's id."""
        self.ok("customer", "add", "1", "Åkes Bygg", "phone=08-100 10 10", "invoice_city=Umeå", "invoice_postal_code=1")
        self.first_sync()
        self.ok("customer", "set", "1", "phone=08-200 20 20")
        self.company.edit_customer("1", Telephone="08-300 30 30")
        self.sync()
        return int(self.ok("conflicts", "list", "--json").json[0]["id"])

    @contextmanager
    def held_lock(self) -> Iterator[None]:
        """Another run is under way on the first connection."""
        store = bootstrap.open_store(load())
        with store.lock("run-1") as got:
            assert got
            yield
        store.database.close()

    def process(self, *words: str, paste: bool = False) -> subprocess.Popen[str]:
        """The program itself; with ``paste`` something can be typed into it."""
        return subprocess.Popen(
            [SYNCD, *words],
            cwd=self.directory,
            stdin=subprocess.PIPE if paste else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@contextmanager
def connected(shell: Shell, directory: Path) -> Iterator[Connected]:
    """Connect a shell to a sandbox of its own."""
    with Sandbox() as sandbox:
        file = directory / "client_secret"
        file.write_text(sandbox.client_secret)
        file.chmod(0o600)
        names = ("api_url", "identity_url", "client_id")
        text = _CONFIGURATION.format(**{name: getattr(sandbox, name) for name in names})
        (directory / "syncd.toml").write_text(text)
        made = Connected(shell, sandbox, directory)
        made.ok("connection", "add", "visma", *SYSTEM)
        assert made.authorize().code == 0
        yield made
