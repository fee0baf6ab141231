"""The first administrator: made by a one-time link, never by a default password."""

from datetime import UTC, datetime, timedelta
from typing import Final

from cloud.domain.role import Role
from cloud.identity.passwords import hashed
from cloud.identity.tokens import new_token, token_hash
from cloud.store import people
from cloud.store.database import Database
from cloud.store.people import UserRow

_VALID: Final = timedelta(days=7)


def first_administrator_link(database: Database, base_url: str) -> str | None:
    """Return a fresh one-time link while nobody can sign in, else None.

    Links given out before stop working. The token stands after the hash sign, which
    browsers send to no server and so to no log.
    """
    token = new_token()
    expires_s = int((datetime.now(UTC) + _VALID).timestamp())
    with database.write() as connection:
        if people.user_count(connection):
            return None
        role = Role.ADMINISTRATOR.value
        people.replace_invitations(connection, token_hash(token), role, expires_s)
    return f"{base_url.rstrip('/')}/setup#{token}"


def set_up(
    database: Database, token: str, *, email: str, name: str, password: str, now_s: int
) -> UserRow | None:
    """Spend the one-time `token` on a new administrator; None if it is worthless."""
    password_hash = hashed(password)
    with database.write() as connection:
        if people.user_count(connection):
            return None
        role = people.use_invitation(connection, token_hash(token), now_s)
        if role is None:
            return None
        return people.add_user(
            connection,
            email=email.strip().lower(),
            name=name.strip(),
            role=role,
            password_hash=password_hash,
            now_s=now_s,
        )
