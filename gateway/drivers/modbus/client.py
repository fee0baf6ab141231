"""One Modbus line over pymodbus, with every answer checked by ourselves.

pymodbus frames, connects and waits; the answer's bytes are judged here, because it lets
through a wrong function code and a wrong number of registers.
"""

import asyncio
import logging
import struct
from typing import Final, Protocol, cast

from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU

from gateway.drivers.modbus.answer import Answer, Complaint, judge
from gateway.drivers.modbus.opening import (
    Client,
    new_client,
    refuse_unusable,
    why_closed,
)
from gateway.lines import (
    DeviceError,
    LineDownError,
    ModbusLine,
    NoAnswerError,
    RtuTcpLine,
    SerialLine,
)

_REQUEST_CHARACTERS: Final = 8
_OVERHEAD_CHARACTERS: Final = 5
_TIMER_STEP_S: Final = 0.001
_PATIENCE: Final = 4
"""Requests in a row without a usable answer before a TCP connection is made anew."""
_ROUNDS_TO_RECEIVE: Final = 2
"""One round of the loop finds what arrived, the next hands it over."""
_GARBAGE: Final = Complaint("the answer is no Modbus frame", is_final=False)
_PART: Final = Complaint("only part of an answer came", is_final=False)

# Its messages repeat each cycle what our own health already says once.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL + 1)


class _SerialPort(Protocol):
    def reset_input_buffer(self) -> None: ...


class Bus:
    """The connection of one line; whoever owns the line may use it.

    Attributes:
        openings: How often it was opened: another device may be there since.
    """

    def __init__(self, line: ModbusLine) -> None:
        self.line = line
        self.openings = 0
        self._client: Client | None = None
        self._asked: ModbusPDU | None = None
        self._body_bytes = 0
        self._complaint: Complaint | None = None
        self._quiet_since = 0.0
        self._unanswered = 0

    @property
    def is_connected(self) -> bool:
        """Whether the line is open."""
        return self._client is not None and self._client.connected

    async def connect(self) -> None:
        """Open the line unless it is open.

        Raises:
            LineDownError: It cannot be opened; the message says why.
        """
        if self.is_connected:
            return
        self.close()
        if isinstance(self.line, SerialLine):
            refuse_unusable(self.line.port)
        client = new_client(self.line, self._link_changed)
        client.ctx.callback_data = self._received  # type: ignore[method-assign]
        if not await client.connect():
            client.close()
            raise LineDownError(f"cannot open {self.line}: {why_closed(self.line)}")
        self._client = client
        self.openings += 1

    def close(self) -> None:
        """Close the line."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def exchange(
        self, request: ModbusPDU, body_bytes: int, gap_s: float = 0.0
    ) -> bytes:
        """Send `request` and return the body of its answer, of `body_bytes` bytes.

        Raises:
            LineDownError: The line is closed or broke.
            NoAnswerError: Nothing usable came in time.
            DeviceError: The device answered with something else.
        """
        client = self._client
        if client is None or not client.connected:
            raise LineDownError(f"the connection to {self.line} is closed")
        wait_s = self.line.timeout_s
        if isinstance(self.line, SerialLine):
            await self._prepare(self.line, client, gap_s)
            characters = _REQUEST_CHARACTERS + _OVERHEAD_CHARACTERS + body_bytes
            wait_s += characters * self.line.character_s
        elif isinstance(self.line, RtuTcpLine):
            await self._drop_what_came(gap_s)
        self._asked, self._body_bytes, self._complaint = request, body_bytes, None
        try:
            answer = await _answer(client, request, wait_s)
        except ModbusException as error:
            raise self._failure(client) from error
        finally:
            self._asked = None
        self._unanswered = 0
        return answer.body

    def _failure(self, client: Client) -> DeviceError:
        if self._complaint is not None and self._complaint.is_final:
            self._unanswered = 0
            return DeviceError(self._complaint.words)
        self._unanswered += 1
        if self._unanswered > _PATIENCE and not isinstance(self.line, SerialLine):
            self.close()
        if not client.connected:
            return LineDownError(f"the connection to {self.line} broke")
        if self._complaint is None:
            return NoAnswerError("no answer")
        return NoAnswerError(self._complaint.words)

    async def _prepare(
        self,
        line: SerialLine,
        client: Client,
        gap_s: float,
    ) -> None:
        """Keep the silence between frames, and forget what came in meanwhile."""
        await _until(self._quiet_since + max(line.frame_gap_s, gap_s))
        try:
            cast(_SerialPort, client.ctx.transport.sync_serial).reset_input_buffer()  # type: ignore[attr-defined]
        except (OSError, AttributeError) as error:
            self.close()
            raise LineDownError(f"{line} was unplugged") from error

    async def _drop_what_came(self, gap_s: float) -> None:
        """Let the loop hand over what has arrived; without a request it is dropped.

        RTU frames bear no number, so that a late one would pass for the next answer.
        """
        await _until(self._quiet_since + gap_s)
        for _ in range(_ROUNDS_TO_RECEIVE):
            await asyncio.sleep(0)

    def _received(self, data: bytes, addr: tuple[object, ...] | None = None) -> int:
        """Judge every whole frame in `data`; return how many bytes are done with."""
        del addr
        client, asked = self._client, self._asked
        self._quiet_since = asyncio.get_running_loop().time()
        if client is None or asked is None:
            return len(data)
        used = 0
        while used < len(data):
            try:
                length, unit, number, pdu = client.ctx.framer.decode(data[used:])
            except (ModbusException, ValueError, IndexError, struct.error):
                self._complaint = _GARBAGE
                return len(data)
            if not length:
                self._complaint = _PART
                break
            used += length
            self._take(client, Answer(unit, number, bytes(pdu)), asked)
        return used

    def _take(
        self,
        client: Client,
        answer: Answer,
        asked: ModbusPDU,
    ) -> None:
        waiting = client.ctx.response_future
        if waiting.done():
            return
        verdict = judge(answer, asked, self._body_bytes)
        if verdict is None:
            waiting.set_result(answer)
            return
        self._complaint = verdict
        if verdict.is_final:
            waiting.set_exception(ModbusException(verdict.words))

    def _link_changed(self, is_up: bool) -> None:
        if not is_up and self._client is not None and self._asked is not None:
            waiting = self._client.ctx.response_future
            if not waiting.done():
                waiting.set_exception(ModbusException("the connection broke"))


async def _answer(
    client: Client,
    request: ModbusPDU,
    wait_s: float,
) -> Answer:
    """Send `request` and return what `Bus` takes for its answer.

    The library's own way to wait costs as much as all the rest, and loses the task's
    cancellation when it comes together with an answer.
    """
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[ModbusPDU] = loop.create_future()
    transaction = client.ctx
    transaction.recv_buffer, transaction.response_future = b"", waiting
    request.transaction_id = transaction.getNextTID()
    transaction.pdu_send(request)
    timer = loop.call_later(wait_s, _give_up, waiting)
    try:
        return cast(Answer, await waiting)
    finally:
        timer.cancel()


def _give_up(waiting: "asyncio.Future[ModbusPDU]") -> None:
    if not waiting.done():
        waiting.set_exception(ModbusException("no answer in time"))


async def _until(loop_time_s: float) -> None:
    """Return at `loop_time_s`; the loop's timers are late by up to a millisecond."""
    loop = asyncio.get_running_loop()
    wait_s = loop_time_s - loop.time() - _TIMER_STEP_S
    if wait_s > 0:
        await asyncio.sleep(wait_s)
    while loop.time() < loop_time_s:  # noqa: ASYNC110 (no event tells the time)
        await asyncio.sleep(0)
