"""A history in words that an accountant can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping


class Story:
    """What happened, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def tell(self, who: str, what: str) -> None:
        """Somebody did something."""
        self.lines.append(f"{len(self.lines) + 1:3} {who}: {what}")

    def run(self, document: Mapping[str, Any]) -> None:
        """A run ended; what it says it did."""
        run = document["run"]
        error = f" ({run['error']['message']})" if run["error"] else ""
        self.tell("syncd", f"{run['kind']} run {run['status']}{error}")
        self.lines += [f"      {sentence(line)}" for line in document["actions"]]

    @override
    def __str__(self) -> str:
        return "\n".join(self.lines)


def sentence(line: Mapping[str, Any]) -> str:
    """One line of a report."""
    moved = f" {line['field']}: {line['before']} -> {line['after']}" if line["field"] else ""
    why = f" ({line['message']})" if line["message"] else ""
    return f"{line['outcome']}: {line['kind']} {line['customer_number']}{moved}{why}"


def said(fields: Mapping[str, object]) -> str:
    """Fields as somebody typed them."""
    return ", ".join(f"{name} = {'nothing' if value is None else value}" for name, value in fields.items())
