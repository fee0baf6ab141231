"""The forecast that is told of a node: its gateway's, if that sent one, else ours."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cloud.analytics.origins import QUARTER_S
from cloud.domain.outlook import Horizon, Outlook, Source
from cloud.facts.forecast.kept import Kept
from cloud.facts.forecast.known import HOUR_S, Known, known, local_hour_s
from cloud.facts.forecast.making import Made, make
from cloud.facts.tree import main_site, tree
from cloud.store import forecasts, models
from cloud.store.database import Connection, Database
from cloud.store.site import NodeRow
from contract.forecast_status import ForecastStatus

FRESH: Final = timedelta(minutes=45)
"""A forecast for an hour that began longer ago is no longer told."""
FRESH_DAY: Final = timedelta(minutes=75)
"""The same for 24 hours: they are made each hour."""

_BACK: Final = FRESH // timedelta(seconds=QUARTER_S)  # quarter hours
_SHARED_S: Final = 300
_made: Final = Kept[Made](256)


class NoForecastError(LookupError):
    """There is no forecast; the message says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """One forecast of one node.

    Attributes:
        why_naive: In words why no model made it; empty where one did.
    """

    node: NodeRow
    outlook: Outlook
    why_naive: str


def find(database: Database, connection: Connection, reference: str | None) -> NodeRow:
    """Return the node, or the only or first site.

    Raises:
        UnknownNodeError: There is no such node.
    """
    campus = tree(database, connection)
    return campus.find(reference) if reference else main_site(campus)


def told(
    database: Database,
    connection: Connection,
    node: NodeRow,
    now: datetime,
    horizon: Horizon,
) -> Told:
    """Return the newest forecast of `node`.

    Raises:
        NoForecastError: Nothing is known of its last week.
    """
    for found in (
        of_gateway(connection, node, now, horizon),
        _kept(connection, node, now, horizon),
    ):
        if found is not None:
            return found
    return _on_demand(database, connection, node, now, horizon)


def gateway_status(connection: Connection, node: NodeRow) -> ForecastStatus | None:
    """Return what the node's gateway last said of its forecasts."""
    raw = models.gateway_status(connection, node.id)
    match json.loads(raw or "null"):
        case {"forecast": forecast}:
            with suppress(ValueError):  # of an earlier version of the gateway
                return ForecastStatus.from_json(forecast)
    return None


def of_gateway(
    connection: Connection, node: NodeRow, now: datetime, horizon: Horizon
) -> Told | None:
    """Return the forecast that the node's gateway sent, if it is fresh."""
    status = gateway_status(connection, node)
    if status is None or status.origin_s is None:
        return None
    age = now - datetime.fromtimestamp(status.origin_s, now.tzinfo)
    if not timedelta() <= age <= _fresh(horizon):
        return None
    rows = [status.next_hour] if horizon is Horizon.NEXT_HOUR else status.day_ahead
    kw = np.array([row for row in rows if row is not None]).reshape(-1, 4)
    if len(kw) != horizon.hours:
        return None
    version = status.model.version if status.model else None
    outlook = Outlook(horizon, Source.GATEWAY, status.origin_s, version, kw)
    return Told(node, outlook, "" if version is not None else status.why)


def _kept(
    connection: Connection, node: NodeRow, now: datetime, horizon: Horizon
) -> Told | None:
    """Return the newest forecast that the worker made, if it is fresh."""
    if horizon is Horizon.NEXT_HOUR:
        return None  # one can be made for the hour from now on
    span_s = int((now - FRESH_DAY).timestamp()), int(now.timestamp()) + 1
    found = forecasts.between(connection, node.id, horizon, span_s)
    ours = [each for each in found if each.source is not Source.GATEWAY]
    if not ours:
        return None
    return Told(node, ours[-1], "" if ours[-1].version else "no model made it")


def _on_demand(
    database: Database,
    connection: Connection,
    node: NodeRow,
    now: datetime,
    horizon: Horizon,
) -> Told:
    def answer() -> Made:
        of = known(database, connection, node, now)
        made = make(connection, of, origin_s(of, now, horizon), [horizon])
        if not made.outlooks:
            raise NoForecastError(f"nothing is known of {node.path} in the last week")
        return made

    newest = max(models.manifests(connection, node.id), default=0)
    made = _made.get(
        database,
        (node.id, horizon, newest, int(now.timestamp()) // _SHARED_S),
        answer,
    )
    return Told(node, made.outlooks[0], made.why_naive)


def origin_s(of: Known, now: datetime, horizon: Horizon) -> int:
    """Return the last instant up to which the load is known, within `FRESH`.

    The next hour may begin at any instant of the grid, a day with an hour on the wall.
    Where the load is not known, the last such instant.
    """
    now_s = int(now.timestamp())
    if horizon is Horizon.DAY_AHEAD:
        instants = local_hour_s(now_s, of.calendar) - HOUR_S * np.arange(2)
    else:
        last_s = now_s // QUARTER_S * QUARTER_S
        instants = last_s - QUARTER_S * np.arange(_BACK + 1)
    is_known = np.isfinite(of.means.past_kw(instants, 1)[:, 0])
    return int(instants[int(np.argmax(is_known))])


def _fresh(horizon: Horizon) -> timedelta:
    return FRESH if horizon is Horizon.NEXT_HOUR else FRESH_DAY
