"""Run the benchmarks and print one table; exit 1 where a target is missed."""

import logging
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from benchmarks.row import Row, SkippedError

WORKS: Final = (
    "poller",
    "registers",
    "rtu",
    "buffer",
    "ingest",
    "postgres",
    "inference",
    "edge_memory",
    "thingsboard",
)
INSTALLED_ON_REQUEST: Final = ("thingsboard",)


@click.command()
@click.argument("works", nargs=-1, type=click.Choice(WORKS))
@click.option("--peers", is_flag=True, help="Install peers that are not here yet.")
def main(works: Sequence[str], peers: bool) -> None:
    """Measure WORKS (all, unless named) beside their peers."""
    logging.disable(logging.WARNING)  # dead devices are part of a measurement
    console = Console(width=max(120, Console().width))
    console.print(machine())
    table = _table()
    passed = True
    for work in works or WORKS:
        console.print(f"measuring {work} …", style="dim")
        module = import_module(f"benchmarks.{work}")
        measure: Callable[[], Sequence[Row]] = module.rows
        try:
            if work in INSTALLED_ON_REQUEST and (peers or work in works):
                module.prepare()
            for row in measure():
                _add(table, row)
                passed = passed and row.passed
        except SkippedError as reason:
            table.add_row(work, f"skipped: {reason}", "", "", "", "–")
        except Exception:  # noqa: BLE001 one that breaks must not hide the others
            console.print_exception(max_frames=3)
            table.add_row(work, "broke", "", "", "", "[red]FAIL[/]")
            passed = False
    console.print(table)
    sys.exit(0 if passed else 1)


def machine() -> str:
    """Return in one line what this runs on."""
    models = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    cpu = models[0] if models else platform.machine()
    return (
        f"{cpu}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, Linux {platform.release()}; "
        f"{time.strftime('%Y-%m-%d')}"
    )


def _table() -> Table:
    table = Table()
    for name in ("work", "ours", "peer or limit"):
        table.add_column(name)
    for name in ("ratio", "target", ""):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _add(table: Table, row: Row) -> None:
    sign = "≤" if row.at_most else "≥"
    verdict = "[green]pass[/]" if row.passed else "[red]FAIL[/]"
    ratio = f"{row.ratio:.3g}" if row.ratio < 100 else f"{row.ratio:,.0f}"
    table.add_row(
        row.work, row.ours, row.peer, ratio, f"{sign} {row.target:g}", verdict
    )


if __name__ == "__main__":
    main()
