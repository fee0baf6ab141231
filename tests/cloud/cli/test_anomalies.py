"""`voltonic-cloud anomalies evaluate`, as somebody with files of their own uses it."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from click.testing import CliRunner

from cloud.__main__ import main
from tests.cloud.meter_files.csv_text import hourly

DAYS = 150
FEW = ("--draws", "2", "--timezone", "UTC")


def office(days=DAYS):
    hours = np.arange(days * 24)
    weekday = (hours // 24 + datetime(2025, 3, 1, tzinfo=UTC).weekday()) % 7
    at_work = (hours % 24 >= 8) & (hours % 24 < 18) & (weekday < 5)
    return np.round(20 + 40 * at_work + np.sin(hours * 0.7), 3).tolist()


def file(days=DAYS, **columns):
    return hourly(office(days), **columns)


@pytest.fixture
def evaluate(tmp_path):
    def call(*arguments, meters):
        path = tmp_path / "load.csv"
        path.write_text(meters)
        given = ["anomalies", "evaluate", "--meters", str(path), *map(str, arguments)]
        return CliRunner().invoke(main, given)

    return call


def test_json_alone_is_on_stdout_with_figures_of_each_kind(evaluate):
    done = evaluate(*FEW, "--json", meters=file(dead=[""] * DAYS * 24))
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["kinds"]) == {"stuck", "spike", "night_load", "drift"}
    for kind in ("stuck", "spike", "night_load"):
        figures = found["kinds"][kind]
        assert figures["injected"] == 2
        assert figures["recall"] == 1
        assert figures["delay_hours_median"] > 0
    assert found["overall"]["untouched_per_meter_month"] == 0
    assert found["overall"]["false_per_meter_month"] == 0
    assert "there is no usable reading" in found["left_out"]["dead"]
    assert "no drift is put in: that takes 238 days" in found["complaints"]["hall"]
    assert "Anomalies" in done.stderr


def test_the_same_seed_gives_the_same_figures_and_another_others(evaluate):
    def delays(seed):
        done = evaluate(*FEW, "--json", "--seed", seed, meters=file())
        return json.loads(done.stdout)["buildings"]

    assert delays(1) == delays(1)


def test_people_read_tables_and_the_complaints_below_them(evaluate, tmp_path):
    done = evaluate(*FEW, "--plots", tmp_path / "pictures", meters=file())
    assert done.exit_code == 0, done.output
    assert "2 draws × 1 meters, rates per meter and month" in done.stdout
    assert "night load" in done.stdout
    assert "no drift is put in" in done.stdout
    assert [each.name for each in (tmp_path / "pictures").iterdir()] == ["hall.png"]


def test_each_building_that_cannot_be_tried_is_named_and_the_others_go_on(evaluate):
    hours = DAYS * 24
    half = [5.0 + n % 24 if n % 3 == 0 else "" for n in range(hours)]
    done = evaluate(
        *FEW, "--json", meters=file(half=half, zero=[0] * hours, same=[7.5] * hours)
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["buildings"]) == {"hall"}
    assert "at least half of them are needed" in found["left_out"]["half"]
    assert set(found["left_out"]) == {"half", "zero", "same"}


@pytest.mark.parametrize(
    ("arguments", "days", "status", "said"),
    [
        (FEW, 14, 1, "it has 14 days; at least 126 are needed"),
        (("--draws", "0"), DAYS, 2, "'--draws'"),
        (("--seed", "-1"), DAYS, 2, "'--seed'"),
        (("--buildings", "attic"), DAYS, 2, "no column 'attic'"),
        (("--timezone", "Mars"), DAYS, 1, "'Mars' is not a time zone"),
    ],
)
def test_what_can_not_be_done_is_said_without_a_traceback(
    evaluate, arguments, days, status, said
):
    done = evaluate(*arguments, meters=file(days))
    assert done.exit_code == status
    assert said in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
