"""The SunSpec models of our devices, as the JSON of github:sunspec/models has them."""

from collections.abc import Sequence
from typing import Final

from firmware_sim.devices.sunspec import Block, SunSpec, Value, common, phases
from firmware_sim.registers import Layout

_I16, _U16 = Layout.INT16, Layout.UINT16
_U32, _F32 = Layout.UINT32, Layout.FLOAT32
_K: Final = 1e-3

_INVERTER: Final = (
    Value("current_a", 2, _U16, 1, 6, -2),
    *phases("current_l#_a", 3, _U16, 1, 6, -2),
    *phases("voltage_l#_v", 10, _U16, 1, 13, -1),
    Value("generated_power_kw", 14, _I16, _K, 15, 1),
    Value("frequency_hz", 16, _U16, 1, 17, -2),
    Value("apparent_power_kva", 18, _I16, _K, 19, 1),
    Value("reactive_power_kvar", 20, _I16, _K, 21, 1),
    Value("energy_generated_kwh", 24, _U32, _K, 26, 1),
)
_INVERTER_FLOAT: Final = (
    Value("current_a", 2, _F32),
    *phases("current_l#_a", 4, _F32),
    *phases("voltage_l#_v", 16, _F32),
    Value("generated_power_kw", 22, _F32, _K),
    Value("frequency_hz", 24, _F32),
    Value("apparent_power_kva", 26, _F32, _K),
    Value("reactive_power_kvar", 28, _F32, _K),
    Value("energy_generated_kwh", 32, _F32, _K),
)
_METER: Final = (
    Value("current_a", 2, _I16, 1, 6, -1),
    *phases("current_l#_a", 3, _I16, 1, 6, -1),
    Value("voltage_v", 7, _I16, 1, 15, -1),
    *phases("voltage_l#_v", 8, _I16, 1, 15, -1),
    Value("frequency_hz", 16, _I16, 1, 17, -2),
    Value("active_power_kw", 18, _I16, _K, 22, 1),
    *phases("active_power_l#_kw", 19, _I16, _K, 22, 1),
    Value("apparent_power_kva", 23, _I16, _K, 27, 1),
    Value("reactive_power_kvar", 28, _I16, _K, 32, 1),
    Value("power_factor", 33, _I16, 0.01, 37, -1),
    Value("energy_export_kwh", 38, _U32, _K, 54, 1),
    Value("energy_import_kwh", 46, _U32, _K, 54, 1),
)
_METER_FLOAT: Final = (
    Value("current_a", 2, _F32),
    *phases("current_l#_a", 4, _F32),
    Value("voltage_v", 10, _F32),
    *phases("voltage_l#_v", 12, _F32),
    Value("frequency_hz", 26, _F32),
    Value("active_power_kw", 28, _F32, _K),
    *phases("active_power_l#_kw", 30, _F32, _K),
    Value("apparent_power_kva", 36, _F32, _K),
    Value("reactive_power_kvar", 44, _F32, _K),
    Value("power_factor", 52, _F32),
    Value("energy_export_kwh", 60, _F32, _K),
    Value("energy_import_kwh", 68, _F32, _K),
)
_BANK: Final = (
    Value("state_of_charge_percent", 11, _U16, 1, 56, -1),
    Value("voltage_v", 34, _U16, 1, 59, -1),
    Value("current_a", 44, _I16, -1, 61, -1),
    Value("active_power_kw", 47, _I16, -_K, 63, 1),
)
_STORAGE: Final = (
    Value("state_of_charge_percent", 8, _U16, 1, 22, -2),
    Value("voltage_v", 10, _U16, 1, 24, -1),
)
_LITHIUM: Final = (
    Value("temperature_c", 10, _I16, 1, 23, -1),
    Value("voltage_v", 15, _U16, 1, 27, -1),
)


def _inverter(model: int, instance: int = 0) -> Block:
    if model > 110:
        return Block(model, 60, _INVERTER_FLOAT, instance)
    return Block(model, 50, _INVERTER, instance)


def _meter(model: int, instance: int = 0) -> Block:
    if model > 210:
        return Block(model, 124, _METER_FLOAT, instance)
    return Block(model, 105, _METER, instance)


def meter(model: int = 203, count: int = 1) -> SunSpec:
    """Return a device with `count` meters, each behind a common model of its own."""
    blocks: list[Block] = []
    for n in range(count):
        blocks += [common("Meter", f"VS-M{n}"), _meter(model, n)]
    return SunSpec(blocks)


def inverter(model: int = 103, count: int = 1, start: int = 40_000) -> SunSpec:
    """Return a device with `count` inverters behind one common model."""
    blocks = [_inverter(model, n) for n in range(count)]
    return SunSpec([common("Inverter", "VS-I0"), *blocks], start)


def battery() -> SunSpec:
    """Return a lithium battery bank: models 802 and 803."""
    return SunSpec(
        [common("Battery", "VS-B0"), Block(802, 62, _BANK), Block(803, 26, _LITHIUM)]
    )


_INPUT_WORDS: Final = 20
_INPUT_NAMES: Final = ("String 1", "String 2", "StCha 3", "StDisCha 4")
_INPUTS: Final = tuple(
    Value(f"input_{n}_{what}", 10 + _INPUT_WORDS * n + at, layout, _K, scale_at, power)
    for n in range(4)
    for what, at, layout, scale_at, power in (
        ("power_kw", 11, _U16, 4, 0),
        ("energy_kwh", 12, _U32, 5, 1),
    )
)


class Hybrid(SunSpec):
    """An inverter with a battery: models 103, 124 and 160 with four inputs."""

    def __init__(self) -> None:
        texts = {11 + _INPUT_WORDS * n: name for n, name in enumerate(_INPUT_NAMES)}
        inputs = Block(160, 8 + 4 * _INPUT_WORDS, _INPUTS, 0, texts, {8: 4})
        super().__init__(
            [
                common("Hybrid", "VS-H0"),
                _inverter(103),
                Block(124, 24, _STORAGE),
                inputs,
            ]
        )

    def show_inputs(
        self, powers_kw: Sequence[float], energies: Sequence[float]
    ) -> None:
        """Put power and energy of the strings, and of the battery in and out."""
        for n, (power_kw, energy_kwh) in enumerate(
            zip(powers_kw, energies, strict=True)
        ):
            self.show(
                0,
                {f"input_{n}_power_kw": power_kw, f"input_{n}_energy_kwh": energy_kwh},
            )
