"""A captured Modbus RTU frame to values, as a meter model lays them out. Pure."""

from dataclasses import replace
from operator import attrgetter
from typing import Final

from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
)

from gateway.drivers.modbus.answer import Answer, judge
from gateway.drivers.modbus.decode import decoder
from gateway.drivers.modbus.plan import Block, blocks
from gateway.meters import Model, Register, Space
from gateway.telegram import (
    Measured,
    Record,
    Telegram,
    TelegramError,
    checksum,
    telegram,
)

MAX_BYTES: Final = 8 + 256

_REQUEST_BYTES: Final = 8
_LEAST_BYTES: Final = 5
_REFUSED: Final = 0x80
_SPACES: Final = {3: Space.HOLDING, 4: Space.INPUT}
_REQUESTS: Final = {
    3: ReadHoldingRegistersRequest,
    4: ReadInputRegistersRequest,
}


def decode(data: bytes, model: Model, address: int | None = None) -> Telegram:
    """Return what a response says; the request it answers may stand before it.

    Args:
        address: First register that was asked for. A response does not tell: without
            request and address it is taken for the one of our own requests that asks
            for as many registers, else as starting at the model's first register.

    Raises:
        TelegramError: It is broken, or is no response to a read of this model.
    """
    request, response = _parted(data)
    if not _is_whole(response):
        raise TelegramError("wrong checksum, or not one whole frame")
    unit, function = response[0], response[1] & ~_REFUSED
    body_bytes = len(response) - _LEAST_BYTES
    if request:
        unit, function = request[:2]
        address = int.from_bytes(request[2:4], "big")
        body_bytes = 2 * int.from_bytes(request[4:6], "big")
    if function not in _SPACES:
        raise TelegramError(f"function {function} reads no registers")
    asked = _REQUESTS[function](address=0, count=1, dev_id=unit)
    answer = Answer(response[0], asked.transaction_id, response[1:-2])
    complaint = judge(answer, asked, body_bytes)
    if complaint is not None:
        raise TelegramError(complaint.words)
    block = _block(model, _SPACES[function], body_bytes // 2, address)
    return _telegram(block, answer.body)


def _parted(data: bytes) -> tuple[bytes, bytes]:
    if len(data) > MAX_BYTES:
        raise TelegramError(f"longer than {MAX_BYTES} bytes")
    head, rest = data[:_REQUEST_BYTES], data[_REQUEST_BYTES:]
    if rest and _is_whole(head) and not _is_whole(data):
        return head, rest
    return b"", data


def _is_whole(frame: bytes) -> bool:
    sent = int.from_bytes(frame[-2:], "little")
    return len(frame) >= _LEAST_BYTES and checksum.modbus(frame[:-2]) == sent


def _block(model: Model, space: Space, count: int, address: int | None) -> Block:
    """Return the registers of the model that the response holds."""
    if address is None:
        fitting = [each for each in blocks(model) if _fits(each, space, count)]
        if len(fitting) > 1:
            raise TelegramError(f"{len(fitting)} requests ask for {count} registers")
        if fitting:
            return fitting[0]
        starts = [each.address for each in model.registers if each.space is space]
        if not starts:
            raise TelegramError(f"{model.name} has no {space} registers")
        address = min(starts)
    end = address + count
    registers = tuple(
        each
        for each in sorted(model.registers, key=attrgetter("address"))
        if each.space is space and _is_within(each, model, address, end)
    )
    if not registers:
        raise TelegramError(
            f"no register of {model.name} is in {space} 0x{address:04X} to"
            f" 0x{end - 1:04X}"
        )
    return Block(space, address, count, registers)


def _fits(block: Block, space: Space, count: int) -> bool:
    return block.space is space and block.count == count


def _is_within(register: Register, model: Model, address: int, end: int) -> bool:
    (alone,) = blocks(replace(model, registers=(register,)))
    return address <= alone.address and alone.address + alone.count <= end


def _telegram(block: Block, body: bytes) -> Telegram:
    values = dict(decoder(block)(body))
    records: list[Record] = []
    measured: list[Measured] = []
    for register in block.registers:
        start = 2 * (register.address - block.address)
        words = body[start : start + 2 * register.encoding.words]
        name = f"{block.space} 0x{register.address:04X}"
        records.append(Record(name, words.hex(" ", 2)))
        value = values[register.quantity]
        if value is not None:
            measured.append(Measured(register.quantity, value, name))
    return telegram(measured, records)
