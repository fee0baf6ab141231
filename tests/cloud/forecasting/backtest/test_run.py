"""A whole run: some buildings can't be tested, the others are, in any process."""

from datetime import date

import numpy as np
import pytest

from cloud.forecasting.backtest.baselines import BASELINES, told
from cloud.forecasting.backtest.case import case_of
from cloud.forecasting.backtest.judging import judged
from cloud.forecasting.backtest.plots import draw
from cloud.forecasting.backtest.report import as_json
from cloud.forecasting.backtest.run import Question, run
from cloud.meter_files import MeterFiles
from tests.cloud.forecasting.backtest.made_up import TEST, building

FILES = MeterFiles(
    buildings=(
        building(name="hall"),
        building(name="lab", seed=1, zone="Asia/Kolkata"),
        building(name="new", days=20),
    ),
    unusable={"dead": "there is no usable reading"},
    complaints=("load.csv: 3 lines are out of order; they were sorted",),
)


@pytest.fixture(scope="module")
def outcome():
    shares = []
    found = run(
        FILES, Question(TEST, 24, BASELINES), lambda share, _: shares.append(share)
    )
    return found, shares


def test_those_that_can_be_tested_are_and_the_others_are_named(outcome):
    found = as_json(outcome[0])
    assert list(found["buildings"]) == ["hall", "lab"]
    assert found["left_out"] == {
        "dead": "there is no usable reading",
        "new": "0 hours can be tested from 2025-03-22 on, 24 are needed",
    }
    assert found["file_complaints"] == [*FILES.complaints]


def test_other_processes_find_what_this_one_finds(outcome):
    for number, name in enumerate(("hall", "lab")):
        case = case_of(FILES.buildings[number], TEST, 24, None)
        here = judged(case, {model: told(model, case) for model in BASELINES})
        assert outcome[0].buildings[number].name == name
        assert outcome[0].buildings[number].scores == here.scores


def test_the_median_is_of_the_buildings_and_every_model_has_every_figure(outcome):
    found = as_json(outcome[0])
    for model in BASELINES:
        each = [found["buildings"][name][model] for name in ("hall", "lab")]
        for figure in ("nrmse", "mape", "nmbe", "pinball", "coverage80", "cv_rmse"):
            median = found["median"][model][figure]
            assert median == pytest.approx(
                np.median([e[figure] for e in each]), abs=2e-3
            )


def test_progress_rises_to_the_end(outcome):
    _, shares = outcome
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_with_nothing_to_test_there_is_an_empty_outcome():
    found = run(FILES, Question(date(2030, 1, 1), 1, BASELINES), lambda *_: None)
    assert found.buildings == ()
    assert set(found.left_out) == {"hall", "lab", "new", "dead"}


def test_a_picture_is_a_png_whatever_the_building_is_called(outcome, tmp_path):
    from dataclasses import replace

    path = draw(replace(outcome[0].buildings[0], name="../Büro 1/2"), tmp_path)
    assert path.parent == tmp_path
    assert path.read_bytes().startswith(b"\x89PNG")
