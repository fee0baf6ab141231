"""Tables of the site model: nodes, timetables, gateways, devices, points."""

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
    Column("connection_limit_kw", Float),  # of its connection to the grid
    Column("created_s", BIG, nullable=False),
    Column("latitude", Float),  # sites only, degrees north
    Column("longitude", Float),  # sites only, degrees east
    Column("country", String(2)),  # sites only, ISO 3166-1
    Column("subdivision", String(10)),  # sites only, ISO 3166-2 after the country
    Index("node_parent", "parent_id"),
)

site_period = Table(
    "site_period",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("kind", String(10), nullable=False),  # domain.period.PeriodKind
    Column("first", String(10), nullable=False),  # ISO 8601 date, local
    Column("last", String(10), nullable=False),
    Column("name", String(200), nullable=False),
    UniqueConstraint("node_id", "kind", "first"),
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
    Column("created_s", BIG, nullable=False),
    Column("last_contact_ms", BIG),
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
    Column("first_seen_ms", BIG, nullable=False),
    Column("superseded_ms", BIG),
    Column("uploads_after_superseded", Integer, nullable=False, server_default="0"),
    Column("produced", BIG, nullable=False, server_default="0"),
    Column("declared_lost", BIG, nullable=False, server_default="0"),
    Column("delivered", BIG, nullable=False, server_default="0"),  # rows
    Column("rejected", BIG, nullable=False, server_default="0"),  # of those
    Column("batches", BIG, nullable=False, server_default="0"),
    Column("highest_seq", BIG, nullable=False, server_default="0"),
    Column("resent", BIG, nullable=False, server_default="0"),  # known batches
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
    Column("last_contact_ms", BIG),
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
