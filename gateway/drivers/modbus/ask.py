"""One read of registers, for who does not know yet what answers."""

from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
)

from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.decode import Values, decoder
from gateway.drivers.modbus.plan import Block, blocks
from gateway.lines import DeviceError, LineDownError, NoAnswerError, SerialLine
from gateway.meters import Model, Space

_NOBODY_BEHIND = ("(exception 10)", "(exception 11)")


async def registers(
    bus: Bus, unit: int, space: Space, address: int, count: int
) -> bytes | None:
    """Return `count` registers' bytes, or None where the unit refuses them.

    Raises:
        NoAnswerError: Nobody answers for the unit, or the host hung up on it.
        LineDownError: The line cannot be opened.
    """
    kind = (
        ReadInputRegistersRequest
        if space is Space.INPUT
        else ReadHoldingRegistersRequest
    )
    request = kind(address=address, count=count, dev_id=unit)
    if not bus.is_connected:
        await bus.connect()
    try:
        return await bus.exchange(request, 2 * count)
    except NoAnswerError:
        raise
    except LineDownError as error:
        if isinstance(bus.line, SerialLine):
            raise
        raise NoAnswerError(str(error)) from error
    except DeviceError as error:
        if any(words in str(error) for words in _NOBODY_BEHIND):
            raise NoAnswerError(str(error)) from error
        return None


def requests(model: Model) -> tuple[Block, ...]:
    """Return what has to be read for all values of `model`."""
    return blocks(model)


def values(block: Block, body: bytes) -> Values:
    """Return the values in the block's registers."""
    return decoder(block)(body)
