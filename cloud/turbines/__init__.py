"""Power curves of wind turbines, as their makers published them: one file each."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ENDING: Final = ".toml"


class UnknownTurbineError(ValueError):
    """There is no such turbine; the message says which there are."""


@dataclass(frozen=True, slots=True, eq=False)
class PowerCurve:
    """What a turbine makes of steady wind at its hub.

    Attributes:
        is_active: It limits its power by pitch or speed; else by stalling, as the
            wind's density decides.
        density_kg_m3: Of the air that the curve is published for. [kg/m³]
        cut_in_ms, cut_out_ms: Below and above these it stands still. [m/s]
        wind_ms: Ascending. [m/s]
        power_kw: At each of `wind_ms`. [kW]
        source: Where it is published.
    """

    name: str
    is_active: bool
    density_kg_m3: float
    cut_in_ms: float
    cut_out_ms: float
    wind_ms: Floats
    power_kw: Floats
    source: str

    @property
    def rated_kw(self) -> float:
        """The most that it makes."""
        return float(self.power_kw.max())


def names() -> list[str]:
    """Return what the known turbines are called."""
    files = resources.files(__name__).iterdir()
    return sorted(f.name.removesuffix(_ENDING) for f in files if _is_curve(f.name))


@cache
def power_curve(name: str) -> PowerCurve:
    """Return the turbine called `name`.

    Raises:
        UnknownTurbineError: There is none.
    """
    if name not in names():
        known = ", ".join(names())
        raise UnknownTurbineError(f"no power curve {name!r}; there are {known}")
    text = resources.files(__name__).joinpath(name + _ENDING).read_text("utf-8")
    raw = tomllib.loads(text)
    points = np.array(raw["points"], dtype=np.float64)
    return PowerCurve(
        name=raw["name"],
        is_active=raw["control"] == "active",
        density_kg_m3=raw["density_kg_m3"],
        cut_in_ms=raw["cut_in_ms"],
        cut_out_ms=raw["cut_out_ms"],
        wind_ms=points[:, 0],
        power_kw=points[:, 1],
        source=raw["source"],
    )


def _is_curve(file_name: str) -> bool:
    return file_name.endswith(_ENDING)
