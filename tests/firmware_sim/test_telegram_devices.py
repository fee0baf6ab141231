"""Simulated meters that speak in telegrams: what they send, read by the gateway."""

import asyncio
import os

import pytest

from firmware_sim.dsmr_meter import GAS_ID, METER_ID, DsmrMeter
from firmware_sim.faults import Fault
from firmware_sim.iec62056_meter import IecMeter
from firmware_sim.line import Ports
from firmware_sim.mbus_records import ENTRIES, Kind
from firmware_sim.mbus_slave import MbusMeter
from firmware_sim.pulse_source import PulseSource
from firmware_sim.sml_meter import SmlMeter
from firmware_sim.text_board import TextBoard
from gateway.drivers import dsmr, iec62056, mbus, sml, text_line
from gateway.telegram import TelegramError

SHOWN = {
    "energy_import_kwh": 1234.5678,
    "energy_export_kwh": 0.3333,
    "active_power_kw": -2.71828,
    "voltage_v": 230.44,
    "voltage_l1_v": 230.44,
    "voltage_l2_v": 231.0,
    "voltage_l3_v": 229.96,
    "current_a": 11.7961,
    "current_l1_a": 11.7961,
    "frequency_hz": 49.987,
    "power_factor": 0.987,
    "heat_kwh": 9876.54,
    "heat_power_kw": 12.3456,
    "flow_temperature_c": 71.234,
    "return_temperature_c": -1.5,
    "volume_flow_m3_h": 1.2345,
    "water_m3": 12.3456,
    "gas_m3": 654.3219,
    "temperature_c": 21.37,
    "humidity_percent": 48.66,
}


def shown(_):
    return SHOWN


def sent(meter):
    """Return one telegram of a sender, spoiled as its faults say."""
    return meter.spoiled(meter._composed(meter.shown()))


def measured(telegram):
    return {each.quantity.value: each.value for each in telegram.measured}


SENDERS = [
    (DsmrMeter(shown), dsmr.decode),
    (SmlMeter(shown), sml.decode),
    (TextBoard(shown), text_line.decode),
    (TextBoard(shown, style="json"), text_line.decode),
    (TextBoard(shown, style="emontx"), text_line.decode),
]


@pytest.mark.parametrize(("meter", "decode"), SENDERS)
def test_the_gateway_reads_what_a_sender_shows(meter, decode):
    telegram = decode(sent(meter))
    assert not telegram.refused
    assert measured(telegram) == pytest.approx(meter.truth, abs=1e-9)


@pytest.mark.parametrize(("meter", "decode"), SENDERS[:2])
@pytest.mark.parametrize("fault", ["wrong_crc", "half_frame", "garbage"])
def test_no_broken_telegram_is_believed(meter, decode, fault):
    meter.set_faults([Fault(fault)])
    with pytest.raises(TelegramError):
        decode(sent(meter))
    meter.set_faults([Fault("dropout")])
    assert sent(meter) == b""
    meter.set_faults([])
    assert decode(sent(meter)).measured


def test_a_smart_meter_names_itself_and_the_gas_meter():
    ids = {each.meter_id for each in dsmr.decode(sent(DsmrMeter(shown))).measured}
    assert ids == {METER_ID, GAS_ID}


@pytest.mark.parametrize("kind", Kind)
def test_the_gateway_reads_what_an_m_bus_meter_shows(kind):
    meter = MbusMeter(kind, shown, unit=7, number="00471100")
    telegram = mbus.decode(meter.answer(0x7B, 7, b""))
    assert measured(telegram) == pytest.approx(meter.truth, abs=1e-9)
    assert meter.truth == pytest.approx(
        {name: SHOWN[name] for name in ENTRIES[kind]}, rel=2e-2, abs=0.05
    )
    assert {each.meter_id for each in telegram.measured} == {"00471100"}


def test_the_gateway_reads_what_an_iec_62056_21_meter_shows():
    meter = IecMeter(shown, proposed="A")
    assert measured(iec62056.decode(meter.heard(b"/?!\r\n"))) == pytest.approx(
        meter.truth, abs=1e-9
    )


def test_a_stuck_meter_shows_what_it_showed():
    now = dict(SHOWN)
    meter = DsmrMeter(lambda _: now)
    meter.set_faults([Fault("stuck")])
    now["gas_m3"] = 999.0
    assert meter.truth["gas_m3"] == 654.322
    meter.set_faults([])
    assert meter.truth["gas_m3"] == 999.0


@pytest.mark.parametrize(
    ("meter", "fault"),
    [
        (DsmrMeter(shown), "no_such_fault"),
        (TextBoard(shown), "wrong_crc"),
        (PulseSource(shown), "half_frame"),
    ],
)
def test_a_fault_that_a_device_cannot_have_is_refused(meter, fault):
    with pytest.raises(ValueError, match=r"fault|Trouble|checksum|only"):
        meter.set_faults([Fault(fault)])


def test_a_port_has_its_name_again_after_it_was_unplugged():
    is_there = os.path.exists

    async def run():
        meter = SmlMeter(shown, interval_s=0.01)
        await meter.start(Ports())
        port = meter.address()["port"]
        assert is_there(port)
        await meter.stop()
        assert not is_there(port)
        await meter.start(Ports())
        assert meter.address()["port"] == port
        assert is_there(port)
        await meter.stop()

    asyncio.run(run())
