"""The forecaster within the daemon: what it sees, its model's updates, its readings."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from contract.inventory import Inventory
from contract.reading import Reading
from gateway.clock import Clock
from gateway.config import Settings
from gateway.daemon.site_config import KeptSiteConfig
from gateway.uplink.https import HttpsUplink, UplinkError

if TYPE_CHECKING:
    from gateway.forecaster.forecaster import Forecaster

log: Final = logging.getLogger(__name__)


class Intelligence:
    """The forecaster where one is configured, else nothing."""

    def __init__(
        self, settings: Settings, inventory: Inventory, site: KeptSiteConfig
    ) -> None:
        self._site = site
        self._forecaster = _forecaster(settings, inventory)

    async def load(self, now: datetime) -> None:
        """Take up what an earlier run left behind."""
        if self._forecaster is not None:
            await asyncio.to_thread(self._forecaster.load, now)

    def observe(self, readings: Sequence[Reading]) -> None:
        """Show it what was measured."""
        if self._forecaster is not None:
            self._forecaster.observe(readings)

    def step(self, now: datetime) -> list[Reading]:
        """Return the forecasts that are due."""
        if self._forecaster is None or self._site.current is None:
            return []
        return self._forecaster.step(now, ZoneInfo(self._site.current.timezone))

    def status(self) -> dict[str, object] | None:
        """Return figures for the fleet page."""
        return None if self._forecaster is None else self._forecaster.status()

    async def update(
        self, version: int | None, uplink: HttpsUplink, clock: Clock
    ) -> None:
        """Fetch and use the model that the cloud names, if it is another.

        Raises:
            UplinkError: It did not come.
        """
        forecaster = self._forecaster
        if forecaster is None or not forecaster.wants(version, clock.now()):
            return
        from contract.manifest import ManifestError  # brings numpy

        manifest = await uplink.fetch("model/manifest")
        bundle = await uplink.fetch("model/bundle")
        try:
            await asyncio.to_thread(forecaster.accept, manifest, bundle, clock.now())
        except ManifestError as error:
            raise UplinkError(f"model {version} was refused: {error}") from error


def _forecaster(settings: Settings, inventory: Inventory) -> "Forecaster | None":
    if not settings.forecasts:
        return None
    from gateway.forecaster.forecaster import Forecaster

    return Forecaster(settings.data_dir / "models", settings.node, inventory)
