"""Rules: each is a pure function of a snapshot, one file each."""

from typing import Protocol

from gateway.proposal import Proposal
from gateway.snapshot import Snapshot


class Rule(Protocol):
    """Reads a snapshot, proposes setpoints. No I/O, no clock, no memory."""

    def propose(self, snapshot: Snapshot) -> list[Proposal]:
        """Return what this rule wants now; nothing if it is content."""
