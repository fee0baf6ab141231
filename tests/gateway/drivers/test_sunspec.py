"""SunSpec devices: found, followed, read, and refused where they cannot be meant."""

import asyncio
import json
import struct
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sunspec2

from contract.inventory import DeviceEntry
from gateway.drivers.modbus.bus import ModbusBus
from gateway.drivers.modbus.sunspec.points import (
    INPUT_POINTS,
    INPUT_WORDS,
    INPUTS,
    INPUTS_FIRST,
    KNOWN,
    POINTS,
)
from gateway.lines import (
    DeviceError,
    DeviceSettings,
    NoAnswerError,
    RtuTcpLine,
    SerialLine,
    TcpLine,
)
from gateway.meters.loader import load_all
from tests.gateway.drivers.captures import capture
from tests.gateway.modbus_devices import (
    Device,
    Devices,
    rtu_line,
    rtu_tcp_line,
    tcp_line,
)

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
MODELS = load_all()
PEERS_MODELS = Path(sunspec2.__file__).parent / "models" / "json"
NOTHING = {"int16": 0x8000, "uint16": 0xFFFF}


def model(number, length, words=()):
    """Return a model whose registers are 0 but for `words` by their offset."""
    held = [number, length, *[0] * length]
    for offset, word in dict(words).items():
        held[offset] = word & 0xFFFF
    return held


COMMON = model(1, 66)
INVERTER = model(103, 50, {14: 1234, 15: 1, 16: 5001, 17: -2, 25: 7, 26: 3})


def float32(offset, value):
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    return {offset: high, offset + 1: low}


def mapped(*models, start=40_000, end=(0xFFFF, 0)):
    """Return a device with a map of `models`; elsewhere it has no registers."""
    words = [0x5375, 0x6E53, *(word for each in models for word in each), *end]
    held = struct.pack(f">{len(words)}H", *words)
    device = Device(holding=bytearray(2 * start) + held)
    device.twist = lambda unit, pdu: (
        (unit, pdu) if len(pdu) == pdu[1] + 2 else (unit, bytes([pdu[0] | 0x80, 2]))
    )
    return device


def settings(name, instance=1):
    found = MODELS[name]
    entry = DeviceEntry("site", "it", name, found.role, False, found.quantities)
    return DeviceSettings(entry, "line", 1, timedelta(60), place=instance)


async def opened(stack, devices, kind="tcp"):
    if kind == "rtu":
        line = SerialLine("l", stack.enter_context(rtu_line(devices)), timeout_s=0.2)
    elif kind == "rtu_tcp":
        port = await stack.enter_async_context(rtu_tcp_line(devices))
        line = RtuTcpLine("l", "127.0.0.1", port, 0.2)
    else:
        port = await stack.enter_async_context(tcp_line(devices))
        line = TcpLine("l", "127.0.0.1", port, 0.2)
    bus = ModbusBus(line, MODELS)
    await bus.connect()
    stack.callback(bus.close)
    return bus


def read(device, name="sunspec_inverter", instance=1, kind="tcp", polls=1):
    async def run():
        async with AsyncExitStack() as stack:
            bus = await opened(stack, Devices({1: device}), kind)
            polled = bus.device(settings(name, instance))
            for _ in range(polls):
                poll = await polled.poll(lambda: NOW)
            assert poll.refused == []
            return {each.point.rpartition("/")[2]: each.value for each in poll.readings}

    return asyncio.run(run())


GOOD = {"generated_power_kw": 12.34, "frequency_hz": 50.01, "energy_generated_kwh": 7}


@pytest.mark.parametrize("start", [40_000, 0, 50_000])
@pytest.mark.parametrize("kind", ["tcp", "rtu", "rtu_tcp"])
def test_a_map_is_found_at_each_place_on_each_kind_of_line(start, kind):
    values = read(mapped(COMMON, INVERTER, start=start), kind=kind)
    assert values == pytest.approx(values | GOOD)


