"""What a charge point's sampled values mean, and which are refused."""

import pytest

from gateway.drivers.ocpp.meter_values import decode, energy


def sample(value, **fields):
    return [{"timestamp": "x", "sampled_value": [{"value": value, **fields}]}]


@pytest.mark.parametrize(
    ("fields", "quantity", "value"),
    [
        ({}, "energy_import_kwh", 1.5),
        ({"measurand": "Power.Active.Import", "unit": "kW"}, "active_power_kw", 1500),
        ({"measurand": "Current.Import", "phase": "L2"}, "current_l2_a", 1500),
        ({"measurand": "Voltage", "phase": "L1-N"}, "voltage_l1_v", 1500),
        (
            {"measurand": "Power.Active.Import", "phase": "L3"},
            "active_power_l3_kw",
            1.5,
        ),
    ],
)
def test_a_sampled_value_becomes_its_quantity_in_its_unit(fields, quantity, value):
    came = decode(sample("1500", **fields))
    assert (came.sampled[0].quantity, came.sampled[0].value) == (quantity, value)


@pytest.mark.parametrize(
    ("value", "unit", "celsius"),
    [("104", "Fahrenheit", 40), ("300", "K", 26.85), ("25", "Celcius", 25)],
)
def test_temperatures_come_in_any_unit(value, unit, celsius):
    [one] = decode(sample(value, measurand="Temperature", unit=unit)).sampled
    assert one.value == pytest.approx(celsius)


def test_the_power_of_all_phases_is_summed_where_only_each_is_told():
    phases = [
        {"value": str(n), "measurand": "Power.Active.Import", "phase": f"L{n}"}
        for n in (1, 2, 3)
    ]
    came = {each.quantity: each for each in decode([{"sampled_value": phases}]).sampled}
    assert came["active_power_kw"].value == pytest.approx(0.006)


def test_the_outlet_counts_where_two_places_measure_the_same():
    values = [
        {"value": "9", "measurand": "Current.Import", "location": "Outlet"},
        {"value": "8", "measurand": "Current.Import", "location": "Inlet"},
    ]
    [one] = decode([{"sampled_value": values}]).sampled
    assert one.value == 9


@pytest.mark.parametrize(
    "values",
    [
        sample("NaN", measurand="Voltage"),
        sample("1e999", measurand="Voltage"),
        sample(True, measurand="Voltage"),
        sample(None, measurand="Voltage"),
        sample("-1", measurand="SoC"),
        sample("230", measurand="Voltage", unit="kWh"),
        sample("99999999", measurand="Voltage"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(values):
    came = decode(values)
    assert not came.sampled
    assert came.refused


@pytest.mark.parametrize(
    "values",
    [
        None,
        7,
        [7],
        [{"sampled_value": {}}],
        [{"sampled_value": [7]}],
        sample("1", measurand=7),
        sample("1", phase=[]),
        sample("OCMF|{}", format="SignedData"),
        sample("5", measurand="Energy.Active.Import.Interval"),
        sample("5", context="Sample.Future"),
    ],
)
def test_what_is_not_ours_is_passed_over(values):
    assert decode(values) == decode([])


def test_a_transaction_tells_the_meter_in_watt_hours():
    [one] = energy(1_234_500, "StartTransaction").sampled
    assert (one.value, one.source) == (1234.5, "StartTransaction")
    assert energy({}, "StopTransaction").refused
