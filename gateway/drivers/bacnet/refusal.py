"""What a device answers instead of what was asked, in plain words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from gateway.lines import DeviceError


class Way(StrEnum):
    """How a request fails."""

    ERROR = "error"
    REJECT = "reject"
    ABORT = "abort"


_ERRORS: Final[Mapping[int, str]] = {
    2: "it is being configured",
    3: "it is busy",
    9: "it wants another type of value",
    20: "it has no space to keep the value",
    25: "it failed inside",
    26: "a password is wrong or missing",
    27: "it does not allow reading there",
    29: "it denies this service",
    31: "it has no such object",
    32: "the object has no such property",
    37: "the value is out of the range it allows",
    40: "it does not allow writing there",
    44: "it does not tell changes of this property",
    72: "the object has no value yet",
    82: "it is busy",
    133: "its memory is full",
    42: "it has no such place in the list",
    43: "it does not tell changes of this object",
    45: "it does not support this",
    50: "the property is no list",
}
_REJECTS: Final[Mapping[int, str]] = {
    4: "it finds the request malformed",
    5: "it misses something in the request",
    6: "it finds a number out of range",
    7: "it finds too much in the request",
    8: "it does not know a value in the request",
    9: "it does not know this service",
}
_ABORTS: Final[Mapping[int, str]] = {
    1: "the answer is too long for it",
    2: "it did not expect this message",
    3: "something more important came between",
    4: "the answer is too long for one message",
    5: "it wants a secured connection",
    8: "it took too long itself",
    9: "it is short of resources",
    11: "the message is too long for it",
}
_WORDS: Final = {Way.ERROR: _ERRORS, Way.REJECT: _REJECTS, Way.ABORT: _ABORTS}


_OUT_OF_RESOURCES: Final = 9


class RefusedError(DeviceError):
    """The device answered that it does not do what was asked."""

    def __init__(self, way: Way, code: int) -> None:
        words = _WORDS[way].get(code, "it does not say why in words")
        super().__init__(f"the device refuses ({way} {code}): {words}")
        self.way = way
        self.code = code

    @property
    def is_about_the_service(self) -> bool:
        """Whether the same service would be refused for other objects, too."""
        return self.code == 45 if self.way is Way.ERROR else not self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether it is the device that cannot now, whatever it is asked."""
        return self.way is Way.ABORT and self.code == _OUT_OF_RESOURCES
