"""What is expected of a node's load, as it is kept and told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

COLUMNS: Final = ("mean_kw", "p10_kw", "p50_kw", "p90_kw")
"""What is told of each hour: the one value to use, and quantiles."""


class Horizon(StrEnum):
    """How far ahead."""

    NEXT_HOUR = "next_hour"
    DAY_AHEAD = "day_ahead"

    @property
    def hours(self) -> int:
        """How many hours are forecast."""
        return 1 if self is Horizon.NEXT_HOUR else 24


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
        origin_s: When its first hour begins, and how far was known. [s since 1970 UTC]
        version: Of the model; None for a naive one.
        kw: Mean load of each hour, hours × `COLUMNS`. [kW]
    """

    horizon: Horizon
    source: Source
    origin_s: int
    version: int | None
    kw: NDArray[np.float64]
