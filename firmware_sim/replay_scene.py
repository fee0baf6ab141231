"""A replay as a scene: each building is an SDM630 on a port of its own."""

from typing import Final

from firmware_sim.devices import sdm630
from firmware_sim.electrical import supply
from firmware_sim.line import Device, Line, Wiring
from firmware_sim.pdu import Code, Refusal
from firmware_sim.registers import Memory
from firmware_sim.replay import ReplaySite

_STEP_MS: Final = 60_000
_KEY: Final = 7_000
_KEPT_STEPS: Final = 100_000


class _Socket(Memory):
    """The place of a meter: it answers "target silent" while the meter is out."""

    def __init__(self) -> None:
        meter = sdm630.bank()
        super().__init__(meter.measured, meter.fields, most=sdm630.MOST_REGISTERS)
        self.is_out = True

    def read(self, function: int, address: int, count: int) -> bytes:
        """Return registers, if there is a meter."""
        if self.is_out:
            raise Refusal(Code.TARGET_SILENT)
        return super().read(function, address, count)


class ReplayScene:
    """The buildings of one replayed site."""

    def __init__(self, replayed: ReplaySite, seed: int, shift_ms: int = 0) -> None:
        self._site = replayed
        self._seed = seed
        self._shift_ms = shift_ms
        self._sockets = {building: _Socket() for building in replayed.histories}
        self._kept: dict[int, dict[str, float]] = {}
        self.wirings = {
            building: self._wiring(place, building)
            for place, building in enumerate(replayed.histories)
        }

    def advance(self, at_ms: int) -> None:
        """Show what each meter showed at `at_ms`."""
        loads = {}
        for place, (building, socket) in enumerate(self._sockets.items()):
            shown = self._site.histories[building].shown(at_ms - self._shift_ms)
            socket.is_out = shown is None
            if shown is not None:
                sup = supply(self._seed, _KEY + place, at_ms // _STEP_MS)
                sdm630.show(socket, sup, shown.power_kw, shown.import_kwh)
                loads[building] = shown.power_kw
        self._kept[at_ms // _STEP_MS * _STEP_MS] = loads
        if len(self._kept) > _KEPT_STEPS:
            del self._kept[next(iter(self._kept))]

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return the loads of the step, of the meters that were there."""
        step_ms = at_ms // _STEP_MS * _STEP_MS
        loads = self._kept.get(step_ms)
        if loads is None:
            return None
        return {
            "at_ms": step_ms,
            "campus_kw": sum(loads.values()),
            "buildings": loads,
            "saved_kwh": 0.0,
        }

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept."""
        return list(self._kept)

    def _wiring(self, place: int, building: str) -> Wiring:
        line = Line()
        line.add(1, self._sockets[building], _KEY + place)
        main = Device("main", "", "main", 1, "eastron_sdm630", "main")
        node = self._site.node(building)
        return Wiring(self._site.slug, node, {"main": line}, (main,))
