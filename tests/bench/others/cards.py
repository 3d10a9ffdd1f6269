"""vdirsyncer between a folder of contact cards and Radicale: the same customers, two sides, nothing changed."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_CONFIG = """
[general]
status_path = "{place}/status/"
[pair cards]
a = "here"
b = "there"
collections = ["cards"]
conflict_resolution = null
[storage here]
type = "filesystem"
path = "{place}/here/"
fileext = ".vcf"
[storage there]
type = "carddav"
url = "http://127.0.0.1:{port}/bench/"
username = "bench"
password = "bench"
"""
_PATIENCE = 30.0


class Cards:
    """A folder of cards, and a server that holds the same once ``sync`` has run."""

    def __init__(self, python: Path, place: Path) -> None:
        self._python, self._place = python, place

    @contextmanager
    def served(self) -> Iterator[None]:
        """Radicale, in a process of its own."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (self._place / "config").write_text(_CONFIG.format(place=self._place, port=port))
        folder = f"--storage-filesystem-folder={self._place}/there"
        command = [str(self._python), "-m", "radicale", f"--server-hosts=127.0.0.1:{port}", folder, "--auth-type=none"]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield
        finally:
            server.terminate()
            server.wait()

    def write(self, customers: Iterable[Mapping[str, Any]]) -> None:
        """One card per customer, in the folder."""
        folder = self._place / "here" / "cards"
        folder.mkdir(parents=True)
        for one in customers:
            (folder / f"{one['Id']}.vcf").write_text(_card(one), newline="")

    def discover(self) -> None:
        """Make the collection on the other side."""
        self._call("discover", answer="y\n" * 4)

    def sync(self) -> dict[str, float]:
        """One run, measured from outside: everything the process used."""
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        self._call("sync")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {"cpu": cpu, "wall": time.perf_counter() - began}

    def start(self) -> dict[str, float]:
        """What the program takes to begin."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._call("--version")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}

    def _call(self, *words: str, answer: str = "") -> None:
        command = [str(self._python), "-m", "vdirsyncer", "-v", "ERROR", *words]
        environment = {**os.environ, "VDIRSYNCER_CONFIG": str(self._place / "config")}
        subprocess.run(command, input=answer, env=environment, text=True, check=True, stdout=subprocess.DEVNULL)


def _card(one: Mapping[str, Any]) -> str:
    told = {
        "VERSION": "3.0",
        "UID": one["Id"],
        "FN": one["Name"],
        "N": f"{one['Name']};;;;",
        "EMAIL": one.get("EmailAddress"),
        "TEL;TYPE=work": one.get("Telephone"),
        "TEL;TYPE=cell": one.get("MobilePhone"),
        "ADR": f";;{one.get('InvoiceAddress1') or ''};{one['InvoiceCity']};;{one['InvoicePostalCode']};SE",
        "NOTE": one["CustomerNumber"],
    }
    lines = [f"{name}:{value}" for name, value in told.items() if value]
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""])


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/.web/").close()  # loopback
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
