"""What devices may send, and what must never be believed."""

import asyncio
import struct
from datetime import UTC, datetime

import pytest

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter
from gateway.lines import (
    DeviceError,
    LineDownError,
    NoAnswerError,
    RtuTcpLine,
    SerialLine,
    TcpLine,
)
from gateway.meters import Encoding, Model, Register, Space
from tests.gateway.modbus_devices import (
    Device,
    Devices,
    floats,
    framed,
    rtu_line,
    rtu_tcp_line,
    tcp_line,
)

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
VOLTS = Register(Quantity.VOLTAGE_V, Space.INPUT, 0, Encoding.FLOAT32)
AMPS = Register(Quantity.CURRENT_A, Space.INPUT, 2, Encoding.FLOAT32)
MODEL = Model("any", "", "", "", Role.MAIN, (VOLTS, AMPS))
ENTRY = DeviceEntry("site", "meter", "any", Role.MAIN, False, MODEL.quantities)


def healthy():
    return Device(inputs=bytearray(floats(230.0, 5.0)))


async def polled(line, unit=1, model=MODEL, entry=ENTRY):
    bus = Bus(line)
    try:
        await bus.connect()
        return await Meter(bus, unit, model, entry).poll(lambda: NOW)
    finally:
        bus.close()
        await asyncio.sleep(0)


def over_tcp(devices, **options):
    async def run():
        async with tcp_line(devices) as port:
            return await polled(TcpLine("t", "127.0.0.1", port, 0.2), **options)

    return asyncio.run(run())


def over_rtu(devices, **options):
    async def run():
        with rtu_line(devices) as port:
            return await polled(SerialLine("r", port, timeout_s=0.1), **options)

    return asyncio.run(run())


def over_rtu_tcp(devices, **options):
    async def run():
        async with rtu_tcp_line(devices) as port:
            return await polled(RtuTcpLine("c", "127.0.0.1", port, 0.1), **options)

    return asyncio.run(run())


EVERY = pytest.mark.parametrize("over", [over_tcp, over_rtu, over_rtu_tcp])
RTU = pytest.mark.parametrize("over", [over_rtu, over_rtu_tcp])


@EVERY
def test_a_healthy_device_is_read_in_one_request(over):
    device = healthy()
    poll = over(Devices({1: device}))
    assert poll.readings == [
        Reading("site/meter/voltage_v", NOW, 230.0),
        Reading("site/meter/current_a", NOW, 5.0),
    ]
    assert device.asked == [struct.pack(">BHH", 4, 0, 4)]


def test_a_simulated_device_says_so():
    entry = DeviceEntry("site", "meter", "any", Role.MAIN, True, MODEL.quantities)
    poll = over_tcp(Devices({1: healthy()}), entry=entry)
    assert {reading.quality for reading in poll.readings} == {Quality.SIMULATED}


def refuse(unit, pdu):
    return unit, bytes([pdu[0] | 0x80, 2])


WRONG_ANSWERS = {
    "wrong function": (lambda unit, pdu: (unit, b"\x03" + pdu[1:]), "function 3"),
    "too few registers": (lambda unit, pdu: (unit, b"\x04\x06" + pdu[2:8]), "3 regist"),
    "too many registers": (
        lambda unit, pdu: (unit, b"\x04\x0a" + pdu[2:] + b"\0\0"),
        "5 registers came where 4 were asked",
    ),
    "another unit": (lambda unit, pdu: (unit + 1, pdu), "unit 2 answered"),
    "an exception": (refuse, "it has no such register"),
    "silence": (lambda _unit, _pdu: None, "no answer"),
}


