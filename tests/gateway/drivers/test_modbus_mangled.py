"""Mangled Modbus answers and SunSpec maps, through all that stands on their way."""

import asyncio
import struct
from contextlib import suppress

import pytest
from pymodbus.pdu.register_message import ReadInputRegistersRequest

from contract.quantity import implausible
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.decode import decoder
from gateway.drivers.modbus.opening import new_client
from gateway.drivers.modbus.plan import blocks
from gateway.drivers.modbus.sunspec.chain import follow, instances
from gateway.drivers.modbus.sunspec.layout import MovedError, plan, registers
from gateway.lines import DeviceError, RtuTcpLine, TcpLine
from gateway.meters.loader import load_all
from tests.gateway.drivers.mangling import FRAMES, burst, by_chance, mangled
from tests.gateway.drivers.test_sunspec import COMMON, HYBRID, INVERTER, mapped
from tests.gateway.drivers.test_sunspec import model as sunspec_model
from tests.gateway.modbus_devices import framed

MODELS = load_all()
ANSWER = bytes.fromhex("0414 08D1 006C0000 00F40000 00260000 01F4 0064 0000")
RTU = framed(1, ANSWER)
TCP = struct.pack(">HHHB", 1, 0, len(ANSWER) + 1, 1) + ANSWER
BODY = ANSWER[2:]


async def believed(line, frames):
    """Return the bodies that the bus takes for the answer to its request."""
    bus = Bus(line)
    client = bus._client = new_client(line, lambda _is_up: None)
    request = ReadInputRegistersRequest(address=0, count=10, dev_id=1)
    request.transaction_id = int(isinstance(line, TcpLine))
    bus._asked, bus._body_bytes = request, len(BODY)
    loop, bodies = asyncio.get_running_loop(), []
    for frame in frames:
        waiting = client.ctx.response_future = loop.create_future()
        assert 0 <= bus._received(frame) <= len(frame)
        if not waiting.done():
            continue
        if waiting.exception() is None:
            bodies.append(waiting.result().body)
    client.close()
    return bodies


def over_tcp(frames):
    return asyncio.run(believed(TcpLine("t", "127.0.0.1", 502), frames))


def over_rtu(frames):
    return asyncio.run(believed(RtuTcpLine("r", "127.0.0.1", 4001), frames))


@pytest.mark.parametrize(("over", "frame"), [(over_tcp, TCP), (over_rtu, RTU)])
def test_a_sound_answer_is_believed(over, frame):
    assert over([frame]) == [BODY]


def test_no_rtu_answer_with_a_glitch_of_up_to_16_bits_is_believed():
    assert over_rtu(burst(RTU, seed=20, bits=16)) == []


def test_a_mangled_rtu_answer_is_believed_by_chance_only():
    wrong = [body for body in over_rtu(mangled(RTU, seed=21)) if body != BODY]
    assert len(wrong) <= by_chance()


def test_a_mangled_tcp_answer_is_believed_with_its_right_length_only():
    """TCP has a checksum of its own; Modbus adds none."""
    assert {len(body) for body in over_tcp(mangled(TCP, seed=22))} == {len(BODY)}


def test_any_registers_give_values_or_none():
    [block] = blocks(MODELS["pzem_004t"])
    decode = decoder(block)
    size = 2 * block.count
    for body in mangled(BODY, seed=23):
        for quantity, value in decode(body[:size].ljust(size, b"\0")):
            assert value is None or isinstance(value, float)
            assert value is None or implausible(quantity, value) is not quantity


BANK = sunspec_model(802, 62, {11: 801, 56: -1, 44: -42, 47: -1700, 34: 410})
MAP = bytes(mapped(COMMON, INVERTER, BANK, HYBRID, start=0).holding)


def at_once(coroutine):
    """Run what never waits; an event loop for each would take most of the time."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def reader(memory):
    async def read(address, count):
        words = memory[2 * address : 2 * (address + count)]
        if len(words) < 2 * count:
            raise DeviceError("it has no such register")
        return words

    return read


def read_all(memory, model):
    """Read all that `model` finds in a map, as far as its registers reach."""
    read = reader(memory)
    for thing in instances(at_once(follow(read, 0)), model.discovery.finds):
        for found in thing:
            places = registers(found, model)
            for block, decode in plan(found, places, model) if places else ():
                assert 1 <= block.count <= model.max_registers
                with suppress(DeviceError):
                    decode(at_once(read(block.address, block.count)))


@pytest.mark.parametrize("name", [each for each in MODELS if MODELS[each].discovery])
def test_any_map_is_followed_to_its_end(name):
    model = MODELS[name]
    for memory in mangled(MAP, seed=24, times=FRAMES // 20):
        read_all(memory, model)


def test_a_mangled_block_is_refused_or_gives_what_the_model_holds():
    model = MODELS["sunspec_inverter"]
    [found] = [
        each for each in at_once(follow(reader(MAP), 0)) if each.model == INVERTER[0]
    ]
    [(block, decode)] = plan(found, registers(found, model), model)
    good, size = MAP[2 * block.address :][: 2 * block.count], 2 * block.count
    refused = 0
    for body in mangled(good, seed=25):
        try:
            values = decode(body[:size].ljust(size, b"\0"))
        except MovedError:
            refused += 1
            continue
        assert {quantity for quantity, _ in values} <= set(model.quantities)
    assert refused
