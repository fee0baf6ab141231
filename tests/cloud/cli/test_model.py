"""`voltonic-cloud model`, as an operator types it."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from cloud.__main__ import main
from cloud.store import campus, models
from cloud.store.campus import NodeValues
from cloud.store.database import Database
from cloud.store.migrations import migrate
from cloud.store.schema import gateway, rollup
from contract.features import DAY_AHEAD, NEXT_HOUR
from contract.forecast_status import ForecastStatus, Refusal, State
from contract.manifest import Manifest
from contract.signing import public_key
from tests.published import onnx_of, packed, promise

PHYSICS = "campus/physics"


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def cli(data):
    def run(*arguments, exit_code=0):
        done = CliRunner().invoke(main, [*map(str, arguments), "--data", str(data)])
        assert done.exit_code == exit_code, done.output
        return done.output

    return run


@pytest.fixture
def node(data):
    """A building without history."""
    data.mkdir()
    database = Database(f"sqlite:///{data}/voltonic.db")
    migrate(database)
    with database.write() as connection:
        site = campus.add_node(connection, "campus", None, NodeValues("site", "C"))
        values = NodeValues("building", "Physics")
        node = campus.add_node(connection, PHYSICS, site, values)
    yield database, node
    database.close()


@pytest.fixture
def file(tmp_path):
    """A bundle of somewhere else."""
    path = tmp_path / "other.bundle"
    made = onnx_of(NEXT_HOUR, {"mean_alike": 1}), onnx_of(DAY_AHEAD, {"mean_alike": 1})
    path.write_bytes(packed(promise(), *made))
    return path


def measured(database, node_id, days=10):
    """A load with a course of the day, on a level that changes from day to day."""
    end_s = int(datetime.now(UTC).timestamp()) // 900 * 900
    rows = []
    for step in range(days * 96):
        start_s = end_s - 900 * (days * 96 - step)
        hour = start_s / 3600
        rows.append(
            {
                "node_id": node_id,
                "resolution_min": 15,
                "simulated": False,
                "start_s": start_s,
                "energy_kwh": 20 + 9 * np.sin(hour / 12 * np.pi) + 2 * (step // 96 % 3),
                "coverage": 1.0,
                "temperature_c": 25.0,
                "occupancy_rate": 0.5,
            }
        )
    with database.write() as connection:
        connection.execute(insert(rollup), rows)


@pytest.mark.parametrize(
    "command", ["list", "show", "publish", "rollback", "train", "kind"]
)
def test_every_command_has_an_example(command):
    done = CliRunner().invoke(main, ["model", command, "--help"])
    assert done.exit_code == 0
    assert f"voltonic-cloud model {command}" in done.output


def test_before_the_first_model_that_is_said(cli, node):
    assert "no models yet" in cli("model", "list")
    assert "no model yet" in cli("model", "show", "physics")


def test_a_file_is_published_shown_and_written_again(cli, node, file, tmp_path):
    assert f"{PHYSICS}: published version 1 (ours, 0.01 MB)" in cli(
        "model", "publish", "physics", "--file", file
    )
    said = cli("model", "list")
    assert PHYSICS in said
    assert "version 1 (ours), 2026-03-02 12:00: next hour 5.0 % (naive 9.0 %)" in said
    copy = tmp_path / "copy.bundle"
    said = cli("model", "show", PHYSICS, "--bundle", copy)
    assert "left out: 3 without load" in said
    assert copy.read_bytes() == file.read_bytes()
    [told] = json.loads(cli("model", "list", "--json"))
    assert told["versions"][0]["version"] == 1
    assert json.loads(cli("model", "show", PHYSICS, "--json")) == told


def test_a_rollback_is_one_command(cli, node, file):
    for _ in range(3):
        cli("model", "publish", "physics", "--file", file)
    assert "published version 4, which is version 2 again" in cli(
        "model", "rollback", "physics"
    )
    assert "published version 5, which is version 3 again" in cli(
        "model", "rollback", "physics", "--to", 3
    )
    said = cli("model", "rollback", "physics", "--to", 99, exit_code=1)
    assert "version 99 is not kept; kept are 1, 2, 3, 4, 5" in said


def test_a_file_that_is_no_bundle_and_a_node_that_is_none_are_refused(
    cli, node, file, tmp_path
):
    (tmp_path / "x").write_bytes(b"noise")
    said = cli("model", "publish", "physics", "--file", tmp_path / "x", exit_code=1)
    assert "can't be published: these bytes do not start like" in said
    said = cli("model", "publish", "moon", "--file", file, exit_code=1)
    assert "there is no node 'moon'" in said
    said = cli("model", "show", "physics", "--bundle", tmp_path / "y", exit_code=1)
    assert "there is no version" in said


def test_a_node_is_trained_by_hand_with_either_kind(cli, node):
    database, node_id = node
    said = cli("model", "train", "physics", exit_code=1)
    assert "campus/physics: " in said
    measured(database, node_id)
    said = cli("model", "train", "physics", "--kind", "seed_forest")
    assert "published version 1 (seed_forest" in said


def test_the_kind_is_set_for_what_is_below_too(cli, node):
    assert cli("model", "kind", "campus", "seed_forest") == "campus: seed_forest\n"
    database, node_id = node
    measured(database, node_id)
    assert "(seed_forest" in cli("model", "train", "physics")
    assert cli("model", "kind", "campus", "as-above") == "campus: ours\n"


def test_the_public_key_is_shown_and_stays(cli, data):
    key = cli("key", "signing").strip()
    assert cli("key", "signing").strip() == key
    assert key == public_key((data / "signing.key").read_text().strip())


def test_models_are_signed_with_that_key(cli, node, file):
    cli("model", "publish", "physics", "--file", file)
    database, node_id = node
    with database.read() as connection:
        stored = models.newest_model(connection, node_id)
    assert Manifest.opened(stored.manifest)[1] == cli("key", "signing").strip()


def test_a_key_that_others_can_read_ends_the_command_with_the_remedy(cli, node, data):
    cli("key", "signing")
    (data / "signing.key").chmod(0o644)
    for command in (("key", "signing"), ("model", "rollback", "physics")):
        assert "chmod 600" in cli(*command, exit_code=1)


def test_the_setting_names_another_file(cli, node, tmp_path, monkeypatch):
    path = tmp_path / "elsewhere.key"
    monkeypatch.setenv("VOLTONIC_SIGNING_KEY", str(path))
    key = cli("key", "signing").strip()
    assert key == public_key(path.read_text().strip())


def test_a_gateway_s_words_are_in_the_list(cli, node, file):
    database, node_id = node
    cli("model", "publish", "physics", "--file", file)
    refused = Refusal(1, "expired", does_worse=False)
    status = ForecastStatus(State.NAIVE, "no model yet", refused=refused)
    with database.write() as connection:
        values = {
            "slug": "phys",
            "node_id": node_id,
            "public_key": "",
            "created_s": 0,
            "last_contact_ms": int(datetime.now(UTC).timestamp()) * 1000,
            "status": json.dumps({"forecast": status.to_json()}),
        }
        connection.execute(insert(gateway).values(values))
    assert "phys runs the naive forecasts (naive): expired" in cli("model", "list")
