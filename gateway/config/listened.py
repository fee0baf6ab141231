"""Devices whose telegrams come by themselves: what is checked, and their entry."""

from collections.abc import Iterator

from contract.inventory import DeviceEntry, Role
from gateway.config.tables import DeviceTable, ListenTable


def faults(device: DeviceTable) -> Iterator[str]:
    """Yield what is wrong with a device on a line that is listened to."""
    if device.unit is not None:
        yield "unit: has no meaning on this line; remove it (see meter_id)"
    if device.model is not None:
        yield "model: has no meaning on this line; remove it and list quantities"
    if not device.quantities:
        yield (
            "quantities: is missing; list what to take from the telegrams, as"
            " voltonic-gateway decode names it"
        )
    if len(set(device.quantities)) < len(device.quantities):
        yield "quantities: one is there twice; remove it"
    if device.role is None:
        roles = ", ".join(sorted(Role))
        yield f"role: is missing; write what the device is to its node: {roles}"


def entry(
    node: str, device: DeviceTable, line: ListenTable, *, simulated: bool
) -> DeviceEntry:
    """Return what the cloud is told of the device."""
    return DeviceEntry(
        node=node,
        name=device.name,
        model=line.type,
        role=device.role or Role.SENSOR,
        simulated=simulated,
        quantities=device.quantities,
    )