@EVERY
@pytest.mark.parametrize(("twist", "told"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_is_refused_in_plain_words(over, twist, told):
    device = healthy()
    device.twist = twist
    with pytest.raises(DeviceError, match=told):
        over(Devices({1: device}))


def test_a_count_that_contradicts_the_length_is_refused():
    device = healthy()
    device.twist = lambda unit, pdu: (unit, b"\x04\x06" + pdu[2:])
    with pytest.raises(DeviceError, match="4 registers came"):
        over_tcp(Devices({1: device}))


@EVERY
@pytest.mark.parametrize(
    "garbage", [b"\xff" * 40, b"GET / HTTP/1.1\r\n\r\n", b"\x01\x04\x08"]
)
def test_garbage_and_half_frames_are_no_answer(over, garbage):
    device = healthy()
    device.twist = lambda _unit, _pdu: garbage
    with pytest.raises(NoAnswerError):
        over(Devices({1: device}))


@RTU
def test_a_wrong_checksum_is_named(over):
    device = healthy()
    device.twist = lambda unit, pdu: bytes([unit]) + pdu + b"\x12\x34"
    with pytest.raises(NoAnswerError, match="checksum is wrong"):
        over(Devices({1: device}))


def test_a_function_nobody_knows_does_not_break_the_connection():
    device = healthy()
    device.twist = lambda unit, _pdu: (unit, b"\x63\x01\x02")
    with pytest.raises(DeviceError, match="function 99"):
        over_tcp(Devices({1: device}))


@EVERY
def test_nan_is_refused_in_words_and_the_rest_is_kept(over):
    device = Device(inputs=bytearray(floats(float("nan"), 5.0)))
    poll = over(Devices({1: device}))
    assert [reading.point for reading in poll.readings] == ["site/meter/current_a"]
    assert poll.refused == ["voltage_v: nan is not a number"]


def test_what_no_working_device_reports_is_refused_with_the_reason():
    device = Device(inputs=bytearray(floats(9e9, 5.0)))
    poll = over_tcp(Devices({1: device}))
    assert [reading.point for reading in poll.readings] == ["site/meter/current_a"]
    assert poll.refused == ["voltage_v: 9e+09 is outside 0 to 1500 V"]


def test_a_device_without_one_usable_value_has_failed():
    device = Device(inputs=bytearray(floats(float("nan"), float("inf"))))
    with pytest.raises(
        DeviceError, match=r"no value can be used: voltage_v: nan is .*current_a: inf"
    ):
        over_tcp(Devices({1: device}))


def test_a_late_answer_is_not_taken_for_the_next_one():
    """An answer to an earlier request carries that request's number."""
    device = healthy()
    device.twist = lambda unit, pdu: struct.pack(">HHHB", 77, 0, 11, unit) + pdu
    with pytest.raises(NoAnswerError, match="late answer"):
        over_tcp(Devices({1: device}))


def test_what_came_before_a_request_is_flushed():
    async def run():
        devices = Devices({1: healthy()})
        with rtu_line(devices) as port:
            bus = Bus(SerialLine("r", port, timeout_s=0.2))
            await bus.connect()
            meter = Meter(bus, 1, MODEL, ENTRY)
            await meter.poll(lambda: NOW)
            devices[1].twist = lambda unit, pdu: framed(unit, pdu) * 2
            first = await meter.poll(lambda: NOW)
            second = await meter.poll(lambda: NOW)
            bus.close()
            return first, second

    first, second = asyncio.run(run())
    assert first == second


def test_what_a_serial_server_sends_late_is_dropped_before_the_next_request():
    """A late answer of the right size would else pass for that to the next request."""

    async def run():
        writers = []

        async def meet(reader, writer):
            writers.append(writer)
            while await reader.read(64):
                if len(writers) > 1:
                    writer.write(framed(1, b"\x04\x08" + floats(230.0, 5.0)))
                writers.append(writer)

        async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            bus = Bus(RtuTcpLine("c", "127.0.0.1", port, 0.1))
            await bus.connect()
            meter = Meter(bus, 1, MODEL, ENTRY)
            with pytest.raises(NoAnswerError):
                await meter.poll(lambda: NOW)
            writers[0].write(framed(1, b"\x04\x08" + floats(111.0, 1.0)) + b"\xff\x01")
            await writers[0].drain()
            poll = await meter.poll(lambda: NOW)
            bus.close()
            writers[0].close()
            return [reading.value for reading in poll.readings]

    assert asyncio.run(run()) == [230.0, 5.0]


def test_an_answer_may_come_in_pieces_through_a_serial_server():
    async def run():
        closed = asyncio.Event()

        async def meet(reader, writer):
            await reader.readexactly(8)
            for byte in framed(1, b"\x04\x08" + floats(230.0, 5.0)):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0)
            await reader.read()
            writer.close()
            await writer.wait_closed()
            closed.set()

        async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            poll = await polled(RtuTcpLine("c", "127.0.0.1", port, 1.0))
            await closed.wait()
        return [reading.value for reading in poll.readings]

    assert asyncio.run(run()) == [230.0, 5.0]


def test_a_port_that_does_not_exist_is_named():
    with pytest.raises(LineDownError, match="/dev/absent does not exist"):
        asyncio.run(polled(SerialLine("r", "/dev/absent")))


def test_a_host_that_does_not_listen_is_named(free_port):
    port = free_port.getsockname()[1]
    with pytest.raises(LineDownError, match=f"cannot open 127.0.0.1:{port}"):
        asyncio.run(polled(TcpLine("t", "127.0.0.1", port)))


def test_a_connection_that_breaks_is_noticed_at_once():
    async def run():
        async def meet(reader, writer):
            await reader.read(1)
            writer.close()

        async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with asyncio.timeout(1):
                await polled(TcpLine("t", "127.0.0.1", port, 2.0))

    with pytest.raises(LineDownError, match="broke"):
        asyncio.run(run())


def test_frames_on_a_serial_line_are_at_least_a_gap_apart():
    async def run():
        loop, device = asyncio.get_running_loop(), healthy()
        ends, starts = [], []

        def twist(unit, pdu):
            starts.append(loop.time())
            return unit, pdu

        device.twist = twist
        with rtu_line(Devices({1: device})) as port:
            line = SerialLine("r", port, baudrate=2400)
            bus = Bus(line)
            await bus.connect()
            meter = Meter(bus, 1, MODEL, ENTRY)
            for _ in range(4):
                await meter.poll(lambda: NOW)
                ends.append(loop.time())
            bus.close()
            return line.frame_gap_s, starts, ends

    gap_s, starts, ends = asyncio.run(run())
    pauses = [start - end for start, end in zip(starts[1:], ends, strict=False)]
    assert gap_s == pytest.approx(3.5 * 10 / 2400)
    assert min(pauses) > 0.9 * gap_s
