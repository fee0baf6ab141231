"""Where pulses come in, and what each of them is worth."""

from dataclasses import dataclass

from gateway.wire import SerialPort


@dataclass(frozen=True, slots=True)
class GpioPin:
    """A pin of this computer; a pulse pulls it to ground.

    Attributes:
        chip: The device file of its controller, e.g. /dev/gpiochip0.
        line: Its number there, which on a Raspberry Pi is the BCM number.
    """

    chip: str
    line: int

    def __str__(self) -> str:
        return f"{self.chip} line {self.line}"


@dataclass(frozen=True, slots=True)
class PulseLine:
    """One input to which one meter's pulse output is wired.

    Attributes:
        min_pulse_s: What comes closer together is one pulse, which bounces. [s]
    """

    name: str
    place: GpioPin | SerialPort
    min_pulse_s: float = 0.03
    simulated: bool = False

    def __str__(self) -> str:
        return str(self.place)


@dataclass(frozen=True, slots=True)
class PulsePlace:
    """What the pulses of a meter count.

    Attributes:
        pulses_per_unit: As on its plate: per kWh, or per m³.
        start: What its register showed when counting began. [kWh or m³]
    """

    pulses_per_unit: float
    start: float = 0.0
