"""Tables of people, their sessions and keys."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
)

from cloud.store.schema.columns import BIG, metadata

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),  # domain.role.Role
    Column("password_hash", String(200), nullable=False),
    Column("created_s", BIG, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("created_s", BIG, nullable=False),
    Column("expires_s", BIG, nullable=False),
)

invitation = Table(  # one-time links
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("expires_s", BIG, nullable=False),
    Column("used_s", BIG),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("role", String(20)),  # a person's key; else a device's
    Column("device_id", ForeignKey("device.id")),
    Column("created_s", BIG, nullable=False),
    Column("last_used_s", BIG),
    Column("revoked_s", BIG),
)
