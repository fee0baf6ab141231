"""Signing in and out; a session is a random token, kept hashed."""

from datetime import timedelta
from typing import Final

from cloud.domain.role import Role
from cloud.identity.passwords import hashed, is_outdated, is_password
from cloud.identity.principal import Principal
from cloud.identity.tokens import new_token, token_hash
from cloud.store import people
from cloud.store.database import Database
from cloud.store.people import UserRow

LIFETIME: Final = timedelta(days=14)


def sign_in(
    database: Database, email: str, password: str, now_s: int
) -> tuple[str, Principal] | None:
    """Return a new session's token and its person; None if they don't match."""
    with database.read() as connection:
        row = people.user_by_email(connection, email.strip().lower())
    if not is_password(password, row.password_hash if row else None) or row is None:
        return None
    if is_outdated(row.password_hash):
        with database.write() as connection:
            people.set_password_hash(connection, row.id, hashed(password))
    return open_session(database, row, now_s)


def open_session(database: Database, row: UserRow, now_s: int) -> tuple[str, Principal]:
    """Return a new session's token and its person."""
    token = new_token()
    expires_s = now_s + int(LIFETIME.total_seconds())
    with database.write() as connection:
        people.add_session(connection, token_hash(token), row.id, now_s, expires_s)
    return token, _principal(row, token_hash(token))


def session_principal(database: Database, token: str, now_s: int) -> Principal | None:
    """Return whose session this is; None if it is unknown or has ended."""
    session = token_hash(token)
    with database.read() as connection:
        row = people.session_user(connection, session, now_s)
    return _principal(row, session) if row else None


def sign_out(database: Database, session: str) -> None:
    """End the session with this hash."""
    with database.write() as connection:
        people.end_session(connection, session)


def _principal(row: UserRow, session: str) -> Principal:
    return Principal(row.name, Role(row.role), row.email, row.id, session=session)
