"""Forecasts, weather, findings and alerts."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_COLUMNS: Final[dict[str, tuple[sa.Column[object], ...]]] = {}
"""Columns that tables of the first schema gain."""
_TABLES: Final[dict[str, tuple[sa.schema.SchemaItem, ...]]] = {
    "anomaly": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("start_s", _BIG, nullable=False),
        sa.Column("end_s", _BIG),
        sa.Column("known_s", _BIG, nullable=False),
        sa.Column("found_s", _BIG, nullable=False),
        sa.Column("size_kwh", sa.Float),
        sa.Column("cost", sa.Float),
        sa.Column("currency", sa.String(3)),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.UniqueConstraint("node_id", "kind", "start_s"),
    ),
    "anomaly_feedback": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "anomaly_id", sa.Integer, sa.ForeignKey("anomaly.id"), nullable=False
        ),
        sa.Column("at_s", _BIG, nullable=False),
        sa.Column("author", sa.String(254), nullable=False),
        sa.Column("verdict", sa.String(30), nullable=False),
        sa.Column("note", sa.Text),
    ),
}


def upgrade() -> None:
    for name, columns in _COLUMNS.items():
        for column in columns:
            op.add_column(name, column)
    for name, items in _TABLES.items():
        op.create_table(name, *items)
