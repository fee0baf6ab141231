"""The next 24 hours and how good the forecasts were, in one answer."""

from datetime import datetime

from cloud.domain.outlook import Horizon
from cloud.facts.forecast.accuracy import MOST_DAYS, accuracy
from cloud.facts.forecast.day import LEVEL
from cloud.facts.forecast.known import HOUR_S
from cloud.facts.forecast.told import find, told
from cloud.facts.forecast.versions import model_facts
from cloud.store.database import Database

Json = dict[str, object]


def predictions(database: Database, now: datetime, reference: str | None) -> Json:
    """Return 24 hours with their interval, `mape` and `validation_score`.

    The score is 100 − NRMSE of the forecasts of the last four weeks, at least 0; before
    any of them was followed by data, that of the model's backtest.

    Raises:
        UnknownNodeError: There is no such node.
        NoForecastError: Nothing is known of its last week.
    """
    with database.read() as connection:
        node = find(database, connection, reference)
        found = told(database, connection, node, now, Horizon.DAY_AHEAD)
        model = model_facts(connection, found, Horizon.DAY_AHEAD)
    outlook = found.outlook
    mape, nrmse = _errors(accuracy(database, now, node.path, MOST_DAYS)["day_ahead"])
    if nrmse is None:
        nrmse = model["backtest_cv_rmse_percent"]
    return {
        "node": node.path,
        "generated_at": outlook.origin_s,
        "source": outlook.source.value,
        "model": model,
        "confidence_level": LEVEL,
        "predictions": [
            {
                "timestamp": outlook.origin_s + lead * HOUR_S,
                "predicted_consumption": mean,
                "lower_bound": low,
                "upper_bound": high,
            }
            for lead, (mean, low, _, high) in enumerate(outlook.kw.tolist())
        ],
        "mape": mape,
        "validation_score": max(0.0, 100 - nrmse) if isinstance(nrmse, float) else None,
    }


def _errors(day_ahead: object) -> tuple[object, object]:
    match day_ahead:
        case {"mape_percent": mape, "nrmse_percent": nrmse}:
            return mape, nrmse
    return None, None
