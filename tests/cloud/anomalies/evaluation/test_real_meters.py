"""The targets, on real buildings: every figure is measured, none is promised."""

from pathlib import Path

import pytest

from cloud import meter_files
from cloud.analytics.anomaly import Kind
from cloud.anomalies.evaluation.report import counts
from cloud.anomalies.evaluation.run import run

CAMPUS = Path(__file__).parents[5] / "shared/data/campus"


@pytest.fixture(scope="module")
def outcome():
    if not CAMPUS.exists():
        pytest.skip(f"no meter data at {CAMPUS}")
    files = meter_files.read(
        CAMPUS / "load_cornell.csv",
        CAMPUS / "weather_cornell.csv",
        CAMPUS / "buildings.csv",
    )
    return run(files, 6, 0, lambda *_: None)


def figures(outcome, *kinds):
    return counts(outcome.trials, kinds or Kind).figures()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_most_of_what_is_told_is_so_and_little_is_told_of_nothing(outcome):
    overall = figures(outcome)
    assert overall["precision"] >= 0.80
    assert overall["false_per_meter_month"] <= 0.35
    assert overall["untouched_per_meter_month"] <= 0.35


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Kind.STUCK, 0.99),
        (Kind.SPIKE, 0.95),
        (Kind.NIGHT_LOAD, 0.85),
        (Kind.DRIFT, 0.65),
    ],
)
def test_each_kind_is_found(outcome, kind, least):
    assert figures(outcome, kind)["recall"] >= least
