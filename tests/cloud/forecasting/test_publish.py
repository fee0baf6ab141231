from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import onnxruntime
import pytest

from cloud.analytics.next_hour import hours
from cloud.forecasting.dataset import dataset, span
from cloud.forecasting.export import largest_difference_kw, to_onnx
from cloud.forecasting.publish import train_and_publish
from cloud.forecasting.train import fit
from cloud.store import models
from cloud.store.load_history import load_history, located
from contract.manifest import Manifest, check

PHYSICS = "campus/science/physics"
BUILDING_ID = 3


def test_a_published_model_is_what_its_manifest_promises(
    database, measured, intervals, now
):
    measured(intervals(14))
    manifest = train_and_publish(database, PHYSICS, now)
    with database.read() as connection:
        stored = models.newest_model(connection, BUILDING_ID)
    assert Manifest.from_bytes(stored.manifest) == manifest
    check(manifest, stored.onnx, subject=PHYSICS, now=now, running=None)
    assert manifest.rows > 1_000
    assert manifest.residual_p10_kw < manifest.residual_p90_kw


def test_the_model_beats_the_naive_forecast_on_a_course_of_the_day(
    database, measured, intervals, now
):
    measured(intervals(14))
    manifest = train_and_publish(database, PHYSICS, now)
    assert manifest.backtest_cv_rmse_percent < manifest.naive_cv_rmse_percent / 2


def test_a_model_is_small(database, measured, intervals, now):
    measured(intervals(60))
    train_and_publish(database, PHYSICS, now)
    with database.read() as connection:
        assert len(models.newest_model(connection, BUILDING_ID).onnx) < 1_000_000


def test_versions_rise_and_only_the_newest_are_kept(database, measured, intervals, now):
    measured(intervals(4))
    versions = [
        train_and_publish(database, PHYSICS, now + timedelta(hours=hour)).version
        for hour in range(models.KEPT + 1)
    ]
    assert versions == list(range(1, models.KEPT + 2))
    with database.read() as connection:
        assert models.newest_model(connection, BUILDING_ID).version == versions[-1]
        assert list(models.manifests(connection, BUILDING_ID)) == versions[1:]
        assert models.newest_version(connection, BUILDING_ID) == versions[-1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"temperature_c": None}, "without climate"),
        ({"energy_kwh": None, "coverage": 0.0}, "without load"),
        ({"simulated": True}, "0 complete rows"),
    ],
)
def test_without_enough_measured_hours_the_reason_is_told(
    database, measured, intervals, now, changes, reason
):
    measured(intervals(14, **changes))
    assert reason in train_and_publish(database, PHYSICS, now)


def test_an_unknown_node_is_named(database, now):
    assert "campus/nowhere" in train_and_publish(database, "campus/nowhere", now)


def test_onnx_computes_what_scikit_learn_computes(database, measured, intervals, now):
    measured(intervals(30))
    with database.read() as connection:
        history = load_history(connection, PHYSICS, *span(now))
        zone = located(connection, PHYSICS).zone
    rows = dataset(hours(history), ZoneInfo(zone))
    forest = fit(rows.matrix, rows.target_kw)
    assert largest_difference_kw(forest, to_onnx(forest), rows.matrix) <= 1e-3


def test_a_model_of_something_else_does_not_pass_the_parity_check(
    database, measured, intervals, now
):
    random = np.random.default_rng(3)
    matrix = random.uniform(0, 10, (200, 5)).astype(np.float32)
    one = fit(matrix, matrix[:, 0].astype(np.float64))
    other = fit(matrix, matrix[:, 1].astype(np.float64))
    assert largest_difference_kw(one, to_onnx(other), matrix) > 1e-3


def test_the_onnx_file_takes_one_row_of_five(database, measured, intervals, now):
    measured(intervals(7))
    train_and_publish(database, PHYSICS, now)
    with database.read() as connection:
        onnx = models.newest_model(connection, BUILDING_ID).onnx
    session = onnxruntime.InferenceSession(onnx)
    row = np.array([[12, 3, 30, 0.5, 110]], dtype=np.float32)
    (answer,) = session.run(None, {"row": row})
    assert answer.shape == (1, 1)
    assert 60 < answer[0, 0] < 160
