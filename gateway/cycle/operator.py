"""An operator's holds: asked for by a command, carried out by dispatch and guard."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from typing import Final

from contract.quantity import DEFINITIONS, Quantity
from gateway.cycle.setbacks import State
from gateway.cycle.steering import Steering
from gateway.guard.lease import Outcome
from gateway.guard.target import Target, refused
from gateway.meters import Control
from gateway.meters.fault import did_you_mean
from gateway.proposal import Priority, Proposal
from gateway.snapshot import Snapshot

LONGEST_HOLD: Final = timedelta(days=1)

Decide = Callable[[State], Awaitable[Mapping[str, Outcome]]]
"""Makes one decision now, and keeps what came of it together with these rows."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator wants of one quantity of a device.

    Attributes:
        value: None lets it go.
    """

    quantity: str
    value: float | None
    length: timedelta


def order_in(quantity: str, raw: Mapping[str, object]) -> Order:
    """Return the order in what a command sent; one without a value lets go."""
    match raw:
        case {"value": float() | int() as value, "for_s": float() | int() as for_s}:
            length = timedelta(seconds=min(for_s, 10 * LONGEST_HOLD.total_seconds()))
            return Order(quantity, float(value), length)
    return Order(quantity, None, timedelta(0))


class OperatorError(Exception):
    """An order cannot be carried out; the message says why."""


class Operator:
    """Turns orders into proposals, and outcomes into words."""

    def __init__(
        self, steering: Steering, look: Callable[[], Snapshot], decide: Decide
    ) -> None:
        self._steering, self._look, self._decide = steering, look, decide

    def target(self, path: str, order: Order) -> tuple[Target, Quantity]:
        """Return what the order writes.

        Raises:
            OperatorError: The device has no such setpoint, or it must not be so.
        """
        targets = [each for each in self._steering.guard.targets if each.path == path]
        names = {name: (each, name) for each in targets for name in each.points}
        if not names:
            raise OperatorError(f"{path} has nothing that may be written")
        found = names.get(order.quantity)  # type: ignore[call-overload]
        if found is None:
            raise OperatorError(
                f'{path} has no setpoint "{order.quantity}"'
                f"{did_you_mean(order.quantity, list(names))}; it has "
                + ", ".join(names)
            )
        target, quantity = found
        if order.value is not None:
            _refuse(target, quantity, order.value, order.length)
        return target, quantity

    async def carry_out(
        self, target: Target, quantity: Quantity, order: Order
    ) -> dict[str, object]:
        """Hold or release a setpoint and return what came of it, as JSON values.

        Raises:
            OperatorError: The device was not written, or did not obey.
        """
        steering, now = self._steering, self._look().now
        if wait := steering.guard.wait(target.name, now):
            raise OperatorError(
                f"{target.path} was written, or refused to be, just now; try again in"
                f" {wait.total_seconds():.0f} s"
            )
        setpoint = target.points[quantity]
        before = steering.holds.get(setpoint)
        if order.value is None and before is None:
            raise OperatorError(f"no operator holds {quantity} of {target.path}")
        if order.value is None:
            del steering.holds[setpoint]
        else:
            steering.holds[setpoint] = Proposal(
                setpoint,
                order.value,
                now + order.length,
                Priority.OPERATOR,
                "asked for by an operator",
            )
        outcome = await self._decided(target, setpoint)
        error = self._error(target, quantity, order, outcome)
        if not error:
            return self._told(target, quantity, order, outcome)
        if order.value is None:
            raise OperatorError(f"{error}; the gateway tries again to let go")
        del steering.holds[setpoint]
        if before is not None:
            steering.holds[setpoint] = before
        await self._decided(target, setpoint)
        raise OperatorError(error)

    def _error(
        self,
        target: Target,
        quantity: Quantity,
        order: Order,
        outcome: Outcome | None,
    ) -> str:
        """Return why the order is not obeyed, or nothing."""
        if outcome is not None:
            return f"{target.path}: {outcome.error}" if outcome.error else ""
        if order.value is None:
            return ""
        snapshot, setpoint = self._look(), target.points[quantity]
        obeyed = self._steering.wanted(snapshot).get(setpoint)
        if obeyed is not None and obeyed is not self._steering.holds.get(setpoint):
            return f"{target.path} is held at {obeyed.value:g}: {obeyed.reason}"
        lease = self._steering.guard.leases.get(target.name)
        if lease is not None and lease.values[quantity] == order.value:
            return ""
        if snapshot.value(setpoint) == order.value:
            return ""
        return f"{target.path}: {quantity} cannot be read now, so it is not written"

    async def _decided(self, target: Target, setpoint: str) -> Outcome | None:
        state: State = {}
        self._steering.keep_hold(setpoint, state)
        return (await self._decide(state)).get(target.name)

    def _told(
        self,
        target: Target,
        quantity: Quantity,
        order: Order,
        outcome: Outcome | None,
    ) -> dict[str, object]:
        snapshot = self._look()
        setpoint = target.points[quantity]
        obeyed = self._steering.wanted(snapshot).get(setpoint)
        held = (
            snapshot.value(setpoint) if outcome is None else outcome.held.get(quantity)
        )
        return {
            "path": target.path,
            "quantity": quantity.value,
            "unit": DEFINITIONS[quantity].unit,
            "value": order.value,
            "is_written": outcome is not None,
            "held": held,
            "until": None if obeyed is None else obeyed.until.isoformat(),
            "reason": "" if obeyed is None else obeyed.reason,
        }


def _refuse(
    target: Target, quantity: Quantity, value: float, length: timedelta
) -> None:
    if not isfinite(value):
        raise OperatorError(f"{quantity}: {value} is no number")
    setpoints = [each for each in target.control.setpoints if each.quantity is quantity]
    if why := refused(Control(tuple(setpoints)), {quantity: value}):
        raise OperatorError(why)
    if not timedelta(0) < length <= LONGEST_HOLD:
        raise OperatorError(
            f"a hold lasts up to {LONGEST_HOLD / timedelta(hours=1):g} h"
        )
