"""The telegram formats by name, each with what decodes it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gateway.drivers import dsmr, iec62056, mbus, sml, text_line
from gateway.drivers.telegram import Telegram

DECODERS: Final[Mapping[str, Callable[[bytes], Telegram]]] = MappingProxyType(
    {
        "dsmr": dsmr.decode,
        "sml": sml.decode,
        "iec62056": iec62056.decode,
        "mbus": mbus.decode,
        "text_line": text_line.decode,
    }
)
"""Each raises `TelegramError` where the bytes may not be believed."""

TEXT: Final = ("text_line",)
"""Formats whose every line of digits is meant as it stands."""
