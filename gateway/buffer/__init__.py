"""Store and forward: readings on disk within a second, until the cloud has them."""

from gateway.buffer.database import UnusableError
from gateway.buffer.group_commit import Buffer
from gateway.buffer.ledger import Key, Origin, Stored

__all__ = ["Buffer", "Key", "Origin", "Stored", "UnusableError"]
