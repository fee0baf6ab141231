import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.quantity import DEFINITIONS, Kind, Quantity, implausible

UNITS = {"kw": "kW", "kva": "kVA", "kvar": "kvar", "v": "V", "a": "A", "hz": "Hz"} | {
    "kwh": "kWh",
    "c": "°C",
    "percent": "%",
    "m3": "m³",
    "ppm": "ppm",
    "lx": "lx",
    "hpa": "hPa",
    "m_s": "m/s",
    "deg": "°",
    "w_m2": "W/m²",
    "mm": "mm",
    "m3_h": "m³/h",
}


def test_every_quantity_is_defined():
    assert set(DEFINITIONS) == set(Quantity)


@pytest.mark.parametrize("quantity", Quantity)
def test_the_name_carries_the_unit(quantity):
    endings = [suffix for suffix in UNITS if quantity.value.endswith(f"_{suffix}")]
    longest = max(endings, key=len, default="")
    assert DEFINITIONS[quantity].unit == UNITS.get(longest, "1")


@pytest.mark.parametrize("quantity", Quantity)
def test_energy_and_volume_count_and_all_else_is_a_gauge(quantity):
    counts = quantity.value.endswith(("_kwh", "_m3", "_mm"))
    expected = Kind.COUNTER if counts else Kind.GAUGE
    assert DEFINITIONS[quantity].kind is expected


@given(st.sampled_from(Quantity), st.floats(0, 1))
def test_what_lies_in_the_range_is_plausible(quantity, share):
    definition = DEFINITIONS[quantity]
    value = definition.low + share * (definition.high - definition.low)
    assert implausible(quantity, min(value, definition.high)) is None


@given(st.sampled_from(Quantity), st.floats(min_value=1e-6, max_value=1e15))
def test_what_lies_outside_is_not_and_the_range_is_told(quantity, excess):
    definition = DEFINITIONS[quantity]
    for value in (definition.low - excess, definition.high + excess):
        if not definition.low <= value <= definition.high:
            assert definition.unit in implausible(quantity, value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_plausible(value):
    assert implausible(Quantity.VOLTAGE_V, value) == "not a number"
