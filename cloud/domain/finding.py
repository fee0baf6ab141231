"""Findings of maintenance, as they stand."""

from enum import StrEnum


class FindingState(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    OVER = "over"
    DISMISSED = "dismissed"
    """Somebody said that nothing is wrong."""
