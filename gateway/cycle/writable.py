"""Which devices can be written, and what of that a gateway finds at its start."""

import asyncio
from collections.abc import Mapping
from typing import Final

from gateway.cycle.ledger import HOLD, LEASE, hold_in, lease_in, lease_row
from gateway.cycle.setbacks import Points
from gateway.driver import Connection
from gateway.guard.lease import Lease
from gateway.guard.target import Target, targets
from gateway.lines import DeviceError, DeviceSettings, Line
from gateway.meters import Models
from gateway.proposal import Proposal
from gateway.snapshot import Sink

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
        control = device.control
        if control is None and model is not None:
            control = model.control
        if control is None:
            return
        self.targets += targets(device, control, line, connection)
        if model is not None and model.has_setback:
            self.rooms[path] = Points.of(device.entry, control)


def kept_leases(sink: Sink) -> dict[str, Lease]:
    """Return the leases that were in force at the end of the last start."""
    rows: Mapping[str, bytes] = sink.state(LEASE)
    return {key.removeprefix(LEASE): lease_in(row) for key, row in rows.items()}


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
