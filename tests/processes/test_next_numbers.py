"""Many people in several processes add customers at once: no number twice, and no gap that is not explained (R-04)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from syncd.store.tables import Connection, Customer, Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo
    from syncd.store.uow import Store

WHOLE = bool(os.environ.get("SYNCD_SOAK"))
PROCESSES = 4
EACH = 1500 if WHOLE else 40
SECONDS = 7200 if WHOLE else 300
"""What a machine with much else to do needs at most."""

_ADDER = """
import json, random, sys
from syncd import bootstrap
from syncd.ports.records import Author
from syncd.register.numbers import NumberTakenError
from syncd.store.database import Database
from syncd.store.uow import Store

url, group, each, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
store, chance, by = Store(Database(url), bootstrap.now), random.Random(seed), Author("anna")
row = ({"name": "Alfa AB"}, frozenset())
given, dropped = [], 0
while len(given) < each:
    with store.work() as work:
        if chance.random() < 0.1:
            made = work.customers.insert_many(group, [row] * 7, by)
        else:
            made = [work.customers.insert(group, *row, by)]
        if chance.random() < 0.1:
            dropped += 1
            continue  # somebody changes their mind: nothing is stored
        work.commit()
    given += [one.number for one in made]
print(json.dumps({"given": given, "dropped": dropped}))
"""


def reserve(store: Store, group: GroupInfo, numbers: list[str]) -> None:
    """Accounting holds these numbers, for customers that the register does not have."""
    marks = {"fields": {}, "raw": "", "raw_mark": "", "fingerprint": ""}
    with store.work() as work:
        at = Connection(group_id=group.id, name="visma", system="visma_eaccounting", created_at="2026-01-01")
        work.session.add(at)
        work.session.flush()
        work.session.add_all(Mirror(connection_id=at.id, remote_id=one, number=one, **marks) for one in numbers)
        work.commit()


@contextmanager
def adding(words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that adds customers, and is gone afterwards."""
    with subprocess.Popen(words, stdout=subprocess.PIPE) as adder:
        try:
            yield adder
        finally:
            adder.kill()


@pytest.mark.soak
def test_processes_adding_at_once_share_the_numbers_out(store: Store, group: GroupInfo) -> None:
    """One by one, in batches, and with some who change their minds; what accounting holds is skipped by everybody."""
    url = store.database.url.render_as_string(hide_password=False)
    held = ["5", *(str(number) for number in range(20, 31)), "0050"]
    reserve(store, group, held)
    words = [sys.executable, "-c", _ADDER, url, str(group.id), str(EACH)]
    with ExitStack() as ended:
        adders = [ended.enter_context(adding([*words, str(seed)])) for seed in range(PROCESSES)]
        told = [json.loads(adder.communicate(timeout=SECONDS)[0]) for adder in adders]
    assert all(adder.returncode == 0 for adder in adders)
    given = [int(number) for one in told for number in one["given"]]
    assert len(given) == len(set(given)) >= PROCESSES * EACH
    skipped = {5, *range(20, 31), 50}
    assert set(range(1, max(given) + 1)) - set(given) == skipped
    assert any(one["dropped"] for one in told)
    with store.work() as work:
        stored = work.session.scalars(select(Customer.number).where(Customer.group_id == group.id)).all()
    assert sorted(map(int, stored)) == sorted(given)
