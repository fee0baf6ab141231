"""Whether an answer is the one that was asked for. Pure."""

from dataclasses import dataclass
from typing import Final

from pymodbus.pdu import ModbusPDU

_EXCEPTION: Final = 0x80
_READS: Final = (3, 4)
_REASONS: Final = {
    1: "it does not know this function",
    2: "it has no such register",
    3: "it refuses the value or the number of registers",
    4: "it failed inside",
    5: "it needs more time",
    6: "it is busy",
    8: "its memory is faulty",
    10: "the way to it is misconfigured",
    11: "the device behind the converter does not answer",
}


@dataclass(slots=True)
class Answer:
    """One whole frame; named as pymodbus's transaction wants it.

    Attributes:
        pdu: Function code and what follows it.
        retries: Set by pymodbus.
    """

    dev_id: int
    transaction_id: int
    pdu: bytes
    retries: int = 0

    @property
    def body(self) -> bytes:
        """The registers' bytes of a read; what was echoed of a write."""
        return self.pdu[2:] if self.pdu[0] in _READS else self.pdu[1:]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with an answer.

    Attributes:
        is_final: Whether waiting on is pointless: the asked device has answered.
    """

    words: str
    is_final: bool


def judge(answer: Answer, asked: ModbusPDU, body_bytes: int) -> Complaint | None:
    """Return what is wrong with `answer`, or None if it may be believed."""
    pdu = answer.pdu
    if not pdu:
        return Complaint("the answer's checksum is wrong", is_final=False)
    if answer.transaction_id != asked.transaction_id:
        return Complaint(
            "only a late answer to an earlier request came", is_final=False
        )
    if answer.dev_id != asked.dev_id:
        words = f"unit {answer.dev_id} answered in its place"
        return Complaint(words, is_final=asked.transaction_id != 0)
    function = pdu[0]
    if function == asked.function_code | _EXCEPTION:
        return Complaint(_refusal(pdu), is_final=True)
    if function != asked.function_code:
        words = f"function {function} answered where {asked.function_code} was asked"
        return Complaint(words, is_final=True)
    if len(answer.body) != body_bytes or (function in _READS and pdu[1] != body_bytes):
        return Complaint(_wrong_length(answer, body_bytes), is_final=True)
    return None


def _refusal(pdu: bytes) -> str:
    code = pdu[1] if len(pdu) > 1 else 0
    return f"the device refuses (exception {code}): {_REASONS.get(code, 'unknown why')}"


def _wrong_length(answer: Answer, body_bytes: int) -> str:
    if answer.pdu[0] in _READS:
        return (
            f"{len(answer.body) // 2} registers came where {body_bytes // 2} were asked"
        )
    return "the device echoed something else than what was written"