def test_models_that_are_not_known_are_passed_over():
    known = read(mapped(COMMON, model(64_001, 300), INVERTER))
    assert known == pytest.approx(known | GOOD)


def test_a_common_model_of_65_registers_moves_the_rest():
    values = read(mapped(model(1, 65), INVERTER))
    assert values == pytest.approx(values | GOOD)


def test_after_the_first_poll_one_request_reads_all_of_a_model():
    device = mapped(COMMON, INVERTER)
    read(device, polls=1)
    once = len(device.asked)
    device.asked.clear()
    read(device, polls=4)
    assert len(device.asked) == once + 3


def test_what_is_not_implemented_is_absent():
    values = read(mapped(COMMON, INVERTER[:10] + [0xFFFF] * 3 + INVERTER[13:]))
    assert "voltage_l1_v" not in values
    values = read(mapped(COMMON, model(103, 50, {14: -0x8000, 16: 500, 17: -1})))
    assert "generated_power_kw" not in values
    values = read(mapped(COMMON, model(103, 50, {14: 5, 15: -0x8000, 16: 50})))
    assert "generated_power_kw" not in values
    assert "energy_generated_kwh" not in values


def test_a_float_that_is_not_implemented_is_absent():
    words = float32(28, 4321.0) | float32(26, float("nan")) | float32(68, 0.0)
    values = read(mapped(COMMON, model(213, 124, words)), "sunspec_meter")
    assert values["active_power_kw"] == pytest.approx(4.321)
    assert values["energy_import_kwh"] == 0
    assert "frequency_hz" not in values


def test_several_of_a_kind_are_told_apart_by_their_number():
    second = model(103, 50, {14: 200, 15: 1, 16: 50})
    device = mapped(COMMON, INVERTER, second, COMMON, model(203, 105, {16: 50, 18: 33}))
    assert read(device)["generated_power_kw"] == pytest.approx(12.34)
    assert read(device, instance=2)["generated_power_kw"] == pytest.approx(2)
    assert read(device, "sunspec_meter")["active_power_kw"] == pytest.approx(0.033)
    with pytest.raises(DeviceError, match="it has 2 like this, no further one"):
        read(device, instance=3)


def test_of_two_models_of_one_thing_each_value_comes_from_the_one_that_has_it():
    integers = model(203, 105, {18: 500, 16: 50})
    floats = model(213, 124, float32(28, 501.0) | float32(26, float("nan")))
    values = read(mapped(COMMON, integers, floats), "sunspec_meter")
    assert values["active_power_kw"] == pytest.approx(0.501)
    assert values["frequency_hz"] == 50


def inputs(*blocks, power=0, energy=0):
    """Return a model 160 with a block (name, W, Wh) for each input."""
    words = {4: power, 5: energy, 8: len(blocks)}
    for number, (name, watts, watt_hours) in enumerate(blocks):
        first = 10 + 20 * number
        text = struct.unpack(">8H", name.encode().ljust(16, b"\0"))
        words |= {first + 1 + n: word for n, word in enumerate(text)}
        words |= {first + 11: watts, first + 12: watt_hours >> 16}
        words |= {first + 13: watt_hours & 0xFFFF}
    return model(160, 8 + 20 * len(blocks), words)


HYBRID = inputs(
    ("String 1", 3000, 70_000),
    ("String 2", 2000, 50_000),
    ("StCha 3", 0, 9_000),
    ("StDisCha 4", 1500, 8_000),
)


def test_the_battery_of_a_hybrid_is_what_its_inputs_say():
    storage = model(124, 24, {8: 7550, 22: -2, 10: 4321, 24: -1})
    values = read(mapped(COMMON, storage, HYBRID), "sunspec_battery")
    assert values == pytest.approx(
        {
            "state_of_charge_percent": 75.5,
            "voltage_v": 432.1,
            "active_power_kw": -1.5,
            "energy_import_kwh": 9,
            "energy_export_kwh": 8,
        }
    )


