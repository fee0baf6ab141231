"""Tables of models, jobs and settings."""

from sqlalchemy import (
    Column,
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

model = Table(
    "model",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("published_s", BIG, nullable=False),
    Column("manifest", LargeBinary, nullable=False),  # sealed
    Column("bundle", LargeBinary, nullable=False),  # contract.bundle
    UniqueConstraint("node_id", "version"),
)

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("state", String(20), nullable=False),  # queued, running, done, failed
    Column("due_s", BIG, nullable=False),
    Column("started_s", BIG),
    Column("finished_s", BIG),
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
