"""Which devices can be written, and what of that a gateway finds at its start."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Final

from gateway.cycle.ledger import HOLD, LEASE, hold_in, lease_in, lease_row
from gateway.cycle.setbacks import Points
from gateway.driver import Connection
from gateway.guard import Guard
from gateway.guard.lease import Lease
from gateway.guard.target import Target, name_of, targets
from gateway.lines import DeviceError, DeviceSettings, Line
from gateway.meters import Control, Models
from gateway.proposal import Proposal
from gateway.snapshot import Sink

_LOG = logging.getLogger(__name__)
_COMMIT_WITHIN_S: Final = 5.0


class Writable:
    """The targets of a gateway's devices, and which of them are rooms."""

    def __init__(self, models: Models) -> None:
        self.targets: list[Target] = []
        self.rooms: dict[str, Points] = {}
        self._models = models

    def add(
        self, path: str, device: DeviceSettings, line: Line, connection: Connection
    ) -> None:
        """Take a device, if anything of it may be written."""
        model = self._models.get(device.entry.model)
        control = _control(device, self._models)
        if control is None:
            return
        self.targets += targets(device, control, line, connection)
        if model is not None and model.has_setback:
            self.rooms[path] = Points.of(device.entry, control)


def _target_names(devices: Iterable[DeviceSettings], models: Models) -> set[str]:
    """Return the name of everything that can be written with these settings."""
    return {
        name_of(device, part)
        for device in devices
        if (control := _control(device, models)) is not None
        for part in control.parts
    }


def _control(device: DeviceSettings, models: Models) -> Control | None:
    model = models.get(device.entry.model)
    return device.control or (None if model is None else model.control)


def left_held(guard: Guard, devices: Iterable[DeviceSettings], models: Models) -> str:
    """Return in words what nobody would let go any more with these devices only."""
    names = _target_names(devices, models)
    return "; ".join(
        f"{target.name} is held until {lease.until:%F %H:%MZ}, and nobody would let it"
        " go: release it first (voltonic-gateway write DEVICE QUANTITY --release)"
        for target in guard.targets
        if (lease := guard.leases.get(target.name))
        and not target.reverts
        and target.name not in names
    )


def kept_leases(sink: Sink, names: set[str]) -> dict[str, Lease]:
    """Return the leases in force at the end of the last start; tell of lost ones.

    Args:
        names: Of what can be written now.
    """
    rows: Mapping[str, bytes] = sink.state(LEASE)
    leases = {key.removeprefix(LEASE): lease_in(row) for key, row in rows.items()}
    for name in leases.keys() - names:
        _LOG.error(
            "%s was held until %s and is not configured any more, so that nobody lets"
            " it go: configure it again, or set the device right by hand",
            name,
            f"{leases[name].until:%F %H:%MZ}",
        )
    return leases


def kept_holds(sink: Sink) -> dict[str, Proposal]:
    """Return what the operator asked for before the last start ended."""
    names = [(key.removeprefix(HOLD), row) for key, row in sink.state(HOLD).items()]
    return {setpoint: hold_in(setpoint, row) for setpoint, row in names}


async def keep_lease(sink: Sink, name: str, lease: Lease) -> None:
    """Commit a lease before its device is written.

    Raises:
        DeviceError: It cannot be committed now.
    """
    await sink.append([], {LEASE + name: lease_row(lease)})
    await flushed(sink)


async def flushed(sink: Sink) -> None:
    """Return once everything is committed; a full disk must not hold up the rest.

    Raises:
        DeviceError: It cannot be committed now.
    """
    try:
        async with asyncio.timeout(_COMMIT_WITHIN_S):
            await sink.flush()
    except TimeoutError as error:
        raise DeviceError(
            "the disk takes no more, so that nothing would end the hold after a restart"
        ) from error
