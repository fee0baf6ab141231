"""What an operator holds now, for whom it may concern."""

from contract.interval import to_ms
from contract.quantity import DEFINITIONS
from gateway.cycle.steering import Steering


def held(steering: Steering) -> list[dict[str, object]]:
    """Return each hold as JSON values."""
    return [
        {
            "device": target.path,
            "quantity": quantity.value,
            "value": hold.value,
            "unit": DEFINITIONS[quantity].unit,
            "until_ms": to_ms(hold.until),
        }
        for target in steering.guard.targets
        for quantity, point in target.points.items()
        if (hold := steering.holds.get(point)) is not None
    ]