def test_an_inverter_with_inputs_only_gives_their_sum_without_the_battery():
    values = read(mapped(COMMON, HYBRID))
    assert values["generated_power_kw"] == pytest.approx(5)
    assert values["energy_generated_kwh"] == pytest.approx(120)


def test_power_into_a_battery_bank_is_positive():
    bank = model(802, 62, {11: 801, 56: -1, 44: -42, 61: 0, 47: -1700, 34: 410})
    values = read(mapped(COMMON, bank), "sunspec_battery")
    assert values["active_power_kw"] == pytest.approx(1.7)
    assert values["current_a"] == 42
    assert values["state_of_charge_percent"] == pytest.approx(80.1)


def test_a_device_without_a_map_is_told():
    device = mapped(COMMON, start=1000)
    with pytest.raises(DeviceError, match=r"no SunSpec map at any of 40000, 0, 50000"):
        read(device)


def test_a_device_of_another_kind_is_told_with_what_it_has():
    with pytest.raises(DeviceError, match=r"802, .* is in it; it has 1, 103"):
        read(mapped(COMMON, INVERTER), "sunspec_battery")


def test_a_silent_device_costs_one_time_out_a_poll_wherever_it_is_looked_for():
    device = mapped(COMMON, INVERTER, start=0)
    sound = device.twist
    device.twist = lambda unit, pdu: (
        sound(unit, pdu) if pdu[1] + 2 == len(pdu) else None
    )

    async def run():
        async with AsyncExitStack() as stack:
            bus = await opened(stack, Devices({1: device}))
            polled = bus.device(settings("sunspec_inverter"))
            with pytest.raises(NoAnswerError):
                await polled.poll(lambda: NOW)
            assert len(device.asked) == 1
            return await polled.poll(lambda: NOW)

    assert asyncio.run(run()).readings


@pytest.mark.parametrize(
    "models",
    [
        [COMMON, INVERTER, [103, 0]],
        [COMMON, INVERTER, [0, 50]],
        [COMMON, INVERTER, [7, 0xFFF0]],
    ],
)
def test_a_chain_that_breaks_off_gives_what_came_before(models):
    values = read(mapped(*models, end=()))
    assert values == pytest.approx(values | GOOD)


def test_a_chain_without_an_end_is_not_followed_for_ever():
    endless = [model(64_001, 1)] * 8_000
    device = mapped(*endless)
    with pytest.raises(DeviceError, match="none of SunSpec models"):
        read(device)
    assert len(device.asked) <= 101


def test_a_model_shorter_than_it_should_be_gives_what_it_holds():
    values = read(mapped(COMMON, [*INVERTER[:1], 16, *INVERTER[2:18]]))
    assert values["frequency_hz"] == pytest.approx(50.01)
    assert "energy_generated_kwh" not in values


def test_a_map_that_moves_is_noticed_and_found_again():
    device = mapped(COMMON, INVERTER)
    moved = mapped(COMMON, model(64_001, 10), INVERTER)

    async def run():
        async with AsyncExitStack() as stack:
            bus = await opened(stack, Devices({1: device}))
            polled = bus.device(settings("sunspec_inverter"))
            first = await polled.poll(lambda: NOW)
            device.holding[:] = moved.holding
            with pytest.raises(DeviceError, match="103 is no longer at 40070"):
                await polled.poll(lambda: NOW)
            return first, await polled.poll(lambda: NOW)

    first, again = asyncio.run(run())
    assert first == again


def test_after_a_new_connection_the_map_is_looked_for_again():
    device = mapped(COMMON, INVERTER)

    async def run():
        async with AsyncExitStack() as stack:
            bus = await opened(stack, Devices({1: device}))
            polled = bus.device(settings("sunspec_inverter"))
            await polled.poll(lambda: NOW)
            bus.close()
            await bus.connect()
            device.asked.clear()
            await polled.poll(lambda: NOW)
            return device.asked[0]

    assert asyncio.run(run()) == struct.pack(">BHH", 3, 40_000, 2)


