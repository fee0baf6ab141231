"""What was forecast against what came."""

from datetime import timedelta

import numpy as np
import pytest

from cloud.domain.outlook import Horizon, Outlook, Source
from cloud.facts.forecast.accuracy import accuracy
from cloud.facts.forecast.predictions import predictions
from cloud.store import forecasts
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS

HOUR = timedelta(hours=1)
PERFECT = {"nrmse_percent": 0.0, "nmbe_percent": 0.0, "coverage80_percent": 100.0}


@pytest.fixture
def told(database, id_of, know):
    """Keep forecasts of the last hours: what came, times a factor."""

    def store(factor=1.0, hours=48, source=Source.CLOUD, width=0.1, **changes):
        with database.read() as connection:
            means = know(connection).means
        made = []
        for back in range(hours, 0, -1):
            origin_s = int((NOW - back * HOUR).timestamp())
            for horizon in Horizon:
                ends = origin_s + 3_600 * np.arange(1, horizon.hours + 1)
                mean = factor * np.nan_to_num(means.ending_kw(ends))
                kw = np.column_stack(
                    (mean, (1 - width) * mean, mean, (1 + width) * mean)
                )
                made.append(Outlook(horizon, source, origin_s, 1, kw))
        with database.write() as connection:
            forecasts.put(connection, id_of[PHYSICS], made)

    return store


def test_forecasts_that_came_true_missed_by_nothing(database, measured, told):
    measured(36)
    told()
    found = accuracy(database, NOW, PHYSICS, 7)
    for horizon in ("next_hour", "day_ahead"):
        assert found[horizon].items() >= PERFECT.items()
    assert found["next_hour"]["forecasts"] == found["next_hour"]["hours"] == 48
    assert found["next_hour"]["sources"] == {"cloud": 48}
    assert found["next_hour"]["naive"]["nrmse_percent"] > 0


def test_hours_that_are_not_over_are_not_judged(database, measured, told):
    measured(36)
    told()
    over = 24 * (48 - 23) + sum(range(24))
    assert accuracy(database, NOW, PHYSICS, 7)["day_ahead"]["hours"] == over


def test_errors_have_their_size_and_their_sign(database, measured, told):
    measured(36)
    told(1.2)
    found = accuracy(database, NOW, PHYSICS, 7)["day_ahead"]
    assert found["mape_percent"] == pytest.approx(20, abs=0.1)
    assert found["nmbe_percent"] == pytest.approx(-20, abs=0.1)
    assert found["coverage80_percent"] == 0


def test_every_lead_hour_is_told(database, measured, told):
    measured(36)
    told(1.1)
    rows = accuracy(database, NOW, PHYSICS, 7)["by_lead_hour"]
    assert [row["lead_hour"] for row in rows] == list(range(1, 25))
    assert all(row["nrmse_percent"] > 9 for row in rows)


def test_only_the_days_asked_for_count(database, measured, told):
    measured(36)
    told()
    assert accuracy(database, NOW, PHYSICS, 1)["next_hour"]["forecasts"] == 24


def test_of_one_origin_the_forecast_of_the_gateway_was_told(database, measured, told):
    measured(36)
    told(2.0)
    told(1.0, source=Source.GATEWAY)
    found = accuracy(database, NOW, PHYSICS, 7)["next_hour"]
    assert (found["nrmse_percent"], found["sources"]) == (0.0, {"gateway": 48})


def test_a_load_of_nothing_has_no_errors_by_its_size(database, measured, told):
    measured(36, kw=lambda at: 0.0)
    told()
    found = accuracy(database, NOW, PHYSICS, 7)["day_ahead"]
    assert found["mape_percent"] is found["nrmse_percent"] is found["naive"] is None
    assert found["coverage80_percent"] == 100


def test_before_anything_came_there_is_nothing(database, measured):
    measured(2)
    found = accuracy(database, NOW, PHYSICS, 28)
    assert found["next_hour"] is found["day_ahead"] is None
    assert found["by_lead_hour"] == []


def test_the_validation_score_is_what_is_left_of_a_hundred(
    database, measured, publish, told
):
    measured(36)
    publish()
    told(1.2)
    found = predictions(database, NOW, PHYSICS)
    nrmse = accuracy(database, NOW, PHYSICS, 28)["day_ahead"]["nrmse_percent"]
    assert found["validation_score"] == pytest.approx(100 - nrmse)
    assert found["mape"] == pytest.approx(20, abs=0.1)
    first = found["predictions"][0]
    assert first["lower_bound"] <= first["predicted_consumption"]
    assert len(found["predictions"]) == 24
    assert found["predictions"][1]["timestamp"] - first["timestamp"] == 3_600


def test_before_anything_came_the_score_is_of_the_backtest(database, measured, publish):
    measured(36)
    publish()
    found = predictions(database, NOW, PHYSICS)
    assert (found["mape"], found["validation_score"]) == (None, 92.0)


def test_without_a_model_and_without_data_there_is_no_score(database, measured):
    measured(2)
    found = predictions(database, NOW, PHYSICS)
    assert found["mape"] is found["validation_score"] is None
