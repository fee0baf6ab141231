"""What results of a device mean: values in our units, or why there are none. Pure."""

from collections.abc import Mapping
from datetime import datetime

from contract.quantity import Quantity, implausible
from gateway.driver import Shown
from gateway.drivers.bacnet import content, units
from gateway.drivers.bacnet.content import (
    PRESENT_VALUE,
    RELIABILITY,
    STATUS_FLAGS,
    UNITS,
    Content,
    Flags,
)
from gateway.drivers.bacnet.line import BacnetObject
from gateway.drivers.bacnet.refusal import RefusedError
from gateway.lines import DeviceError
from gateway.telegram import TelegramError

ObjectId = tuple[int, int]
Key = tuple[ObjectId, int]
"""An object and one of its properties."""

Results = dict[Key, Content | RefusedError]
"""What each property holds, or why it was not told."""


def value(
    quantity: Quantity,
    each: BacnetObject,
    results: Results,
    known_units: Mapping[ObjectId, int | None],
) -> float:
    """Return the present value in the quantity's unit.

    Raises:
        DeviceError: It is not to be believed; the message says why.
        TelegramError: It is no number.
    """
    raw = content.number(_told(results[each.identity, PRESENT_VALUE]))
    flags = _flags(results.get((each.identity, STATUS_FLAGS)))
    why = content.unfit(flags, whole(results.get((each.identity, RELIABILITY))))
    if why:
        raise DeviceError(why)
    if raw is None:
        raise DeviceError("it has no value")
    factor, offset = conversion(quantity, each, known_units.get(each.identity))
    found = raw * factor + offset
    why = implausible(quantity, found) or ""
    if why:
        raise DeviceError(f"{found:g} is {why}")
    return found


def conversion(
    quantity: Quantity, each: BacnetObject, number: int | None
) -> tuple[float, float]:
    """Return factor and offset from the object's units to the quantity's.

    Raises:
        DeviceError: The units are not that quantity's.
    """
    if each.scale is not None:
        return each.scale, 0.0
    if not each.has_units:
        return 1.0, 0.0
    found = units.conversion(quantity, number)
    if isinstance(found, str):
        raise DeviceError(found)
    return found


def shown(
    quantity: Quantity, each: BacnetObject, results: Results, at: datetime
) -> Shown:
    """Return an object with its raw value, units and status flags."""
    name = each.identity
    try:
        raw = content.number(_told(results[name, PRESENT_VALUE]))
        flags = _flags(results.get((name, STATUS_FLAGS)))
    except (DeviceError, TelegramError) as error:
        return Shown(quantity, None, str(each), str(error), at)
    number = whole(results.get((name, UNITS)))
    words = ["Null" if raw is None else f"{raw:.7g}", units.named(number), str(flags)]
    found = None
    try:
        found = value(quantity, each, results, {name: number})
    except DeviceError as error:
        words.append(f"({error})")
    return Shown(quantity, found, str(each), " ".join(filter(None, words)), at)


def reports_fault(result: Content | RefusedError) -> bool:
    """Return whether status flags say that there is a fault."""
    try:
        return _flags(result).fault
    except TelegramError:
        return False


def whole(result: Content | RefusedError | None) -> int | None:
    """Return a number that not every object has, as units."""
    if result is None or isinstance(result, RefusedError):
        return None
    try:
        found = content.number(result)
        return None if found is None else int(found)
    except (ValueError, OverflowError):
        return None


def _told(result: Content | RefusedError) -> Content:
    if isinstance(result, RefusedError):
        raise result
    return result


def _flags(result: Content | RefusedError | None) -> Flags:
    """Return status flags, which not every object has.

    Raises:
        TelegramError: They are none.
    """
    if result is None or isinstance(result, RefusedError):
        return Flags()
    return content.flags(result)
