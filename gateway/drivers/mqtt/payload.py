"""Payloads as they come: size, text and JSON checked before anything is believed."""

import json
from datetime import UTC, datetime
from typing import Final

from gateway.telegram import TelegramError

MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 16

_SHOWN: Final = 40
_LATEST_S: Final = 4e9
_NOT_JSON: Final = (ValueError, RecursionError)


def text(payload: bytes) -> str:
    """Return the payload as text.

    Raises:
        TelegramError: It is too long, or no text.
    """
    if len(payload) > MAX_BYTES:
        raise TelegramError(
            f"payload of {len(payload)} bytes; at most {MAX_BYTES} are read"
        )
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise TelegramError("payload is not UTF-8 text") from error


def parsed(payload: bytes) -> object:
    """Return the JSON in the payload; numbers that are none come as NaN.

    Raises:
        TelegramError: It is too long or deep, or not JSON.
    """
    words = text(payload)
    if _depth(words) > MAX_DEPTH:
        raise TelegramError(f"payload is nested deeper than {MAX_DEPTH} levels")
    try:
        return json.loads(words)
    except _NOT_JSON as error:
        raise TelegramError(f"payload is not JSON: {words[:_SHOWN]!r}") from error


def fields(payload: bytes) -> dict[str, object]:
    """Return the JSON object in the payload.

    Raises:
        TelegramError: It holds none.
    """
    found = parsed(payload)
    if not isinstance(found, dict):
        raise TelegramError("payload is JSON, but no object")
    return found


def instant(raw: object) -> datetime | None:
    """Return the instant that a payload tells: ISO 8601 with zone, or Unix time."""
    try:
        if isinstance(raw, str):
            at = datetime.fromisoformat(raw)
            return at.astimezone(UTC) if at.tzinfo else None
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        seconds = raw / 1000 if raw > _LATEST_S else raw
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def is_online(payload: bytes) -> bool | None:
    """Return what an availability message says, as any of the firmwares words it."""
    said: object = text(payload)
    if str(said).startswith("{"):
        said = fields(payload).get("state")
    word = str(said).strip('"').lower()
    if word in ("online", "true", "1", "available"):
        return True
    return False if word in ("offline", "false", "0", "unavailable") else None


def _depth(words: str) -> int:
    """Return how deep brackets open, strings counted too: cheap, and never too low."""
    deepest = depth = 0
    for character in words:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
