"""Voltage bands around the nominal voltage."""

from dataclasses import dataclass

WARNING_SHARE = 0.06
CRITICAL_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class VoltageThresholds:
    """Where the bands begin, in V."""

    low_critical: float
    low_warning: float
    high_warning: float
    high_critical: float


def thresholds(nominal_v: float) -> VoltageThresholds:
    """Return the bands: a warning from ±6 %, critical from ±10 % of nominal."""
    return VoltageThresholds(
        low_critical=round(nominal_v * (1 - CRITICAL_SHARE), 2),
        low_warning=round(nominal_v * (1 - WARNING_SHARE), 2),
        high_warning=round(nominal_v * (1 + WARNING_SHARE), 2),
        high_critical=round(nominal_v * (1 + CRITICAL_SHARE), 2),
    )
