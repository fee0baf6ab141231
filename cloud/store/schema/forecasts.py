"""Tables of what was forecast, and of what forecasts have been learning from."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from cloud.store.schema.columns import BIG, metadata

forecast = Table(
    "forecast",
    metadata,
    Column("node_id", ForeignKey("node.id"), primary_key=True),
    Column("horizon", String(10), primary_key=True),  # domain.outlook.Horizon
    Column("origin_s", BIG, primary_key=True),
    Column("source", String(10), primary_key=True),  # domain.outlook.Source
    Column("version", Integer),  # of the model, if one made it
    Column("body", LargeBinary, nullable=False),  # float32, hours × outlook.COLUMNS
)

track = Table(  # one record for each node and horizon that the cloud forecasts
    "track",
    metadata,
    Column("node_id", ForeignKey("node.id"), primary_key=True),
    Column("horizon", String(10), primary_key=True),
    Column("version", Integer, nullable=False),  # of the model it belongs to; 0: none
    Column("body", LargeBinary, nullable=False),  # contract.track
)
