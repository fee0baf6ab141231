"""What a process and its descendants have used, as /proc tells it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """Return the CPU time of the whole tree, ended and waited-for children too. [s]."""
    ticks = 0
    for each in _tree(pid):
        ticks += sum(map(int, _fields(each)[11:15]))  # utime stime cutime cstime
    return ticks / _TICKS


def resident_mb(pid: int) -> float:
    """Return what `ps` calls RSS, of the whole tree, in MB of 10⁶ bytes."""
    return sum(int(_fields(each)[21]) for each in _tree(pid)) * _PAGE_BYTES / 1e6


def _tree(root: int) -> Iterator[int]:
    parents = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(_fields(int(folder.name))[1])
        except (FileNotFoundError, ProcessLookupError):  # it ended in between
            continue
    found = [root]
    for pid in found:
        yield pid
        found += [child for child, parent in parents.items() if parent == pid]


def _fields(pid: int) -> list[str]:
    """Return what follows the name in proc(5)'s stat: state, ppid and so on."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
