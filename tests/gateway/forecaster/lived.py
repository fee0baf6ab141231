"""A building whose load has a course, and a forecaster that lives in it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from contract import bundle
from contract.bundle import Part
from contract.features import DAY_AHEAD, NEXT_HOUR
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from contract.reading import Reading
from contract.timetable import SiteConfig
from gateway.forecaster.forecaster import Forecaster
from gateway.forecaster.known import Site
from gateway.forecaster.shelf import Published
from tests.published import KEY, SUBJECT, manifest_of, onnx_of, packed, promise

COUNTER = f"{SUBJECT}/main/energy_import_kwh"
ROOMS = [f"{SUBJECT}/floor-1/room-{number}" for number in (101, 102)]
INVENTORY = Inventory(
    (
        DeviceEntry(
            SUBJECT,
            "main",
            "sdm630",
            Role.MAIN,
            simulated=False,
            quantities=(Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH),
        ),
        *(
            DeviceEntry(
                room,
                "meter",
                "voltonic_room",
                Role.MAIN,
                simulated=False,
                quantities=(
                    Quantity.ENERGY_IMPORT_KWH,
                    Quantity.TEMPERATURE_C,
                    Quantity.OCCUPANCY,
                ),
            )
            for room in ROOMS
        ),
    )
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITE = Site.of(SiteConfig("v1", "UTC", {}))
QUARTER = timedelta(minutes=15)


def load_kw(at):
    """Day and night, working days and weekends, and a little weather."""
    hour = at.hour + at.minute / 60
    day = 60 + 30 * np.sin((hour - 8) / 24 * 2 * np.pi)
    noise = np.random.default_rng(int(at.timestamp()) // 900).normal(0, 2)
    return float(day * (0.6 if at.weekday() >= 5 else 1.0) + noise)


def good():
    """A bundle: the mean of the last days of that kind at that hour."""
    return bundled({"mean_alike": 1.0})


def bundled(weights=None, constant=0.0, **changes):
    promised = promise(**changes)
    return packed(
        promised,
        onnx_of(NEXT_HOUR, weights, constant),
        onnx_of(DAY_AHEAD, weights, constant),
    )


def published(content, *, key=KEY, expires_at=NOON + timedelta(days=60), **changes):
    promised = bundle_promise(content)
    manifest = manifest_of(
        content, promised, expires_at=expires_at.isoformat(), **changes
    )
    return Published(manifest.sealed(key), content)


def bundle_promise(content):
    from contract.promise import Promise

    return Promise.from_bytes(bundle.unpack(content)[Part.PROMISE])


@dataclass
class Lived:
    """A forecaster whose meters are read each quarter of an hour.

    Attributes:
        factor: What the load is multiplied by from now on.
        sent: The readings it made.
    """

    folder: Path
    now: datetime = NOON
    shadow: timedelta = timedelta(0)
    key: str = ""
    factor: float = 1.0
    counted_kwh: float = 1_000.0
    sent: list = field(default_factory=list)
    site: Site = SITE

    def __post_init__(self):
        self.start()

    def start(self):
        """Start the forecaster, as after a restart."""
        self.forecaster = Forecaster(
            self.folder, SUBJECT, INVENTORY, shadow=self.shadow, key=self.key
        )
        self.forecaster.load(self.now)

    def restart(self):
        self.save()
        self.start()

    def save(self):
        self.forecaster.save(self.forecaster.memory.kept())

    def read(self):
        """Read the meters now."""
        readings = [Reading(COUNTER, self.now, self.counted_kwh)]
        for place, room in enumerate(ROOMS):
            celsius = 20.0 + self.now.hour / 4 + place
            readings += (
                Reading(f"{room}/meter/temperature_c", self.now, celsius),
                Reading(f"{room}/meter/occupancy", self.now, float(place)),
            )
        self.forecaster.observe(readings)

    def pass_by(self, span, *, forecasting=True, measuring=True, every=QUARTER):
        """Let time go by, a quarter of an hour each."""
        end = self.now + span
        while self.now < end:
            power_kw = self.factor * load_kw(self.now)
            self.counted_kwh += power_kw * every.total_seconds() / 3_600
            self.now += every
            if measuring:
                self.read()
            if forecasting:
                self.step()
            else:
                self.forecaster.memory.close(self.now)

    def step(self):
        """Forecast, if it is time."""
        if self.forecaster.is_due(self.now):
            known = self.forecaster.memory.known(self.site, self.now)
            self.sent += self.forecaster.forecast(known, self.now)

    def accept(self, offer):
        known = self.forecaster.memory.known(self.site, self.now)
        self.forecaster.accept(offer, self.now, known)
        self.step()

    @property
    def status(self):
        return self.forecaster.status()
