"""Forecasts, weather, findings and alerts."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _weather() -> tuple[sa.Column[object], ...]:
    """Return the columns of an hour's weather."""
    return (
        sa.Column("temperature_c", sa.Float),
        sa.Column("wind_10m_ms", sa.Float),
        sa.Column("wind_80m_ms", sa.Float),
        sa.Column("global_w_m2", sa.Float),
        sa.Column("direct_w_m2", sa.Float),
        sa.Column("diffuse_w_m2", sa.Float),
        sa.Column("cloud_percent", sa.Float),
        sa.Column("humidity_percent", sa.Float),
    )


_COLUMNS: Final[dict[str, tuple[sa.Column[object], ...]]] = {
    "node": (
        sa.Column("connection_limit_kw", sa.Float),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("country", sa.String(2)),
        sa.Column("subdivision", sa.String(10)),
    ),
}
"""Columns that tables of the first schema gain."""
_TABLES: Final[dict[str, tuple[sa.schema.SchemaItem, ...]]] = {
    "alert": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("gateway_id", sa.Integer, sa.ForeignKey("gateway.id")),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("began_s", _BIG, nullable=False),
        sa.Column("ended_s", _BIG),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Index("alert_ended", "ended_s"),
    ),
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
    "phase_hour": (
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("start_s", _BIG, primary_key=True),
        *(
            sa.Column(f"l{phase}_{unit}", sa.Float)
            for unit in "va"
            for phase in (1, 2, 3)
        ),
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
        sa.Column("examined_s", _BIG),
        sa.Column("condition", sa.Text),
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
    "forecast": (
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("horizon", sa.String(10), primary_key=True),
        sa.Column("origin_s", _BIG, primary_key=True),
        sa.Column("source", sa.String(10), primary_key=True),
        sa.Column("version", sa.Integer),
        sa.Column("body", sa.LargeBinary, nullable=False),
    ),
    "site_period": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("first", sa.String(10), nullable=False),
        sa.Column("last", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.UniqueConstraint("node_id", "kind", "first"),
    ),
    "track": (
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("horizon", sa.String(10), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    ),
    "weather_place": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("next_s", _BIG, nullable=False),
        sa.Column("answered_s", _BIG),
        sa.Column("past_s", _BIG),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("source", "name"),
    ),
    "weather_forecast": (
        sa.Column(
            "place_id", sa.Integer, sa.ForeignKey("weather_place.id"), primary_key=True
        ),
        sa.Column("start_s", _BIG, primary_key=True),
        sa.Column("issued_s", _BIG, primary_key=True),
        *_weather(),
    ),
    "weather_hour": (
        sa.Column(
            "place_id", sa.Integer, sa.ForeignKey("weather_place.id"), primary_key=True
        ),
        sa.Column("start_s", _BIG, primary_key=True),
        *_weather(),
    ),
    "generator": (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("capacity_kw", sa.Float, nullable=False),
        sa.Column("tilt_deg", sa.Float),
        sa.Column("azimuth_deg", sa.Float),
        sa.Column("hub_height_m", sa.Float),
        sa.Column("curve", sa.String(60)),
        sa.Column("device", sa.String(63)),
        sa.UniqueConstraint("node_id", "slug"),
    ),
    "generation_forecast": (
        sa.Column(
            "generator_id", sa.Integer, sa.ForeignKey("generator.id"), primary_key=True
        ),
        sa.Column("start_s", _BIG, primary_key=True),
        sa.Column("issued_s", _BIG, primary_key=True),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("mean_kw", sa.Float, nullable=False),
        sa.Column("p10_kw", sa.Float, nullable=False),
        sa.Column("p50_kw", sa.Float, nullable=False),
        sa.Column("p90_kw", sa.Float, nullable=False),
        sa.Column("widened_by", sa.Float, nullable=False),
    ),
}

_RENAMED: Final = (("model", "onnx", "bundle"),)
"""Columns that hold something else from now on, until the next training."""


def upgrade() -> None:
    for table, before, after in _RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")
    for name, columns in _COLUMNS.items():
        for column in columns:
            op.add_column(name, column)
    for name, items in _TABLES.items():
        op.create_table(name, *items)
