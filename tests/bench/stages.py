"""One measured stage, in a process of its own: its processor time and its memory are nobody else's.

Started by ``tests.bench`` with a JSON object on standard input; answers with one on standard output. Imports and the
opening of the database happen before the clock starts.
"""

from __future__ import annotations

import json
import sys
import threading
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import floors
from tests.bench.installation import Installation
from tests.bench.measuring import Done, Measured, measure

FULL = "full"


def sync(order: dict[str, Any]) -> Measured:
    """A run of syncd, as ``syncd sync`` would do it."""
    with closing(Installation(Path(order["directory"]), order["url"], order.get("database"))) as installation:
        installation.app.connect(installation.connection).close()  # what a connector imports
        runner = installation.runner()

        def work() -> Done:
            run = installation.run(runner, full=order["kind"] == FULL)
            return Done(run.requests, dict(run.counts), run.status, run.error)

        return measure(work)


STAGES = {"sync": sync, "read": floors.read, "changes": floors.changes, "write": floors.write}


def main() -> None:
    """Carry out the stage that standard input names."""
    order = json.load(sys.stdin)
    threading.current_thread().name = "bench"
    json.dump(asdict(STAGES[order["stage"]](order)), sys.stdout)


if __name__ == "__main__":
    main()
