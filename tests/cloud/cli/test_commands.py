import json

import pytest
from click.testing import CliRunner

from cloud.__main__ import main
from contract.signing import public_key

KEY = public_key("11" * 32)


@pytest.fixture
def cli(tmp_path):
    def run(*arguments, exit_code=0):
        done = CliRunner().invoke(
            main, [*map(str, arguments), "--data", str(tmp_path / "data")]
        )
        assert done.exit_code == exit_code, done.output
        return done.output

    return run


@pytest.mark.parametrize(
    "command",
    ["run", "worker", "migrate", "campus", "gateway", "device", "key", "ledger"],
)
def test_every_command_explains_itself(command):
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert len(done.output) > 200


def test_the_schema_is_brought_to_the_newest_revision(cli):
    said = cli("migrate")
    assert "revision 0002" in said
    assert cli("migrate") == said


def test_gateways_are_enrolled_from_a_list_and_listed(cli, tmp_path):
    entry = {"slug": "physics", "node": "campus/science/physics", "public_key": KEY}
    (tmp_path / "gateways.json").write_text(json.dumps([entry]))
    cli("gateway", "add", "--from", tmp_path / "gateways.json")
    assert json.loads(cli("gateway", "list", "--json")) == [entry]


def test_a_malformed_key_is_refused_with_the_remedy(cli):
    node = "campus/science/physics"
    said = cli("gateway", "add", "physics", "--node", node, "--key", "x", exit_code=1)
    assert "voltonic-gateway key" in said


def test_a_nodes_second_gateway_is_refused(cli):
    cli("gateway", "add", "physics", "--node", "campus/science", "--key", KEY)
    below = "campus/science/physics"
    said = cli("gateway", "add", "other", "--node", below, "--key", KEY, exit_code=1)
    assert "already served by physics" in said


def test_a_campus_file_is_imported_and_its_faults_named(cli, tmp_path):
    file = tmp_path / "campus.json"
    site = {"slug": "campus", "name": "Campus", "timezone": "Asia/Kolkata", "nodes": []}
    file.write_text(json.dumps({"format": 1, "sites": [site]}))
    assert "1 nodes added" in cli("campus", "import", file)
    site["timezone"] = "Asia/Nowhere"
    file.write_text(json.dumps({"format": 1, "sites": [site]}))
    assert "sites.0.timezone" in cli("campus", "import", file, exit_code=1)


def test_keys_are_printed_once_and_kept_hashed(cli, tmp_path):
    key = cli("key", "add", "demo", "--role", "viewer").strip()
    assert len(key) >= 32
    assert key.encode() not in (tmp_path / "data" / "voltonic.db").read_bytes()
    cli("device", "add", "grounds/pump", "esp")
    made = json.loads(
        cli("key", "add", "pump", "--device", "grounds/pump/esp", "--json")
    )
    assert made["device"] == "grounds/pump/esp"
    said = cli("key", "add", "x", "--device", "grounds/no/esp", exit_code=1)
    assert "device add" in said
    assert "either" in cli("key", "add", "x", exit_code=2)


def test_the_openapi_document_is_printed():
    done = CliRunner().invoke(main, ["openapi"])
    assert done.exit_code == 0
    document = json.loads(done.output)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/gateways/{slug}/uploads" in document["paths"]


def test_the_ledger_is_json(cli):
    assert json.loads(cli("ledger", "--verify"))["gateways"] == []


def test_a_directory_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(main, ["migrate", "--data", str(tmp_path / "file" / "x")])
    assert done.exit_code == 1
    assert "--data" in done.output
