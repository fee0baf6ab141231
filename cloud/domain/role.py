"""Roles: what a person or a key may do; each includes the ones before it."""

from enum import StrEnum


class Role(StrEnum):
    """From reading to running the place, in ascending order."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"

    def includes(self, other: "Role") -> bool:
        """Return whether whoever holds this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)
