"""Readings that carry a number, so that a lost or doubled one shows."""

from datetime import UTC, datetime, timedelta

from contract.batch import unseal
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from contract.reading import Reading
from gateway.buffer import Buffer, Origin
from gateway.clock import SystemClock

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
METER = DeviceEntry(
    node="campus/science/physics",
    name="main",
    model="test",
    role=Role.MAIN,
    simulated=False,
    quantities=(Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH),
)
INVENTORY = Inventory((METER,))
POWER, ENERGY = INVENTORY.points


def numbered(start, end, point=ENERGY):
    """Return one reading for each number of `[start, end)`, its value the number."""
    return [
        Reading(point, NOON + timedelta(seconds=number), float(number))
        for number in range(start, end)
    ]


def open_buffer(data_dir, inventory=INVENTORY):
    """Return a buffer of the gateway `physics` in the running loop."""
    return Buffer(data_dir, Origin("physics", "ab" * 16, inventory), SystemClock())


def numbers(stored):
    """Return the numbers in sealed batches, in order."""
    return [value for each in stored for value in unseal(each.sealed).values]
