"""The tables, as SQLAlchemy Core; instants are integers in UTC, names say ms or s."""

from cloud.store.schema.alerts import alert
from cloud.store.schema.anomalies import (
    anomaly,
    anomaly_feedback,
    phase_hour,
)
from cloud.store.schema.columns import metadata
from cloud.store.schema.forecasts import (
    forecast,
    track,
)
from cloud.store.schema.maintenance import (
    asset,
    asset_day,
    finding,
)
from cloud.store.schema.people import (
    api_key,
    invitation,
    session,
    user,
)
from cloud.store.schema.readings import (
    batch,
    device_reading,
    dirty,
    dirty_node,
    gap,
    newest,
    quarantine,
    rejected_row,
    rollup,
    span,
)
from cloud.store.schema.site import (
    device,
    epoch,
    gateway,
    inventory,
    node,
    point,
    site_period,
    timetable_slot,
)
from cloud.store.schema.weather import (
    generation_forecast,
    generator,
    weather_forecast,
    weather_hour,
    weather_place,
)
from cloud.store.schema.work import (
    job,
    model,
    setting,
)

__all__ = [
    "alert",
    "anomaly",
    "anomaly_feedback",
    "api_key",
    "asset",
    "asset_day",
    "batch",
    "device",
    "device_reading",
    "dirty",
    "dirty_node",
    "epoch",
    "finding",
    "forecast",
    "gap",
    "gateway",
    "generation_forecast",
    "generator",
    "inventory",
    "invitation",
    "job",
    "metadata",
    "model",
    "newest",
    "node",
    "phase_hour",
    "point",
    "quarantine",
    "rejected_row",
    "rollup",
    "session",
    "setting",
    "site_period",
    "span",
    "timetable_slot",
    "track",
    "user",
    "weather_forecast",
    "weather_hour",
    "weather_place",
]
