"""The composition root: builds every part from the settings and joins them."""

from collections.abc import Callable, Mapping, Sequence

from contract.inventory import Inventory
from contract.reading import Reading
from gateway.buffer import Buffer, Origin
from gateway.clock import Clock, WatchedClock
from gateway.config import Settings
from gateway.cycle import Cycle
from gateway.daemon import status
from gateway.daemon.identity import private_key
from gateway.daemon.intelligence import Intelligence
from gateway.daemon.site_config import KeptSiteConfig
from gateway.daemon.uploads import Uploads
from gateway.snapshot import NO_STATE
from gateway.uplink.https import HttpsUplink


class _Taps:
    """The sink of the cycle: to the buffer, past whoever wants to see the readings."""

    def __init__(
        self, buffer: Buffer, see: Callable[[Sequence[Reading]], None]
    ) -> None:
        self.appended = 0
        self._buffer, self._see = buffer, see

    async def append(
        self,
        readings: Sequence[Reading],
        state: Mapping[str, bytes | None] = NO_STATE,
    ) -> None:
        await self._buffer.append(readings, state)
        self._see(readings)
        self.appended += len(readings)

    async def flush(self) -> None:
        await self._buffer.flush()

    def state(self, prefix: str) -> dict[str, bytes]:
        return self._buffer.state(prefix)


class Nowhere:
    """A sink for a cycle whose readings nobody wants."""

    async def append(
        self,
        readings: Sequence[Reading],
        state: Mapping[str, bytes | None] = NO_STATE,
    ) -> None:
        """Keep nothing."""

    async def flush(self) -> None:
        """Return at once."""

    def state(self, prefix: str) -> dict[str, bytes]:  # noqa: ARG002
        """Return no rows."""
        return {}


class Parts:
    """Everything a running gateway consists of."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Open what is on disk and prepare the rest; called in the running loop.

        Raises:
            UnusableError: The buffer cannot be used.
            IdentityError: The key cannot be used.
            UplinkError: The cloud's address or certificate cannot be used.
        """
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        key = private_key(settings.data_dir)
        self.settings, self.clock = settings, clock
        self.inventory: Inventory = settings.inventory()
        self.about = status.about_software()
        origin = Origin(settings.name, str(self.about["boot_id"]), self.inventory)
        self.buffer = Buffer(settings.data_dir, origin, clock)
        self.site = KeptSiteConfig(settings.data_dir)
        self.uplink = HttpsUplink(
            settings.cloud_url, settings.ca_file, settings.name, key
        )
        self.library = self.uplink.apart()
        self.intelligence = Intelligence(settings, self.inventory, self.site, clock)
        self.sink = _Taps(self.buffer, self.intelligence.observe)
        self.polls = WatchedClock(clock)
        self.cycle = Cycle(settings, self.polls, self.sink, lambda: self.site.current)
        self.uploads = Uploads(
            settings.name, self.inventory, clock, self.buffer, self.uplink
        )
