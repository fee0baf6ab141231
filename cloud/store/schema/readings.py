"""Tables of readings: batches, posts, newest values, roll-ups and what is due."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cloud.store.schema.columns import BIG, metadata

batch = Table(
    "batch",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("epoch_id", ForeignKey("epoch.id"), nullable=False),
    Column("seq", BIG, nullable=False),
    Column("inventory_id", ForeignKey("inventory.id"), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("first_at_ms", BIG, nullable=False),
    Column("last_at_ms", BIG, nullable=False),
    Column("received_ms", BIG, nullable=False),
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
    Column("seq", BIG, nullable=False),
    Column("received_ms", BIG, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("gateway_id", "checksum"),
)

device_reading = Table(  # posted by devices that have no gateway
    "device_reading",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("idempotency_key", String(100)),
    Column("at_ms", BIG, nullable=False),
    Column("received_ms", BIG, nullable=False),
    Column("body", Text, nullable=False),  # JSON, as accepted
    UniqueConstraint("device_id", "idempotency_key"),
    Index("device_reading_time", "device_id", "at_ms"),
)

newest = Table(
    "newest",
    metadata,
    Column("point_id", ForeignKey("point.id"), primary_key=True),
    Column("at_ms", BIG, nullable=False),
    Column("value", Float, nullable=False),
    Column("quality", SmallInteger, nullable=False),
)

dirty = Table(
    "dirty",
    metadata,
    Column("gateway_id", ForeignKey("gateway.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),  # of the 15-minute interval
    Column("marked_ns", BIG, nullable=False),  # tells a later mark from an earlier
)

dirty_node = Table(  # sums above the gateways' own nodes, still to be made
    "dirty_node",
    metadata,
    Column("node_id", ForeignKey("node.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),  # of the 15-minute interval
    Column("marked_ns", BIG, nullable=False),
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
    Column("from_ms", BIG, primary_key=True),
    Column("gateway_id", ForeignKey("gateway.id"), nullable=False),
    Column("to_ms", BIG, nullable=False),
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
    Column("start_s", BIG, primary_key=True),  # days start at local midnight
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
