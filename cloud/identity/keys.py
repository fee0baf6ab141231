"""API keys of programs and devices: shown once, kept hashed."""

from typing import Final

from cloud.domain.role import Role
from cloud.identity.principal import Principal
from cloud.identity.tokens import new_token, token_hash
from cloud.store import people
from cloud.store.database import Database

_TOUCH_EVERY_S: Final = 60


def new_program_key(database: Database, name: str, role: Role, now_s: int) -> str:
    """Add a key for a program and return it, for the only time."""
    return _new_key(database, name, role, None, now_s)


def new_device_key(database: Database, name: str, device_id: int, now_s: int) -> str:
    """Add a key for a device and return it, for the only time."""
    return _new_key(database, name, None, device_id, now_s)


def _new_key(
    database: Database, name: str, role: Role | None, device_id: int | None, now_s: int
) -> str:
    key = new_token()
    with database.write() as connection:
        people.add_key(
            connection,
            name=name,
            key_hash=token_hash(key),
            role=role.value if role else None,
            device_id=device_id,
            now_s=now_s,
        )
    return key


def key_principal(database: Database, key: str, now_s: int) -> Principal | None:
    """Return whose key this is; None if it is unknown or revoked."""
    with database.read() as connection:
        row = people.key_by_hash(connection, token_hash(key))
    if row is None:
        return None
    if row.last_used_s is None or row.last_used_s <= now_s - _TOUCH_EVERY_S:
        with database.write() as connection:
            people.touch_key(connection, row.id, now_s)
    role = Role(row.role) if row.role else None
    return Principal(row.name, role, device_id=row.device_id)
