"""An Arduino that prints what its PZEM-004T measures."""

from firmware_sim.text_board import TextBoard
from tests.gateway.drivers.sending import INTERVAL_S, SendingBench

SHOWN = {
    "voltage_v": 230.5,
    "current_a": 0.106,
    "active_power_kw": 0.0244,
    "energy_import_kwh": 12.345,
    "frequency_hz": 50.0,
    "power_factor": 0.92,
}


class Bench(SendingBench):
    """It sends ten times a second."""

    def __init__(self):
        sender = TextBoard(lambda _: SHOWN, interval_s=INTERVAL_S)
        super().__init__(sender, "text_line", 9600, SHOWN)
