"""A smart meter on its P1 port, with a gas meter behind it."""

from firmware_sim.dsmr_meter import DsmrMeter
from tests.gateway.drivers.sending import INTERVAL_S, SendingBench

SHOWN = {
    "energy_import_kwh": 1234.567,
    "energy_export_kwh": 890.123,
    "active_power_kw": -1.5,
    "voltage_l1_v": 230.1,
    "voltage_l2_v": 231.2,
    "voltage_l3_v": 229.9,
    "gas_m3": 123.456,
}


class Bench(SendingBench):
    """It sends ten times a second."""

    def __init__(self):
        sender = DsmrMeter(lambda _: SHOWN, interval_s=INTERVAL_S)
        super().__init__(sender, "dsmr", 115_200, SHOWN)
