"""Table of alerts: what a person should know of, from when to when."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from cloud.store.schema.columns import BIG, metadata

alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("gateway_id", ForeignKey("gateway.id")),
    Column("kind", String(40), nullable=False),
    Column("severity", String(10), nullable=False),  # store.alerts.Severity
    Column("message", Text, nullable=False),
    Column("began_s", BIG, nullable=False),
    Column("ended_s", BIG),  # none while it goes on
    Column("detail", Text, nullable=False),  # JSON
    Index("alert_ended", "ended_s"),
)
