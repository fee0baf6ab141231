"""Store and forward: readings on disk within a second, until the cloud has them."""

from gateway.buffer.database import UnusableError
from gateway.buffer.figures import Totals, hours_left, totals_at_rest
from gateway.buffer.group_commit import Buffer
from gateway.buffer.ledger import Key, Origin, Stored

__all__ = [
    "Buffer",
    "Key",
    "Origin",
    "Stored",
    "Totals",
    "UnusableError",
    "hours_left",
    "totals_at_rest",
]
