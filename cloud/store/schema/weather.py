"""Tables of the weather, of what makes electricity, and of what it will make."""

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


def _values() -> list[Column[float]]:
    return [
        Column("temperature_c", Float),
        Column("wind_10m_ms", Float),
        Column("wind_80m_ms", Float),
        Column("global_w_m2", Float),  # on the horizontal plane
        Column("direct_w_m2", Float),  # of the sun alone, facing it
        Column("diffuse_w_m2", Float),  # of the sky, on the horizontal plane
        Column("cloud_percent", Float),
        Column("humidity_percent", Float),
    ]


weather_place = Table(  # where weather is asked for, and how the asking goes
    "weather_place",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(20), nullable=False),
    Column("name", String(20), nullable=False),  # degrees north and east, rounded
    Column("next_s", BIG, nullable=False),  # not to be asked for before
    Column("answered_s", BIG),
    Column("past_s", BIG),  # how far back it was asked for what was
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("error", Text),
    UniqueConstraint("source", "name"),
)

weather_hour = Table(  # hours that are over
    "weather_hour",
    metadata,
    Column("place_id", ForeignKey("weather_place.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),
    *_values(),
)

weather_forecast = Table(
    "weather_forecast",
    metadata,
    Column("place_id", ForeignKey("weather_place.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),
    Column("issued_s", BIG, primary_key=True),
    *_values(),
)

generator = Table(  # photovoltaic arrays and wind turbines
    "generator",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("slug", String(63), nullable=False),
    Column("kind", String(10), nullable=False),  # domain.generator.GeneratorKind
    Column("capacity_kw", Float, nullable=False),
    Column("tilt_deg", Float),  # arrays: 0 lies flat
    Column("azimuth_deg", Float),  # arrays: 180 faces south
    Column("hub_height_m", Float),  # turbines
    Column("curve", String(60)),  # turbines: name of the power curve
    Column("device", String(63)),  # that counts what it makes, at the same node
    UniqueConstraint("node_id", "slug"),
)

generation_forecast = Table(  # mean power of hours
    "generation_forecast",
    metadata,
    Column("generator_id", ForeignKey("generator.id"), primary_key=True),
    Column("start_s", BIG, primary_key=True),
    Column("issued_s", BIG, primary_key=True),
    Column("source", String(20), nullable=False),  # of the weather it rests on
    Column("mean_kw", Float, nullable=False),
    Column("p10_kw", Float, nullable=False),
    Column("p50_kw", Float, nullable=False),
    Column("p90_kw", Float, nullable=False),
    Column("widened_by", Float, nullable=False),  # beyond what was learnt
)
