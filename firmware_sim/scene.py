"""What can be played: devices on lines, moved through time, and their truth."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from firmware_sim import campus, engineering
from firmware_sim.campus import ROOMS_PER_BUILDING, ROOMS_PER_FLOOR, Building, Room
from firmware_sim.devices import sdm120, sdm630, sunspec_inverter
from firmware_sim.devices.voltonic_room import RoomBanks
from firmware_sim.draws import Stream, uniform
from firmware_sim.electrical import supply
from firmware_sim.engineering import METERS_PER_ZONE, ZONES, EngineeringComplex
from firmware_sim.line import Device, Line, Wiring
from firmware_sim.registers import Memory
from firmware_sim.twin import STEP_MS, CampusTwin

Clock = Callable[[], int]
"""Returns the present instant of the simulation. [ms since 1970 UTC]"""

_MAIN_KEY: Final = 5_000
_COMPLEX_KEY: Final = 6_000


class Scene(Protocol):
    """One scenario."""

    @property
    def wirings(self) -> Mapping[str, Wiring]:
        """What each gateway is connected to, by its slug."""

    def advance(self, at_ms: int) -> None:
        """Go to the step that holds `at_ms` and show it in the registers."""

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return what happened in the step at `at_ms`; None when no longer kept."""

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept."""


class CampusScene:
    """The campus twin: three floor concentrators and a main meter a building."""

    def __init__(self, seed: int, chosen: list[Building], clock: Clock) -> None:
        self.twin = CampusTwin(seed, campus.rooms(seed, chosen))
        self._seed = seed
        self._rooms = RoomBanks(self.twin, clock)
        self._mains = [sdm630.bank() for _ in chosen]
        start = uniform(seed, Stream.COUNTER_START, _MAIN_KEY, range(len(chosen)))
        self._main_kwh = [round(share * 2000) for share in start.tolist()]
        self._first_kwh: list[float] | None = None
        self.wirings = {
            building.slug: self._wiring(place, building)
            for place, building in enumerate(chosen)
        }

    def advance(self, at_ms: int) -> None:
        """Go to the step that holds `at_ms`."""
        self.twin.advance(at_ms)
        self._rooms.refresh()
        truth, state = self.twin.truth(), self.twin.state
        if truth is None or state is None:
            return
        used_kwh = state.energy_kwh.reshape(-1, ROOMS_PER_BUILDING).sum(axis=1).tolist()
        if self._first_kwh is None:
            self._first_kwh = used_kwh
        for place, meter in enumerate(self._mains):
            energy_kwh = (
                self._main_kwh[place] + used_kwh[place] - self._first_kwh[place]
            )
            sup = supply(self._seed, _MAIN_KEY + place, at_ms // STEP_MS)
            sdm630.show(meter, sup, float(truth.building_kw[place]), energy_kwh)

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return campus and building loads of the step and the energy saved so far."""
        truth = self.twin.truth(at_ms)
        if truth is None:
            return None
        slugs = self.twin.building_slugs
        return {
            "at_ms": truth.at_ms,
            "campus_kw": truth.campus_kw,
            "buildings": dict(zip(slugs, truth.building_kw.tolist(), strict=True)),
            "saved_kwh": truth.saved_kwh,
        }

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept."""
        return self.twin.steps_ms()

    def _wiring(self, place: int, building: Building) -> Wiring:
        first = place * ROOMS_PER_BUILDING
        rooms = self.twin.rooms[first : first + ROOMS_PER_BUILDING]
        lines = {f"floor-{floor + 1}": Line() for floor in range(campus.FLOORS)}
        lines["main"] = Line()
        devices = []
        for n, room in enumerate(rooms):
            device = _room_device(n, room)
            lines[device.line].add(device.unit, self._rooms.banks[first + n], room.key)
            devices.append(device)
        lines["main"].add(1, self._mains[place], _MAIN_KEY + place)
        main = Device("main", "", "main", 1, "eastron_sdm630", "main")
        return Wiring(campus.SITE, building.node, lines, (*devices, main))


def _room_device(place: int, room: Room) -> Device:
    floor, _, _ = room.node.partition("/")
    unit = place % ROOMS_PER_FLOOR + 1
    return Device("meter", room.node, floor, unit, "voltonic_room", "main")


class EngineeringScene:
    """The Engineering Complex: three RS-485 lines of SDM120 and a PV inverter."""

    def __init__(self, seed: int) -> None:
        self.complex = EngineeringComplex(seed)
        self._seed = seed
        self._meters = [sdm120.bank() for _ in range(engineering.METERS)]
        self._inverter = sunspec_inverter.bank()
        self.wirings = {engineering.SITE: self._wiring()}

    def advance(self, at_ms: int) -> None:
        """Go to the step that holds `at_ms`."""
        self.complex.advance(at_ms)
        step = self.complex.step
        for n, meter in enumerate(self._meters):
            power_kw = float(self.complex.load_kw[n])
            sup = supply(self._seed, _COMPLEX_KEY + n, step)
            sdm120.show(meter, sup, power_kw, float(self.complex.import_kwh[n]))
        sup = supply(self._seed, _COMPLEX_KEY, step)
        sunspec_inverter.show(
            self._inverter, sup, self.complex.solar_kw, self.complex.generated_kwh
        )

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return load and production of the step."""
        return self.complex.truth(at_ms)

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept."""
        return self.complex.steps_ms()

    def _wiring(self) -> Wiring:
        lines = {zone.slug: Line(serial=True) for zone in ZONES} | {"pv": Line()}
        devices = []
        for number in range(1, engineering.METERS + 1):
            place = engineering.node(number)
            line, unit = place.partition("/")[0], (number - 1) % METERS_PER_ZONE + 1
            bank: Memory = self._meters[number - 1]
            lines[line].add(unit, bank, _COMPLEX_KEY + number)
            devices.append(Device("meter", place, line, unit, "eastron_sdm120", "main"))
        lines["pv"].add(1, self._inverter, _COMPLEX_KEY)
        pv = Device("pv", "", "pv", 1, "pv_inverter", "production")
        return Wiring(engineering.SITE, engineering.SITE, lines, (*devices, pv))
