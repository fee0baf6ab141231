"""Buildings compared: who uses most for each square metre."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Compared:
    """One building in a period.

    Attributes:
        kwh_per_m2: Energy by floor area, where the area is known. [kWh/m²]
        rank: 1 uses most; by area where every area is known.
    """

    node_id: int
    energy_kwh: float | None
    saved_kwh: float | None
    area_m2: float | None
    kwh_per_m2: float | None = None
    rank: int | None = None


def ranked(buildings: Sequence[Compared]) -> list[Compared]:
    """Return the buildings, greatest use first; those without figures come last.

    They are ranked by kWh/m²; by kWh if the area of one with figures is not known.
    """
    judged = [_with_intensity(b) for b in buildings if b.energy_kwh is not None]
    by_area = all(b.kwh_per_m2 is not None for b in judged)
    judged.sort(key=lambda b: _use(b, by_area=by_area), reverse=True)
    others = [b for b in buildings if b.energy_kwh is None]
    return [replace(b, rank=place) for place, b in enumerate(judged, 1)] + others


def _with_intensity(building: Compared) -> Compared:
    if not building.area_m2 or building.energy_kwh is None:
        return building
    return replace(building, kwh_per_m2=building.energy_kwh / building.area_m2)


def _use(building: Compared, *, by_area: bool) -> float:
    return (building.kwh_per_m2 if by_area else building.energy_kwh) or 0.0
