"""What makes electricity at a site."""

from dataclasses import dataclass
from enum import StrEnum


class GeneratorKind(StrEnum):
    """What it lives on."""

    SOLAR = "solar"
    WIND = "wind"


@dataclass(frozen=True, slots=True)
class Generator:
    """A photovoltaic array or a wind turbine.

    Attributes:
        slug: Tells it from others at its node.
        capacity_kw: Most that it can deliver: of modules under standard conditions, or
            of a turbine at rated wind. [kW]
        tilt_deg: Of an array; 0 lies flat. [°]
        azimuth_deg: Of an array, from north over east; 180 faces south. [°]
        hub_height_m: Of a turbine. [m]
        curve: Name of a turbine's power curve.
        device: Slug of the device at the same node that counts what it makes.
    """

    slug: str
    kind: GeneratorKind
    capacity_kw: float
    tilt_deg: float | None = None
    azimuth_deg: float | None = None
    hub_height_m: float | None = None
    curve: str | None = None
    device: str | None = None
