"""Forecasts, weather, findings and alerts."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_COLUMNS: Final[dict[str, tuple[sa.Column[object], ...]]] = {
    "node": (sa.Column("connection_limit_kw", sa.Float),),
}
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
    "asset": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("points", sa.Text, nullable=False),
        sa.Column("rated_kw", sa.Float),
        sa.Column("rated_kwh", sa.Float),
        sa.Column("commissioned", sa.String(10)),
        sa.Column("serviced", sa.String(10)),
        sa.UniqueConstraint("node_id", "slug"),
    ),
    "asset_day": (
        sa.Column("asset_id", sa.Integer, sa.ForeignKey("asset.id"), primary_key=True),
        sa.Column("start_s", _BIG, primary_key=True),
        sa.Column("figures", sa.Text, nullable=False),
    ),
    "finding": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("asset_id", sa.Integer, sa.ForeignKey("asset.id"), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("start_s", _BIG, nullable=False),
        sa.Column("found_s", _BIG, nullable=False),
        sa.Column("known_s", _BIG, nullable=False),
        sa.Column("ended_s", _BIG),
        sa.Column("change_percent", sa.Float, nullable=False),
        sa.Column("slope_percent_per_day", sa.Float, nullable=False),
        sa.Column("days_until", sa.Float),
        sa.Column("days_until_low", sa.Float),
        sa.Column("days_until_high", sa.Float),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("advice", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.UniqueConstraint("asset_id", "kind", "found_s"),
    ),
}


def upgrade() -> None:
    for name, columns in _COLUMNS.items():
        for column in columns:
            op.add_column(name, column)
    for name, items in _TABLES.items():
        op.create_table(name, *items)
