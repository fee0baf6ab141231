"""`voltonic-cloud maintenance`, as somebody would call it."""

import json

import pytest
from click.testing import CliRunner

from cloud.__main__ import main


def evaluate(*arguments):
    given = [*map(str, arguments)]
    return CliRunner().invoke(main, ["maintenance", "evaluate", *given])


def test_json_alone_is_on_stdout(tmp_path):
    pictures = tmp_path / "pictures"
    done = evaluate(
        "--draws", 2, "--kinds", "pv,battery", "--json", "--plots", pictures
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["drift_percent"] == 15
    assert set(found["kinds"]) == {"pv", "battery"}
    figures = found["kinds"]["pv"]
    assert figures["assets"] == 2
    assert [drift["comes_within_days"] for drift in figures["drifts"]] == [1, 30, 90]
    assert {each.name for each in pictures.iterdir()} == {"pv.png", "battery.png"}


def test_people_read_a_table():
    done = evaluate("--draws", 1, "--kinds", "battery")
    assert done.exit_code == 0, done.output
    assert "15 % worse, 1 drawn assets a kind" in done.stdout
    assert "battery capacity" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--draws", "0"), 2, "'--draws'"),
        (("--kinds", "toaster"), 2, "no kind 'toaster'; there are hvac"),
        (("--weather", "none.csv"), 2, "'none.csv' does not exist"),
    ],
)
def test_what_is_wrong_is_named(arguments, status, said):
    done = evaluate(*arguments)
    assert done.exit_code == status
    assert said in done.stderr
