"""The figures for people."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
TENFOLD = 10

HEADING = (
    f"{'database':<10}  {'+ms':>3}  {'customers':>9}  {'case':<29}  {'CPU s':>7}  {'wall s':>7}  {'peak MB':>7}"
    f"  {'requests':>8}  {'writes':>7}  {'floor CPU':>9}  {'CPU/floor':>9}  {'wall/floor':>10}"
)


def told(row: Row) -> str:
    """A case, beside its floor."""
    return (
        f"{row['database']:<10}  {row['latency_ms']:>3}  {row['customers']:>9}  {row['stage']:<29}  {row['cpu']:>7.2f}"
        f"  {row['wall']:>7.2f}  {row['peak']:>7.0f}  {row['requests']:>8}  {row['writes']:>7}"
        f"  {row['floor_cpu']:>9.2f}  {row['cpu_ratio']:>9.2f}  {row['wall_ratio']:>10.2f}"
    )


def growth(rows: list[Row]) -> str:
    """What ten times as many customers cost, as a multiple."""
    known = {(r["database"], r["latency_ms"], r["stage"], r["customers"]): r for r in rows}
    lines = []
    for (database, latency, stage, size), more in known.items():
        less = known.get((database, latency, stage, size // TENFOLD))
        if less is not None:
            times, room = more["cpu"] / less["cpu"], more["peak"] - less["peak"]
            lines.append(f"{database:<10}  {latency:>3}  {size:>9}  {stage:<29}  {times:>5.1f} x CPU  {room:>+5.0f} MB")
    return "\n".join(["Ten times as many customers:", *lines]) if lines else ""


def markdown(rows: list[Row]) -> str:
    """The cases as a table for docs/performance.md."""
    head = (
        "database",
        "+ ms",
        "customers",
        "case",
        "CPU s",
        "peak MB",
        "requests",
        "writes",
        "CPU / floor",
        "wall / floor",
    )
    lines = ["| " + " | ".join(head) + " |", "| --- | ---: | ---: | --- |" + " ---: |" * (len(head) - 4)]
    for row in rows:
        size = f"{row['customers']:,}".replace(",", " ")
        what = f"{row['database']} | {row['latency_ms']} | {size} | {row['stage']}"
        costs = f"{row['cpu']:.2f} | {row['peak']:.0f} | {row['requests']} | {row['writes']}"
        lines.append(f"| {what} | {costs} | {row['cpu_ratio']:.1f} | {row['wall_ratio']:.1f} |")
    return "\n".join(lines) + "\n"
