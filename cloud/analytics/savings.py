"""What has been saved: as a share, in money, in carbon dioxide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prices:
    """What a kilowatt-hour stands for.

    Attributes:
        cost_per_kwh: In `currency`.
        co2_kg_per_kwh: Carbon dioxide of the grid's electricity. [kg/kWh]
    """

    cost_per_kwh: float = 8.0
    currency: str = "INR"
    co2_kg_per_kwh: float = 0.82


def saved_percent(used_kwh: float, saved_kwh: float) -> float | None:
    """Return saved / (used + saved) in percent; None where nothing was used."""
    without = used_kwh + saved_kwh
    return 100 * (saved_kwh / without) if without > 0 else None


def cost(energy_kwh: float, prices: Prices) -> float:
    """Return what `energy_kwh` costs, in the currency of `prices`."""
    return energy_kwh * prices.cost_per_kwh


def co2_kg(energy_kwh: float, prices: Prices) -> float:
    """Return the carbon dioxide that `energy_kwh` stands for, in kg."""
    return energy_kwh * prices.co2_kg_per_kwh
