"""What stands for the unknown in rows whose reader knows numbers only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Filling:
    """The column's mean in place of what is not known, and a flag that it is not.

    Attributes:
        kept: Columns that were ever known.
        fill: Mean of each of them.
        flagged: Places within `kept` that are flagged where they are unknown.
    """

    kept: NDArray[np.int64]
    fill: Rows
    flagged: NDArray[np.int64]

    def known(self, rows: Rows) -> Rows:
        """Return the columns that were ever known."""
        return rows[:, self.kept]

    def __call__(self, rows: Rows) -> Rows:
        """Return those without anything unknown, the flags last."""
        known = self.known(rows)
        unknown = np.isnan(known)
        flags = unknown[:, self.flagged].astype(np.float32)
        return np.hstack((np.where(unknown, self.fill, known), flags))


def filling_of(rows: Rows) -> Filling:
    """Return what to fill rows with, learnt from these."""
    known = np.isfinite(rows)
    kept = np.flatnonzero(known.any(axis=0))
    total = np.where(known, rows, 0).sum(axis=0, dtype=np.float64)
    mean = total[kept] / known.sum(axis=0)[kept]
    flagged = np.flatnonzero(~known[:, kept].all(axis=0))
    return Filling(kept, mean.astype(np.float32), flagged)
