"""The next hour's load of the gateway's own node, forecast where it is measured."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from contract.features import seed_next_hour_rows
from contract.interval import INTERVAL_MS, from_ms, to_ms
from contract.inventory import Inventory
from contract.manifest import ManifestError
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.forecaster import device
from gateway.forecaster import model as model_files
from gateway.forecaster.memory import LastHour, Memory
from gateway.forecaster.model import Model

_MEMORY: Final = "memory.json"
_ASK_AGAIN: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Forecaster:
    """Runs the newest model it accepted; each quarter of an hour says what comes.

    Loading a model imports ONNX Runtime, which takes part of a second: give `load` and
    `accept` a thread. Everything else is quick and does not wait.
    """

    def __init__(self, folder: Path, subject: str, inventory: Inventory) -> None:
        self._folder = folder
        self._subject = subject
        self._memory = Memory.of(inventory, subject)
        self._quality = Quality.ESTIMATED
        if any(each.simulated for each in inventory.devices):
            self._quality |= Quality.SIMULATED
        self._point = f"{subject}/{device.NAME}/{Quantity.FORECAST_POWER_KW}"
        self._model: Model | None = None
        self._refused = ""
        self._refused_at: datetime | None = None
        self._wanted: int | None = None
        self._origin_ms = 0
        self._forecast: Reading | None = None
        self._idle = "no model yet"

    @property
    def version(self) -> int | None:
        """Version of the model in use."""
        return None if self._model is None else self._model.manifest.version

    def wants(self, version: int | None, now: datetime) -> bool:
        """Return whether the model that the cloud names should be fetched now."""
        if version is None or version == self.version:
            return False
        is_other, self._wanted = version != self._wanted, version
        return (
            is_other or self._refused_at is None or now - self._refused_at >= _ASK_AGAIN
        )

    def load(self, now: datetime) -> None:
        """Take up the model and the memory that an earlier run left behind."""
        with suppress(FileNotFoundError):
            try:
                self._memory.recall((self._folder / _MEMORY).read_bytes())
            except ValueError as error:
                _log.warning("forecaster: its memory is lost: %s", error)
        try:
            found = model_files.read(self._folder)
            if found is not None:
                self._model = self._checked(*found, now)
        except ManifestError as error:
            self._refuse(error, now)

    def accept(self, manifest: bytes, bundle: bytes, now: datetime) -> None:
        """Use this model from now on, also after a restart.

        Raises:
            ManifestError: It was refused; the one in use stays.
        """
        try:
            model = self._checked(manifest, bundle, now)
        except ManifestError as error:
            self._refuse(error, now)
            raise
        model_files.write(self._folder, manifest, bundle)
        self._model, self._refused, self._refused_at = model, "", None
        _log.info("forecaster: runs model %d", model.manifest.version)

    def observe(self, readings: Iterable[Reading]) -> None:
        """Remember what a forecast rests on."""
        for reading in readings:
            self._memory.keep(reading)

    def step(self, now: datetime, zone: ZoneInfo) -> list[Reading]:
        """Return the forecast for the hour that began last on the grid, once.

        Its `at` is the first instant of the hour it is for.
        """
        origin_ms = to_ms(now) // INTERVAL_MS * INTERVAL_MS
        if origin_ms == self._origin_ms:
            return []
        self._memory.forget(origin_ms)
        last_hour = self._memory.last_hour(origin_ms)
        predicted_kw = self._predicted_kw(origin_ms, now, zone, last_hour)
        if last_hour is None:
            return []  # the readings that end the hour may still come
        self._origin_ms = origin_ms
        self._save()
        if predicted_kw is None:
            return []
        self._forecast = Reading(
            self._point, from_ms(origin_ms), predicted_kw, self._quality
        )
        return [self._forecast]

    def status(self) -> dict[str, object]:
        """Return figures for the fleet page."""
        made = self._forecast
        return {
            "version": self.version,
            "refused": self._refused or None,
            "idle": self._idle or None,
            "at_ms": None if made is None else to_ms(made.at),
            "predicted_kw": None if made is None else made.value,
        }

    def _predicted_kw(
        self, origin_ms: int, now: datetime, zone: ZoneInfo, last_hour: LastHour | None
    ) -> float | None:
        self._idle = self._reason_to_idle(now, last_hour)
        if self._idle or self._model is None or last_hour is None:
            return None
        row = seed_next_hour_rows(
            np.array([origin_ms // 1000]),
            zone,
            np.array([last_hour.temperature_c]),
            np.array([last_hour.occupancy_rate]),
            np.array([last_hour.load_kw]),
        )
        try:
            return self._model.predict_kw(row)
        except ManifestError as error:
            self._refuse(error, now)
            self._model = None
            return None

    def _reason_to_idle(self, now: datetime, last_hour: LastHour | None) -> str:
        if self._model is None:
            return "no model yet"
        if now >= datetime.fromisoformat(self._model.manifest.expires_at):
            return f"the model expired at {self._model.manifest.expires_at}"
        if not self._memory.counters:
            return "no main meter counts energy"
        return "the last hour is not known" if last_hour is None else ""

    def _checked(self, manifest: bytes, bundle: bytes, now: datetime) -> Model:
        return Model.checked(
            manifest, bundle, subject=self._subject, now=now, running=self.version
        )

    def _refuse(self, error: ManifestError, now: datetime) -> None:
        self._refused, self._refused_at = str(error), now
        _log.warning("forecaster: a model was refused: %s", error)

    def _save(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{_MEMORY}.partial"
        partial.write_bytes(self._memory.to_bytes())
        partial.replace(self._folder / _MEMORY)
