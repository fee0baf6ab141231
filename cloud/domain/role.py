"""Roles: what a person or a key may do; each includes the ones before it."""

from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """From reading to running the place, in ascending order."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"

    def includes(self, other: Self) -> bool:
        """Return whether whoever holds this role may do what `other` may."""
        order = list(type(self))
        return order.index(self) >= order.index(other)
