"""The forecaster within the daemon; whatever it dies of, readings go on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from contract.inventory import Inventory
from contract.reading import Reading
from contract.timetable import SiteConfig
from gateway.clock import Clock
from gateway.config import Settings
from gateway.daemon.site_config import KeptSiteConfig
from gateway.forecaster import device
from gateway.uplink.https import HttpsUplink, UplinkError

if TYPE_CHECKING:
    from gateway.forecaster.forecaster import Forecaster
    from gateway.forecaster.known import Site

log: Final = logging.getLogger(__name__)

_SAVE_EVERY_S: Final = 3_600
_SAVE_AT_MOST_EVERY_S: Final = 60.0
_WEATHER_EVERY_S: Final = 3_600.0
_AGAIN_AFTER_S: Final = 30.0
_NOT_FOUND: Final = 404
_Made = TypeVar("_Made")


class Intelligence:
    """The forecaster where one is configured, else nothing.

    It computes in a thread, one thing at a time; the loop only hands over and takes.
    """

    def __init__(
        self,
        settings: Settings,
        inventory: Inventory,
        site: KeptSiteConfig,
        clock: Clock,
    ) -> None:
        self._site, self._clock = site, clock
        self._forecaster = _forecaster(settings, inventory)
        self._busy, self._receipt = asyncio.Lock(), asyncio.Event()
        self._offered: int | None = None
        self._saved_hour, self._saved_at = -1, -_SAVE_AT_MOST_EVERY_S
        self._weather_from = 0.0
        self._shape: tuple[SiteConfig, Site] | None = None
        self._trouble = ""

    async def load(self) -> None:
        """Take up what an earlier run left behind."""
        forecaster = self._forecaster
        if forecaster is not None:
            now = self._clock.now()
            await self._safely(lambda: asyncio.to_thread(forecaster.load, now))

    def observe(self, readings: Sequence[Reading]) -> None:
        """Show it what was measured."""
        if self._forecaster is not None:
            self._forecaster.observe(readings)

    async def remember(self) -> None:
        """Enter what was measured, without a forecast: the clock is a conductor's."""
        forecaster = self._forecaster
        if forecaster is not None:
            now = self._clock.now()
            forecaster.memory.close(now)
            await self._safely(lambda: self._save(forecaster, now))

    async def step(self) -> list[Reading]:
        """Return the forecasts that are due."""
        forecaster = self._forecaster
        if forecaster is None:
            return []
        return await self._safely(lambda: self._step(forecaster)) or []

    def status(self) -> dict[str, object] | None:
        """Return what the cloud is told; None without a forecaster."""
        if self._forecaster is None:
            return None
        status = self._forecaster.status()
        if self._trouble:
            status = replace(status, note=self._trouble)
        return status.to_json()

    def told(self) -> dict[str, object] | None:
        """Return what a person at the gateway is told; None without a forecaster."""
        status = self.status()
        if self._forecaster is None or status is None:
            return None
        return {**status, **self._forecaster.details()}

    def offered(self, version: int | None) -> None:
        """Take note of a contact with the cloud, and which model it names."""
        self._offered = version
        self._receipt.set()

    async def run(self, uplink: HttpsUplink) -> None:
        """Fetch models and weather whenever the cloud was reached and it is time."""
        forecaster = self._forecaster
        while forecaster is not None:
            await self._receipt.wait()
            self._receipt.clear()
            try:
                await self._fetch_weather(forecaster, uplink)
                await self._fetch_model(forecaster, uplink)
            except UplinkError as error:
                log.warning("the model or the weather did not come: %s", error)
                await asyncio.sleep(_AGAIN_AFTER_S)

    async def close(self) -> None:
        """Write what was learnt, for the next start."""
        forecaster = self._forecaster
        if forecaster is not None:
            kept = forecaster.memory.kept()
            await self._safely(lambda: asyncio.to_thread(forecaster.save, kept))

    async def _step(self, forecaster: "Forecaster") -> list[Reading]:
        now, site = self._clock.now(), self._shape_of_site()
        if site is None or not forecaster.is_due(now):
            return []
        known = forecaster.memory.known(site, now)
        made = await asyncio.to_thread(forecaster.forecast, known, now)
        self._trouble = ""
        await self._save(forecaster, now)
        return made

    async def _save(self, forecaster: "Forecaster", now: datetime) -> None:
        hour, monotonic = int(now.timestamp()) // _SAVE_EVERY_S, self._clock.monotonic()
        since_s = monotonic - self._saved_at
        if hour == self._saved_hour or since_s < _SAVE_AT_MOST_EVERY_S:
            return
        self._saved_hour, self._saved_at = hour, monotonic
        await asyncio.to_thread(forecaster.save, forecaster.memory.kept())

    async def _fetch_weather(
        self, forecaster: "Forecaster", uplink: HttpsUplink
    ) -> None:
        if self._clock.monotonic() < self._weather_from:
            return
        from contract.weather import SiteWeather  # brings numpy

        self._weather_from = self._clock.monotonic() + _WEATHER_EVERY_S
        try:
            raw = await uplink.fetch("weather")
            forecaster.memory.tell(SiteWeather.from_bytes(raw))
        except UplinkError as error:
            if error.status != _NOT_FOUND:
                self._weather_from = 0.0
                raise
        except ValueError as error:
            log.warning("the cloud's weather is not used: %s", error)

    async def _fetch_model(self, forecaster: "Forecaster", uplink: HttpsUplink) -> None:
        now, site = self._clock.now(), self._shape_of_site()
        if site is None or not forecaster.wants(self._offered, now):
            return
        from contract.promise import ManifestError  # brings numpy
        from gateway.forecaster.shelf import Published

        manifest = await uplink.fetch("model/manifest")
        published = Published(manifest, await uplink.fetch("model/bundle"))

        async def accept() -> None:
            known = forecaster.memory.known(site, now)
            with suppress(ManifestError):  # the status says why
                await asyncio.to_thread(forecaster.accept, published, now, known)

        await self._safely(accept)

    async def _safely(self, work: Callable[[], Awaitable[_Made]]) -> _Made | None:
        """Return what comes of `work`; what it dies of becomes words in the status."""
        async with self._busy:
            try:
                made = await work()
            except Exception as error:
                self._trouble = (
                    f"the forecaster failed: {type(error).__name__}: {error}"
                )
                log.exception("forecaster")
                return None
        return made

    def _shape_of_site(self) -> "Site | None":
        """Return the site as forecasts see it, made anew when it changes."""
        config = self._site.current
        if config is None:
            return None
        if self._shape is None or self._shape[0] is not config:
            from gateway.forecaster.known import Site

            self._shape = config, Site.of(config)
        return self._shape[1]


def _forecaster(settings: Settings, inventory: Inventory) -> "Forecaster | None":
    if not settings.forecasts:
        return None
    from gateway.forecaster.forecaster import Forecaster

    return Forecaster(
        settings.data_dir / device.FOLDER,
        settings.node,
        inventory,
        shadow=settings.shadow,
        key=settings.cloud_key,
    )
