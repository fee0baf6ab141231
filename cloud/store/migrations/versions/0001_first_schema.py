"""The first schema."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TABLES: Final = {
    "invitation": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("expires_s", _BIG, nullable=False),
        sa.Column("used_s", _BIG),
    ),
    "job": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_s", _BIG, nullable=False),
        sa.Column("started_s", _BIG),
        sa.Column("finished_s", _BIG),
        sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
    ),
    "node": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("node.id")),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("path", sa.String(200), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("timezone", sa.String(60)),
        sa.Column("area_m2", sa.Float),
        sa.Column("capacity", sa.Integer),
        sa.Column("room_type", sa.String(20)),
        sa.Column("base_load_kw", sa.Float),
        sa.Column("created_s", _BIG, nullable=False),
    ),
    "setting": (
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    ),
    "user": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_s", _BIG, nullable=False),
    ),
    "dirty_node": (
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("start_s", _BIG, primary_key=True),
        sa.Column("marked_ns", _BIG, nullable=False),
    ),
    "gateway": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String(63), nullable=False, unique=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("created_s", _BIG, nullable=False),
        sa.Column("last_contact_ms", _BIG),
        sa.Column("epoch", sa.String(32)),
        sa.Column("inventory_id", sa.Integer),
        sa.Column("status", sa.Text),
        sa.Column("clone_notice", sa.Text),
    ),
    "model": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("published_s", _BIG, nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("onnx", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("node_id", "version"),
    ),
    "rollup": (
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("resolution_min", sa.SmallInteger, primary_key=True),
        sa.Column("simulated", sa.Boolean, primary_key=True),
        sa.Column("start_s", _BIG, primary_key=True),
        sa.Column("energy_kwh", sa.Float),
        sa.Column("estimated_kwh", sa.Float),
        sa.Column("coverage", sa.Float),
        sa.Column("peak_kw", sa.Float),
        sa.Column("generated_kwh", sa.Float),
        sa.Column("saved_kwh", sa.Float),
        sa.Column("base_kwh", sa.Float),
        sa.Column("ac_kwh", sa.Float),
        sa.Column("light_kwh", sa.Float),
        sa.Column("equipment_kwh", sa.Float),
        sa.Column("temperature_c", sa.Float),
        sa.Column("occupancy_rate", sa.Float),
    ),
    "session": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("created_s", _BIG, nullable=False),
        sa.Column("expires_s", _BIG, nullable=False),
    ),
    "timetable_slot": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("day", sa.SmallInteger, nullable=False),
        sa.Column("start", sa.String(5), nullable=False),
        sa.Column("end", sa.String(5), nullable=False),
    ),
    "device": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("gateway_id", sa.Integer, sa.ForeignKey("gateway.id")),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("is_counter", sa.Boolean, nullable=False, server_default="0"),
        sa.Column(
            "reporting_interval_s", sa.Integer, nullable=False, server_default="60"
        ),
        sa.Column("capacity_kw", sa.Float),
        sa.Column("nominal_voltage_v", sa.Float, nullable=False, server_default="230"),
        sa.Column("last_contact_ms", _BIG),
        sa.UniqueConstraint("node_id", "slug", "simulated"),
    ),
    "dirty": (
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), primary_key=True
        ),
        sa.Column("start_s", _BIG, primary_key=True),
        sa.Column("marked_ns", _BIG, nullable=False),
    ),
    "epoch": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), nullable=False
        ),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("first_seen_ms", _BIG, nullable=False),
        sa.Column("superseded_ms", _BIG),
        sa.Column(
            "uploads_after_superseded", sa.Integer, nullable=False, server_default="0"
        ),
        sa.Column("produced", _BIG, nullable=False, server_default="0"),
        sa.Column("declared_lost", _BIG, nullable=False, server_default="0"),
        sa.Column("delivered", _BIG, nullable=False, server_default="0"),
        sa.Column("rejected", _BIG, nullable=False, server_default="0"),
        sa.Column("batches", _BIG, nullable=False, server_default="0"),
        sa.Column("highest_seq", _BIG, nullable=False, server_default="0"),
        sa.Column("resent", _BIG, nullable=False, server_default="0"),
        sa.UniqueConstraint("gateway_id", "epoch"),
    ),
    "inventory": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), nullable=False
        ),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("point_ids", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("gateway_id", "hash"),
    ),
    "quarantine": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), nullable=False
        ),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("received_ms", _BIG, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("checksum", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("gateway_id", "checksum"),
    ),
    "span": (
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), primary_key=True
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
    ),
    "api_key": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(20)),
        sa.Column("device_id", sa.Integer, sa.ForeignKey("device.id")),
        sa.Column("created_s", _BIG, nullable=False),
        sa.Column("last_used_s", _BIG),
        sa.Column("revoked_s", _BIG),
    ),
    "batch": (
        sa.Column("id", _BIG, primary_key=True),
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), nullable=False
        ),
        sa.Column("epoch_id", sa.Integer, sa.ForeignKey("epoch.id"), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column(
            "inventory_id", sa.Integer, sa.ForeignKey("inventory.id"), nullable=False
        ),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("first_at_ms", _BIG, nullable=False),
        sa.Column("last_at_ms", _BIG, nullable=False),
        sa.Column("received_ms", _BIG, nullable=False),
        sa.Column("checksum", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("epoch_id", "seq"),
    ),
    "device_reading": (
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("device_id", sa.Integer, sa.ForeignKey("device.id"), nullable=False),
        sa.Column("idempotency_key", sa.String(100)),
        sa.Column("at_ms", _BIG, nullable=False),
        sa.Column("received_ms", _BIG, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("device_id", "idempotency_key"),
    ),
    "point": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("device_id", sa.Integer, sa.ForeignKey("device.id"), nullable=False),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("gateway_id", sa.Integer, sa.ForeignKey("gateway.id")),
        sa.Column("quantity", sa.String(40), nullable=False),
        sa.Column("modulus_kwh", sa.Float),
        sa.UniqueConstraint("device_id", "quantity"),
    ),
    "gap": (
        sa.Column("point_id", sa.Integer, sa.ForeignKey("point.id"), primary_key=True),
        sa.Column("from_ms", _BIG, primary_key=True),
        sa.Column(
            "gateway_id", sa.Integer, sa.ForeignKey("gateway.id"), nullable=False
        ),
        sa.Column("to_ms", _BIG, nullable=False),
        sa.Column("from_value", sa.Float, nullable=False),
        sa.Column("to_value", sa.Float, nullable=False),
    ),
    "newest": (
        sa.Column("point_id", sa.Integer, sa.ForeignKey("point.id"), primary_key=True),
        sa.Column("at_ms", _BIG, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("quality", sa.SmallInteger, nullable=False),
    ),
    "rejected_row": (
        sa.Column("batch_id", _BIG, sa.ForeignKey("batch.id"), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("reason", sa.String(200), nullable=False),
    ),
}
_INDEXES: Final = (
    ("job_due", "job", ["state", "due_s"]),
    ("node_parent", "node", ["parent_id"]),
    ("timetable_slot_node", "timetable_slot", ["node_id"]),
    ("batch_time", "batch", ["gateway_id", "last_at_ms"]),
    ("device_reading_time", "device_reading", ["device_id", "at_ms"]),
    ("point_node", "point", ["node_id"]),
    ("gap_gateway", "gap", ["gateway_id", "to_ms"]),
)


def upgrade() -> None:
    for name, items in _TABLES.items():
        op.create_table(name, *items, sqlite_with_rowid=name != "rollup")
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
