"""What of a load is not to be learnt: a meter that stood still is no building."""

from typing import Final

import numpy as np

from contract.origins import Floats

STUCK_HOURS: Final = 24
"""As many equal hours in a row, or more, are a meter that stands still."""


def without_stuck(load_kw: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Return the load with NaN where the meter stood still, and that in words."""
    stuck = _stuck(load_kw)
    count = int(stuck.sum())
    if not count:
        return load_kw, ()
    said = f"{count} hours in which the meter stood still"
    return np.where(stuck, np.nan, load_kw), (said,)


def _stuck(load_kw: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    begins = np.ones(len(load_kw), dtype=np.bool_)
    begins[1:] = load_kw[1:] != load_kw[:-1]  # NaN is equal to nothing
    run = np.cumsum(begins) - 1
    stuck: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
        np.bincount(run)[run] >= STUCK_HOURS if len(run) else begins
    )
    return stuck