def test_a_maker_that_counts_the_other_way_round_is_turned():
    own = MODELS["sunspec_meter"]
    turned = replace(own.discovery, reversed=("active_power_kw",))
    models = {"sunspec_meter": replace(own, discovery=turned)}
    device = mapped(COMMON, model(203, 105, {18: 500}))

    async def run():
        async with AsyncExitStack() as stack:
            bus = await opened(stack, Devices({1: device}))
            bus._models = models
            poll = await bus.device(settings("sunspec_meter")).poll(lambda: NOW)
            return {each.point: each.value for each in poll.readings}

    assert asyncio.run(run())["site/it/active_power_kw"] == -0.5


def test_a_technician_sees_each_value_with_its_register():
    async def run():
        async with AsyncExitStack() as stack:
            bus = await opened(stack, Devices({1: mapped(COMMON, INVERTER)}))
            return await bus.device(settings("sunspec_inverter")).inspect(lambda: NOW)

    shown = {row.quantity.value: row for row in asyncio.run(run())}
    assert shown["generated_power_kw"].register == "holding 0x9C94"
    assert shown["generated_power_kw"].raw == "04d2"
    assert shown["energy_generated_kwh"].value == pytest.approx(7)


def layout(definition):
    """Return {point: (offset, type, offset of its scale factor)} of a model file."""
    offset, places, scales = 0, {}, {}
    for point in definition["points"]:
        places[point["name"]] = offset, point["type"], point.get("sf")
        if point["type"] == "sunssf":
            scales[point["name"]] = offset
        offset += point["size"]
    return {
        name: (at, kind, scales.get(scale))
        for name, (at, kind, scale) in places.items()
    }


def assert_agrees(number, definition):
    places = layout(definition)
    for point in POINTS[number]:
        ours = point.offset, point.encoding.value, point.scale_offset
        assert ours == places[point.name], point.name


@pytest.mark.parametrize("number", sorted(POINTS))
def test_offsets_equal_the_model_files_that_the_peer_reads_by(number):
    text = (PEERS_MODELS / f"model_{number}.json").read_text(encoding="utf-8")
    assert_agrees(number, json.loads(text)["group"])


@pytest.mark.parametrize("number", [101, 103, 203])
def test_offsets_equal_the_captured_model_files(number):
    captured = capture(f"sunspec/model_{number}.json")
    assert_agrees(number, json.loads(captured)["group"])


def test_the_blocks_of_inputs_equal_the_model_file():
    text = (PEERS_MODELS / f"model_{INPUTS}.json").read_text(encoding="utf-8")
    whole = json.loads(text)["group"]
    [block] = whole["groups"]
    assert sum(each["size"] for each in whole["points"]) == INPUTS_FIRST
    assert sum(each["size"] for each in block["points"]) == INPUT_WORDS
    scales, places = layout(whole), {}
    offset = 0
    for each in block["points"]:
        scale = scales[each["sf"]][0] if "sf" in each else None
        places[each["name"]] = offset, each["type"], scale
        offset += each["size"]
    for point in INPUT_POINTS:
        ours = point.offset, point.encoding.value, point.scale_offset
        assert ours == places[point.name]


@pytest.mark.parametrize("name", [each for each in MODELS if MODELS[each].discovery])
def test_a_model_lists_what_its_sunspec_models_can_give(name):
    finds = MODELS[name].discovery.finds
    assert set(finds) <= KNOWN
    given = {point.quantity for each in finds for point in POINTS.get(each, ())}
    if INPUTS in finds:
        given |= {"active_power_kw", "energy_import_kwh", "energy_export_kwh"}
    assert set(MODELS[name].quantities) <= given
