"""The load of the gateway's own node, forecast where it is measured."""

import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from contract.forecast_status import ForecastStatus
from contract.interval import INTERVAL_MS, from_ms, to_ms
from contract.inventory import Inventory
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.forecaster import device, disk, memory
from gateway.forecaster.judging import compared
from gateway.forecaster.known import Known
from gateway.forecaster.memory import Kept, Memory
from gateway.forecaster.models import Models
from gateway.forecaster.outlook import Outlook, outlook
from gateway.forecaster.shelf import Published, Shelf
from gateway.forecaster.trust import Trust

_ASK_AGAIN: Final = timedelta(hours=1)
_CLOCK_IS_SET: Final = datetime(2000, 1, 1, tzinfo=UTC)
_PATIENCE: Final = timedelta(minutes=2)
_log = logging.getLogger(__name__)


class Forecaster:
    """Runs the models it accepted; each quarter of an hour says what comes.

    `load`, `accept`, `forecast` and `save` take their time: give them a thread, one of
    them at a time. Everything else is quick and belongs to the loop.

    Attributes:
        memory: What forecasts rest on.
    """

    def __init__(
        self,
        folder: Path,
        subject: str,
        inventory: Inventory,
        *,
        shadow: timedelta = timedelta(0),
        key: str = "",
    ) -> None:
        self.memory = Memory(inventory, subject)
        self._folder = folder
        self._models = Models(
            folder,
            Shelf(folder, subject, Trust(folder, key)),
            shadow // timedelta(seconds=1),
        )
        self._quality = Quality.ESTIMATED
        if any(each.simulated for each in inventory.devices):
            self._quality |= Quality.SIMULATED
        self._point = f"{subject}/{device.NAME}/{Quantity.FORECAST_POWER_KW}"
        self._asked: tuple[int, datetime] | None = None
        self._sent_s = self._origin_s = 0
        self._told: Outlook | None = None
        self._idle, self._note = "nothing was forecast yet", ""
        self._status = self._said()

    def wants(self, version: int | None, now: datetime) -> bool:
        """Return whether the model that the cloud names should be fetched now.

        One that was refused is asked for again after a while, not one that did worse.
        """
        if version is None or self._models.has_judged(version):
            return False
        if self._asked is not None:
            asked, at = self._asked
            if asked == version and at <= now < at + _ASK_AGAIN:
                return False
        self._asked = version, now
        return True

    def load(self, now: datetime) -> None:
        """Take up what an earlier run left behind."""
        notes = self._models.load(now)
        try:
            self.memory.recall(self._folder)
        except (disk.DamagedError, OSError) as error:
            notes.append(f"{error}; begun anew")
        self._note = "; ".join(notes)
        if self._note:
            _log.warning("forecaster: %s", self._note)
        self._status = self._said()

    def accept(self, published: Published, now: datetime, known: Known) -> None:
        """Let this model prove itself, now and after a restart.

        Raises:
            ManifestError: It was refused; what runs goes on.
        """
        try:
            self._models.accept(published, now, known)
            self._origin_s = 0  # who runs has changed: say anew what comes
        finally:
            self._status = self._said()
            self._write_told()

    def observe(self, readings: Iterable[Reading]) -> None:
        """Remember what a forecast rests on."""
        for reading in readings:
            self.memory.observe(reading)

    def is_due(self, now: datetime) -> bool:
        """Return whether it is time for a forecast.

        The readings that end the hour may come a little later than its end.
        """
        origin_ms = to_ms(now) // INTERVAL_MS * INTERVAL_MS
        if origin_ms // 1000 == self._origin_s or now < _CLOCK_IS_SET:
            return False
        is_late = now - from_ms(origin_ms) >= _PATIENCE
        return is_late or self.memory.counting.is_complete(origin_ms)

    def forecast(self, known: Known, now: datetime) -> list[Reading]:
        """Return the forecast, as a reading for the hour that begins, once for each."""
        self._origin_s = origin_s = known.until_s
        try:
            self._told = self._outlook(known, now)
        finally:
            self._status = self._said()
            self._write_told()
        if self._told is None or origin_s == self._sent_s:
            return []
        self._sent_s = origin_s
        value_kw, at = self._told.next_hour[0], from_ms(origin_s * 1000)
        return [Reading(self._point, at, value_kw, self._quality)]

    def save(self, kept: Kept) -> None:
        """Write what has changed since the last time."""
        memory.write(self._folder, kept)
        self._models.save()

    def status(self) -> ForecastStatus:
        """Return what the cloud is told."""
        return self._status

    def details(self) -> dict[str, object]:
        """Return what a person at the gateway is told beside the status."""
        told = self._told
        return {} if told is None else told.details()

    def _outlook(self, known: Known, now: datetime) -> Outlook | None:
        if not self.memory.counting.counters:
            self._idle = "no main meter counts energy"
            return None
        said = self._models.say(known, known.until_s, now)
        if said is None:
            self._idle = "nothing is known of the last week's load"
            return None
        self._idle = ""
        manifest = self._models.roles.told.manifest
        return outlook(said, known, None if manifest is None else manifest.promise)

    def _write_told(self) -> None:
        told = {**self._status.to_json(), **self.details()}
        disk.show(self._folder / device.TOLD, json.dumps(told).encode())

    def _said(self) -> ForecastStatus:
        models, told = self._models, self._told
        roles = models.roles
        status = ForecastStatus(
            state=roles.state(),
            why="; ".join(each for each in (roles.why, self._idle) if each),
            note=self._note,
            model=roles.model(),
            ran=models.newest,
            shadow=roles.shadow(models.shadow_s),
            refused=roles.refused,
        )
        if told is None:
            return status
        errors = compared(roles.told.record, roles.naive.record)
        return replace(
            status,
            origin_s=told.origin_s,
            next_hour=told.next_hour,
            day_ahead=told.day_ahead,
            next_hour_errors=errors.next_hour,
            day_ahead_errors=errors.day_ahead,
        )
