"""Ports to which devices post by HTTP, as they are written."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from gateway.config.tables import LineTable, ListedTable, Port
from gateway.drivers.http_push.body import COUNTERS, GAUGES
from gateway.drivers.http_push.line import HttpPushLine, PushPlace
from gateway.lines import DeviceSettings
from gateway.meters import Models

_SHORTEST_KEY: Final = 16
_POSTED: Final = {*COUNTERS.values(), *GAUGES.values()}


class HttpPushTable(LineTable):
    """[lines.…] with type http_push."""

    type: Literal["http_push"]
    host: str = ""
    port: Port = 8081
    timeout_s: float = Field(default=60, gt=0, le=86_400)

    @property
    def listens_on(self) -> int:
        """TCP port on which devices connect to the gateway."""
        return self.port

    def settings(self, name: str) -> HttpPushLine:
        """Return the line as its driver wants it."""
        return HttpPushLine(name, self.host, self.port, self.timeout_s, self.simulated)


class HttpPushDevice(ListedTable):
    """[[devices]] that post."""

    line_type: Literal["http_push"]
    device_id: str = Field(default="", max_length=80)
    api_key_file: Path | None = None
    api_key_sha256: str | None = Field(default=None, pattern="^[0-9a-fA-F]{64}$")
    is_counter: bool = False
    capacity_kw: float | None = Field(default=None, gt=0, le=20_000)
    nominal_voltage_v: float = Field(default=230, ge=50, le=1000)

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return f"of its posts: {', '.join(sorted(_POSTED))}"

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its list or its key."""
        yield from super().faults(line, models)
        for quantity in self.quantities:
            if quantity is Quantity.ACTIVE_POWER_KW and self.capacity_kw is None:
                yield (
                    "capacity_kw: is missing; posts tell the load in % of it, from"
                    " which active_power_kw is computed"
                )
            elif quantity not in {*_POSTED, Quantity.ACTIVE_POWER_KW}:
                yield f"quantities: no post has {quantity}; remove it"
        yield from self._key_faults()

    def place(self) -> str:
        """Return whose key it has: one key is one device."""
        return f"api_key_sha256: the key {self._key_sha256().hex()[:12]}…"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        place = PushPlace(
            self.device_id or self.name,
            self._key_sha256(),
            interval,
            self.is_counter,
            self.capacity_kw,
            self.nominal_voltage_v,
        )
        return DeviceSettings(entry, self.line, 0, interval, place=place)

    def _key_faults(self) -> Iterator[str]:
        if (self.api_key_file is None) == (self.api_key_sha256 is None):
            yield (
                "api_key_sha256: write it, or api_key_file, and not both; the hash of a"
                " key is what `printf %s KEY | sha256sum` prints"
            )
        elif self.api_key_file is not None:
            yield from _file_faults(self.api_key_file)

    def _key_sha256(self) -> bytes:
        if self.api_key_sha256 is not None:
            return bytes.fromhex(self.api_key_sha256)
        if self.api_key_file is None:
            raise ValueError("no key")
        return sha256(_key_in(self.api_key_file)).digest()


def _file_faults(path: Path) -> Iterator[str]:
    if not path.is_absolute():
        yield f"api_key_file: {path} is no full path; begin it with /"
        return
    try:
        key = _key_in(path)
    except OSError as error:
        yield f"api_key_file: {path} cannot be read: {(error.strerror or '').lower()}"
        return
    if len(key) < _SHORTEST_KEY or not key.isascii() or b" " in key:
        yield (
            f"api_key_file: {path} must hold one key of {_SHORTEST_KEY} or more"
            " letters and digits"
        )


def _key_in(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1024).strip()
