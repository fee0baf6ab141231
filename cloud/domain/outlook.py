"""What is expected of a node's load, as it is kept and told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

COLUMNS: Final = ("mean_kw", "p10_kw", "p50_kw", "p90_kw")
"""What is told of each step: the one value to use, and quantiles."""


class Horizon(StrEnum):
    """How far ahead, and in which steps."""

    NEXT_HOUR = "next_hour"
    DAY_AHEAD = "day_ahead"
    """24 hours."""
    QUARTERS = "quarters"
    """The same 24 hours in quarters."""

    @property
    def steps(self) -> int:
        """How many steps are told."""
        return {Horizon.NEXT_HOUR: 1, Horizon.DAY_AHEAD: 24, Horizon.QUARTERS: 96}[self]

    @property
    def step_s(self) -> int:
        """How long one step is. [s]."""
        return 900 if self is Horizon.QUARTERS else 3_600


class Source(StrEnum):
    """Who made it."""

    GATEWAY = "gateway"
    CLOUD = "cloud"
    NAIVE = "naive"
    """The cloud, without a model: by what the load was at earlier times."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """One forecast of one node.

    Attributes:
        origin_s: When its first step begins, and how far was known. [s since 1970 UTC]
        version: Of the model; None for a naive one.
        kw: Mean load of each step, steps × `COLUMNS`. [kW]
    """

    horizon: Horizon
    source: Source
    origin_s: int
    version: int | None
    kw: NDArray[np.float64]
