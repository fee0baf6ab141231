"""Tables of assets, what each did day by day, and the findings of maintenance."""

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

asset = Table(
    "asset",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("slug", String(63), nullable=False),
    Column("kind", String(20), nullable=False),  # domain.asset.AssetKind
    Column("name", String(200), nullable=False),
    Column("points", Text, nullable=False),  # JSON: figure to point or roll-up
    Column("rated_kw", Float),
    Column("rated_kwh", Float),
    Column("commissioned", String(10)),  # "YYYY-MM-DD", local
    Column("serviced", String(10)),  # from this day on it is as new
    Column("examined_s", BIG),
    Column("condition", Text),  # JSON: how it stood then
    UniqueConstraint("node_id", "slug"),
)

asset_day = Table(  # what the analyses look back on, so that readings may go
    "asset_day",
    metadata,
    Column("asset_id", ForeignKey("asset.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),  # local midnight
    Column("figures", Text, nullable=False),  # JSON
)

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey("asset.id"), nullable=False),
    Column("kind", String(30), nullable=False),  # analytics.maintenance.finding
    Column("start_s", BIG, nullable=False),
    Column("found_s", BIG, nullable=False),  # end of the day that showed it
    Column("known_s", BIG, nullable=False),  # how far it has been followed
    Column("ended_s", BIG),
    Column("change_percent", Float, nullable=False),  # against the baseline
    Column("slope_percent_per_day", Float, nullable=False),
    Column("days_until", Float),
    Column("days_until_low", Float),
    Column("days_until_high", Float),
    Column("confidence", Float, nullable=False),  # 0 to 1
    Column("sentence", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # JSON
    Column("state", String(20), nullable=False),  # domain.finding.FindingState
    UniqueConstraint("asset_id", "kind", "found_s"),
)
