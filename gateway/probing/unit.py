"""One Modbus unit that answers: what it is, and how to write it down."""

from collections.abc import Sequence
from typing import Final

from gateway.drivers.modbus import ask
from gateway.drivers.modbus.bus import ModbusBus
from gateway.drivers.modbus.client import Bus
from gateway.lines import NoAnswerError
from gateway.meters import Models, Space
from gateway.probing import Found, Table
from gateway.probing.identify import (
    Asked,
    Candidate,
    candidates,
    certainty,
    same_registers,
)
from gateway.probing.sunspec import nameplate, things

_MOST_NAMED: Final = 3
_FAR_BEHIND: Final = 5.0
_QUESTIONS: Final = ((Space.INPUT, 0, 2), (Space.HOLDING, 0, 2))


async def answers(bus: Bus, unit: int, *, thoroughly: bool) -> bool:
    """Return whether the unit is there; a refusal is an answer too.

    Args:
        thoroughly: Ask for holding registers too, for those that keep silent where
            they should refuse input registers.

    Raises:
        LineDownError: The line cannot be used.
    """
    for space, address, count in _QUESTIONS[: 2 if thoroughly else 1]:
        try:
            await ask.registers(bus, unit, space, address, count)
        except NoAnswerError:
            continue
        return True
    return False


async def identified(
    bus: ModbusBus, unit: int, line: Table, models: Models
) -> list[Found]:
    """Return what the unit is, or what is in it, as far as that can be told.

    Raises:
        LineDownError: The line cannot be used.
    """
    asked = Asked(bus, unit)
    plate = await nameplate(asked)
    if plate is not None:
        found = await things(bus, unit, line, models, plate)
        if found:
            return found
    return [_found(unit, line, await candidates(asked, models), plate)]


def _found(
    unit: int, line: Table, ranked: Sequence[Candidate], plate: str | None
) -> Found:
    notes = () if plate is None else (f"SunSpec: {plate}",)
    where = f"unit {unit}"
    if not ranked:
        title = str(plate or "no model known here fits its registers")
        return Found(where, line, None, title, "unknown", notes=notes)
    best = ranked[0]
    device: Table = {"unit": unit, "model": best.model.name}
    return Found(
        where=where,
        line=line,
        device=device,
        title=best.model.title,
        certainty=certainty(ranked),
        also=_others(ranked),
        values=best.shown(),
        notes=notes + _doubts(ranked),
    )


def _others(ranked: Sequence[Candidate]) -> tuple[str, ...]:
    if ranked[0].is_signed:
        return ()
    near = [each for each in ranked if ranked[0].score - each.score < _FAR_BEHIND]
    return tuple(each.model.name for each in near[1 : 1 + _MOST_NAMED])


def _doubts(ranked: Sequence[Candidate]) -> tuple[str, ...]:
    best = ranked[0]
    twins = [
        each.model.title
        for each in ranked[1:]
        if same_registers(best, each) and not best.is_signed
    ]
    if not twins:
        return ()
    return (f"{' and '.join(twins)} has the same registers: look at the label",)
