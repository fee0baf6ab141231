"""The tables, as SQLAlchemy Core; instants are integers in UTC, names say ms or s."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData()

_BIG = BigInteger().with_variant(Integer, "sqlite")

# --- the site model ---------------------------------------------------------------

node = Table(
    "node",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", ForeignKey("node.id")),
    Column("kind", String(20), nullable=False),  # domain.node.NodeKind
    Column("slug", String(63), nullable=False),
    Column("path", String(200), nullable=False, unique=True),  # from the site down
    Column("name", String(200), nullable=False),
    Column("timezone", String(60)),  # sites only
    Column("area_m2", Float),
    Column("capacity", Integer),  # persons
    Column("room_type", String(20)),  # classroom, lab, staff
    Column("base_load_kw", Float),
    Column("created_s", _BIG, nullable=False),
    Index("node_parent", "parent_id"),
)

timetable_slot = Table(
    "timetable_slot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("day", SmallInteger, nullable=False),  # 0 is Monday
    Column("start", String(5), nullable=False),  # "HH:MM", local
    Column("end", String(5), nullable=False),
    Index("timetable_slot_node", "node_id"),
)

gateway = Table(
    "gateway",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(63), nullable=False, unique=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("public_key", String(64), nullable=False),
    Column("created_s", _BIG, nullable=False),
    Column("last_contact_ms", _BIG),
    Column("epoch", String(32)),  # the current one
    Column("inventory_id", Integer),  # the current one
    Column("status", Text),  # JSON, as last sent
    Column("clone_notice", Text),  # why two holders of the identity are suspected
)

epoch = Table(
    "epoch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("first_seen_ms", _BIG, nullable=False),
    Column("superseded_ms", _BIG),
    Column("uploads_after_superseded", Integer, nullable=False, server_default="0"),
    Column("produced", _BIG, nullable=False, server_default="0"),
    Column("declared_lost", _BIG, nullable=False, server_default="0"),
    Column("delivered", _BIG, nullable=False, server_default="0"),  # rows
    Column("rejected", _BIG, nullable=False, server_default="0"),  # of those
    Column("batches", _BIG, nullable=False, server_default="0"),
    Column("highest_seq", _BIG, nullable=False, server_default="0"),
    Column("resent", _BIG, nullable=False, server_default="0"),  # known batches
    UniqueConstraint("gateway_id", "epoch"),
)

inventory = Table(
    "inventory",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical JSON
    Column("point_ids", LargeBinary, nullable=False),  # int32, -1 where refused
    UniqueConstraint("gateway_id", "hash"),
)

device = Table(
    "device",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("gateway_id", ForeignKey("gateway.id")),  # none: it posts by itself
    Column("slug", String(63), nullable=False),
    Column("model", String(100), nullable=False),
    Column("role", String(20), nullable=False),  # contract.inventory.Role
    Column("simulated", Boolean, nullable=False),
    Column("is_counter", Boolean, nullable=False, server_default="0"),
    Column("reporting_interval_s", Integer, nullable=False, server_default="60"),
    Column("capacity_kw", Float),  # what current_load is a percentage of
    Column("nominal_voltage_v", Float, nullable=False, server_default="230"),
    Column("last_contact_ms", _BIG),
    UniqueConstraint("node_id", "slug", "simulated"),
)

point = Table(
    "point",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("gateway_id", ForeignKey("gateway.id")),
    Column("quantity", String(40), nullable=False),  # contract.quantity.Quantity
    Column("modulus_kwh", Float),
    UniqueConstraint("device_id", "quantity"),
    Index("point_node", "node_id"),
)

# --- readings ---------------------------------------------------------------------

batch = Table(
    "batch",
    metadata,
    Column("id", _BIG, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("epoch_id", ForeignKey("epoch.id"), nullable=False),
    Column("seq", _BIG, nullable=False),
    Column("inventory_id", ForeignKey("inventory.id"), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("first_at_ms", _BIG, nullable=False),
    Column("last_at_ms", _BIG, nullable=False),
    Column("received_ms", _BIG, nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # the sealed bytes, compressed
    UniqueConstraint("epoch_id", "seq"),
    Index("batch_time", "gateway_id", "last_at_ms"),
)

rejected_row = Table(
    "rejected_row",
    metadata,
    Column("batch_id", ForeignKey("batch.id"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("reason", String(200), nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("seq", _BIG, nullable=False),
    Column("received_ms", _BIG, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("gateway_id", "checksum"),
)

device_reading = Table(  # posted by devices that have no gateway
    "device_reading",
    metadata,
    Column("id", _BIG, primary_key=True),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("idempotency_key", String(100)),
    Column("at_ms", _BIG, nullable=False),
    Column("received_ms", _BIG, nullable=False),
    Column("body", Text, nullable=False),  # JSON, as accepted
    UniqueConstraint("device_id", "idempotency_key"),
    Index("device_reading_time", "device_id", "at_ms"),
)

newest = Table(
    "newest",
    metadata,
    Column("point_id", ForeignKey("point.id"), primary_key=True),
    Column("at_ms", _BIG, nullable=False),
    Column("value", Float, nullable=False),
    Column("quality", SmallInteger, nullable=False),
)

dirty = Table(
    "dirty",
    metadata,
    Column("gateway_id", ForeignKey("gateway.id"), primary_key=True),
    Column("start_s", _BIG, primary_key=True),  # of the 15-minute interval
    Column("marked_ns", _BIG, nullable=False),  # tells a later mark from an earlier
)

dirty_node = Table(  # sums above the gateways' own nodes, still to be made
    "dirty_node",
    metadata,
    Column("node_id", ForeignKey("node.id"), primary_key=True),
    Column("start_s", _BIG, primary_key=True),  # of the 15-minute interval
    Column("marked_ns", _BIG, nullable=False),
)

span = Table(  # where each point's readings begin and end, as far as rolled up
    "span",
    metadata,
    Column("gateway_id", ForeignKey("gateway.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # store.spans.SPAN records
)

gap = Table(  # steps of a counter that took longer than contract.energy.MAX_GAP
    "gap",
    metadata,
    Column("point_id", ForeignKey("point.id"), primary_key=True),
    Column("from_ms", _BIG, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("to_ms", _BIG, nullable=False),
    Column("from_value", Float, nullable=False),
    Column("to_value", Float, nullable=False),
    Index("gap_gateway", "gateway_id", "to_ms"),
)

rollup = Table(
    "rollup",
    metadata,
    Column("node_id", ForeignKey("node.id"), primary_key=True),
    Column("resolution_min", SmallInteger, primary_key=True),  # 15, 60, 1440
    Column("simulated", Boolean, primary_key=True),
    Column("start_s", _BIG, primary_key=True),  # days start at local midnight
    Column("energy_kwh", Float),
    Column("estimated_kwh", Float),
    Column("coverage", Float),  # of energy_kwh, 0 to 1
    Column("peak_kw", Float),
    Column("generated_kwh", Float),
    Column("saved_kwh", Float),
    Column("base_kwh", Float),
    Column("ac_kwh", Float),
    Column("light_kwh", Float),
    Column("equipment_kwh", Float),
    Column("temperature_c", Float),
    Column("occupancy_rate", Float),
    sqlite_with_rowid=False,
)

# --- intelligence -----------------------------------------------------------------

model = Table(
    "model",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("published_s", _BIG, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("onnx", LargeBinary, nullable=False),
    UniqueConstraint("node_id", "version"),
)

# --- people and keys --------------------------------------------------------------

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),  # domain.role.Role
    Column("password_hash", String(200), nullable=False),
    Column("created_s", _BIG, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("created_s", _BIG, nullable=False),
    Column("expires_s", _BIG, nullable=False),
)

invitation = Table(  # one-time links
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("expires_s", _BIG, nullable=False),
    Column("used_s", _BIG),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("role", String(20)),  # a person's key; else a device's
    Column("device_id", ForeignKey("device.id")),
    Column("created_s", _BIG, nullable=False),
    Column("last_used_s", _BIG),
    Column("revoked_s", _BIG),
)

# --- jobs and settings ------------------------------------------------------------

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("state", String(20), nullable=False),  # queued, running, done, failed
    Column("due_s", _BIG, nullable=False),
    Column("started_s", _BIG),
    Column("finished_s", _BIG),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("error", Text),
    Index("job_due", "state", "due_s"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
