"""Principal: who makes a request, as established from a session or a key."""

from dataclasses import dataclass

from cloud.domain.role import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, a program or a device that has proved who it is.

    Attributes:
        role: What a person or program may do; devices have none.
        user_id: The person, if it is one.
        device_id: The device, if it is one.
        session: Hash of the session's token, if it came with a session.
    """

    name: str
    role: Role | None = None
    email: str | None = None
    user_id: int | None = None
    device_id: int | None = None
    session: str | None = None

    def may(self, role: Role) -> bool:
        """Return whether it may do what `role` may."""
        return self.role is not None and self.role.includes(role)
