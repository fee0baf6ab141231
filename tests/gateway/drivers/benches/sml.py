"""A German meter that sends SML."""

from firmware_sim.sml_meter import SmlMeter
from tests.gateway.drivers.sending import INTERVAL_S, SendingBench

SHOWN = {
    "energy_import_kwh": 1234.5678,
    "energy_export_kwh": 0.5,
    "active_power_kw": -1.837,
    "voltage_l1_v": 231.4,
    "frequency_hz": 49.9,
}


class Bench(SendingBench):
    """It sends ten times a second."""

    def __init__(self):
        sender = SmlMeter(lambda _: SHOWN, interval_s=INTERVAL_S)
        super().__init__(sender, "sml", 9600, SHOWN)
