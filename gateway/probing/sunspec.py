"""The nameplate a SunSpec device has in its common model."""

from typing import TYPE_CHECKING, Final

from gateway.meters import Space

if TYPE_CHECKING:
    from gateway.probing.identify import Asked

_STARTS: Final = (40000, 50000, 0)
_MARK: Final = b"SunS"
_WORDS: Final = 68
_MARK_AND_HEAD: Final = 8
_TEXT: Final = 32
_VERSION: Final = 16


async def nameplate(asked: "Asked") -> str | None:
    """Return manufacturer, model and version of a SunSpec device, or None.

    Source: SunSpec Device Information Model Specification, common model 1: Mn (16
    registers), Md (16), Opt (8), Vr (8), SN (16).
    """
    for start in _STARTS:
        mark = await asked.registers(Space.HOLDING, start, 2)
        if mark != _MARK:
            continue
        body = await asked.registers(Space.HOLDING, start, _WORDS)
        return "a SunSpec device" if body is None else _words(body[_MARK_AND_HEAD:])
    return None


def _words(common: bytes) -> str:
    version = 2 * _TEXT + _VERSION
    parts = (
        common[:_TEXT],
        common[_TEXT : 2 * _TEXT],
        common[version : version + _VERSION],
    )
    texts = (part.split(b"\0")[0].decode("utf-8", "replace").strip() for part in parts)
    return " ".join(filter(None, texts)) or "a SunSpec device"
