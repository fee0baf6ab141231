"""People, their sessions, invitations and keys; every secret as its hash only."""

from dataclasses import dataclass

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy import delete as delete_from

from cloud.store.database import Connection
from cloud.store.schema import api_key, invitation, session, user


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person who may sign in."""

    id: int
    email: str
    name: str
    role: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key of a program (with a role) or of a device."""

    id: int
    name: str
    role: str | None
    device_id: int | None
    last_used_s: int | None


_USER = (user.c.id, user.c.email, user.c.name, user.c.role, user.c.password_hash)


def user_count(connection: Connection) -> int:
    """Return how many people there are."""
    return int(connection.execute(select(func.count()).select_from(user)).scalar_one())


def user_by_email(connection: Connection, email: str) -> UserRow | None:
    """Return the person with this address, which is in lower case."""
    row = connection.execute(select(*_USER).where(user.c.email == email)).first()
    return UserRow(*row) if row else None


def add_user(
    connection: Connection,
    *,
    email: str,
    name: str,
    role: str,
    password_hash: str,
    now_s: int,
) -> UserRow:
    """Add a person."""
    result = connection.execute(
        insert(user).values(
            email=email,
            name=name,
            role=role,
            password_hash=password_hash,
            created_s=now_s,
        )
    )
    (user_id,) = result.inserted_primary_key or (0,)
    return UserRow(int(user_id), email, name, role, password_hash)


def set_password_hash(connection: Connection, user_id: int, password_hash: str) -> None:
    """Keep a new hash of the person's password."""
    connection.execute(
        update(user).where(user.c.id == user_id).values(password_hash=password_hash)
    )


def add_session(
    connection: Connection, token_hash: str, user_id: int, now_s: int, expires_s: int
) -> None:
    """Add a session, and forget the ones that have ended."""
    connection.execute(delete_from(session).where(session.c.expires_s <= now_s))
    connection.execute(
        insert(session).values(
            token_hash=token_hash,
            user_id=user_id,
            created_s=now_s,
            expires_s=expires_s,
        )
    )


def session_user(connection: Connection, token_hash: str, now_s: int) -> UserRow | None:
    """Return whose running session this is."""
    row = connection.execute(
        select(*_USER)
        .join_from(session, user, session.c.user_id == user.c.id)
        .where(session.c.token_hash == token_hash, session.c.expires_s > now_s)
    ).first()
    return UserRow(*row) if row else None


def end_session(connection: Connection, token_hash: str) -> None:
    """End one session."""
    connection.execute(delete_from(session).where(session.c.token_hash == token_hash))


def replace_invitations(
    connection: Connection, token_hash: str, role: str, expires_s: int
) -> None:
    """Keep one open invitation for `role`; earlier ones stop working."""
    connection.execute(
        delete_from(invitation).where(
            invitation.c.role == role, invitation.c.used_s.is_(None)
        )
    )
    connection.execute(
        insert(invitation).values(token_hash=token_hash, role=role, expires_s=expires_s)
    )


def use_invitation(connection: Connection, token_hash: str, now_s: int) -> str | None:
    """Spend an open invitation and return its role; None if there is none."""
    is_open = and_(
        invitation.c.token_hash == token_hash,
        invitation.c.used_s.is_(None),
        invitation.c.expires_s > now_s,
    )
    role = connection.execute(select(invitation.c.role).where(is_open)).scalar()
    spent = connection.execute(update(invitation).where(is_open).values(used_s=now_s))
    return str(role) if role is not None and spent.rowcount == 1 else None


def add_key(
    connection: Connection,
    *,
    name: str,
    key_hash: str,
    role: str | None,
    device_id: int | None,
    now_s: int,
) -> int:
    """Add a key and return its id."""
    result = connection.execute(
        insert(api_key).values(
            name=name,
            key_hash=key_hash,
            role=role,
            device_id=device_id,
            created_s=now_s,
        )
    )
    (key_id,) = result.inserted_primary_key or (0,)
    return int(key_id)


def key_by_hash(connection: Connection, key_hash: str) -> KeyRow | None:
    """Return the key, unless it is unknown or revoked."""
    columns = api_key.c
    row = connection.execute(
        select(
            columns.id,
            columns.name,
            columns.role,
            columns.device_id,
            columns.last_used_s,
        ).where(columns.key_hash == key_hash, columns.revoked_s.is_(None))
    ).first()
    return KeyRow(*row) if row else None


def touch_key(connection: Connection, key_id: int, now_s: int) -> None:
    """Remember that the key was used."""
    last = api_key.c.last_used_s
    connection.execute(
        update(api_key)
        .where(api_key.c.id == key_id, or_(last.is_(None), last < now_s))
        .values(last_used_s=now_s)
    )


def revoke_key(connection: Connection, key_id: int, now_s: int) -> None:
    """Make the key worthless from now on."""
    connection.execute(
        update(api_key).where(api_key.c.id == key_id).values(revoked_s=now_s)
    )
