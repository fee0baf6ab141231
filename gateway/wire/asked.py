"""What a device makes of the telegram it was asked for."""

from datetime import datetime

from contract.inventory import DeviceEntry
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown
from gateway.lines import DeviceError
from gateway.telegram import Telegram


def poll_of(entry: DeviceEntry, telegram: Telegram, at: datetime) -> Poll:
    """Return the quantities the device is to report, and why others are not there.

    Raises:
        DeviceError: The telegram has none of them.
    """
    quality = Quality.SIMULATED if entry.simulated else Quality.MEASURED
    values = {each.quantity: each.value for each in telegram.measured}
    readings = [
        Reading(entry.point(quantity), at, values[quantity], quality)
        for quantity in entry.quantities
        if quantity in values
    ]
    refused = list(telegram.refused)
    if not readings:
        there = ", ".join(values) or "nothing we know"
        why = "; ".join(refused)
        raise DeviceError(
            f"its telegram has none of its quantities: there is {there}"
            + (f"; refused: {why}" if why else "")
        )
    told = {words.partition(":")[0] for words in refused}
    refused += [
        f"{quantity}: not in its telegram"
        for quantity in entry.quantities
        if quantity not in values and quantity.value not in told
    ]
    return Poll(readings, refused)


def shown(telegram: Telegram, at: datetime) -> list[Shown]:
    """Return every value in the telegram, for a technician.

    Raises:
        DeviceError: There is none.
    """
    if not telegram.measured:
        why = "; ".join(telegram.refused) or "none of its records is a quantity we know"
        raise DeviceError(f"its telegram measures nothing: {why}")
    return [
        Shown(each.quantity, each.value, each.source, each.meter_id, at)
        for each in telegram.measured
    ]
