"""`voltonic-cloud backtest`, as somebody with files of their own would use it."""

import json

import pytest
from click.testing import CliRunner

from cloud.__main__ import main
from tests.cloud.meter_files.csv_text import hourly, wavy

COUNT = 24 * 40
FILE = hourly(wavy(COUNT), lab=[3 * each for each in wavy(COUNT)], dead=[""] * COUNT)
TRY = ("--train-until", "2025-04-01", "--models", "naive_day,naive_week")


@pytest.fixture
def backtest(tmp_path):
    def call(*arguments, meters=FILE):
        file = tmp_path / "load.csv"
        file.write_text(meters)
        given = [*map(str, arguments)]
        return CliRunner().invoke(main, ["backtest", "--meters", str(file), *given])

    return call


def test_json_alone_is_on_stdout_and_what_is_wrong_is_in_it(backtest):
    done = backtest(*TRY, "--timezone", "Europe/Berlin", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["buildings"]) == {"hall", "lab"}
    for models in (found["median"], *found["buildings"].values()):
        assert set(models) == {"naive_day", "naive_week"}
        for figures in models.values():
            assert {"nrmse", "mape", "nmbe", "pinball", "coverage80"} <= set(figures)
    assert found["left_out"] == {"dead": "there is no usable reading"}
    assert "Backtest" in done.stderr


def test_people_read_a_table_and_the_complaints_below_it(backtest, tmp_path):
    done = backtest(*TRY, "--horizon", 1, "--plots", tmp_path / "pictures")
    assert done.exit_code == 0, done.output
    assert "median of 2 buildings" in done.stdout
    assert "naive_week" in done.stdout
    assert "! hall, lab: its time zone is not known: UTC is assumed" in done.stdout
    assert "! dead is left out" in done.stdout
    names = {each.name for each in (tmp_path / "pictures").iterdir()}
    assert names == {"hall.png", "lab.png"}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--train-until", "soon"), 2, "'--train-until'"),
        ((*TRY, "--horizon", "48"), 2, "'--horizon'"),
        ((*TRY, "--cold-start", "0"), 2, "'--cold-start'"),
        ((*TRY, "--models", "oracle"), 2, "no model 'oracle'; there are naive_day"),
        ((*TRY, "--buildings", "attic"), 2, "no column 'attic'; there are hall, lab"),
        ((*TRY, "--timezone", "Mars"), 1, "'Mars' is not a time zone"),
        ((*TRY, "--weather", "none.csv"), 2, "'none.csv' does not exist"),
        (("--train-until", "2031-01-01"), 1, "no building could be tested"),
    ],
)
def test_what_can_not_be_done_is_said_without_a_traceback(
    backtest, arguments, status, said
):
    done = backtest(*arguments)
    assert done.exit_code == status
    assert said in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_file_that_is_no_table_ends_the_command_with_its_line(backtest):
    done = backtest(*TRY, meters=FILE.replace(",", ";"))
    assert done.exit_code == 1
    assert "load.csv: line 1: columns are separated by ';'" in done.output
