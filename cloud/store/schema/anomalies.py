"""Tables of anomalies found in the load, and of what people said about them."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cloud.store.schema.columns import BIG, metadata

anomaly = Table(
    "anomaly",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("kind", String(30), nullable=False),  # analytics.anomaly.episode.Kind
    Column("start_s", BIG, nullable=False),
    Column("end_s", BIG),  # none while it goes on
    Column("known_s", BIG, nullable=False),  # how far it has been followed
    Column("found_s", BIG, nullable=False),  # end of the data that showed it
    Column("size_kwh", Float),  # against what was expected
    Column("cost", Float),
    Column("currency", String(3)),
    Column("confidence", Float, nullable=False),  # 0 to 1
    Column("sentence", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # JSON
    Column("state", String(20), nullable=False),  # open, dismissed, confirmed, fixed
    UniqueConstraint("node_id", "kind", "start_s"),
)

anomaly_feedback = Table(
    "anomaly_feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("anomaly_id", ForeignKey("anomaly.id"), nullable=False),
    Column("at_s", BIG, nullable=False),
    Column("author", String(254), nullable=False),
    Column("verdict", String(30), nullable=False),
    Column("note", Text),
)

phase_hour = Table(  # hourly means of the three phases at main meters
    "phase_hour",
    metadata,
    Column("node_id", ForeignKey("node.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),
    *(Column(f"l{phase}_{unit}", Float) for unit in "va" for phase in (1, 2, 3)),
)
