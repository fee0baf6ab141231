"""What a technician reads of a gateway that runs, and of one that does not."""

import asyncio

import pytest
from click.testing import CliRunner

from gateway.commands.status import status
from tests.gateway.commands.background import answering
from tests.numbered import numbered, open_buffer

CONFIG = """
[gateway]
name = "physics"
node = "campus/science/physics"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.bus]
type = "modbus_tcp"
host = "127.0.0.1"
port = 1
[[devices]]
name = "meter"
node = "floor-1/room-101"
line = "bus"
unit = 1
model = "eastron_sdm120"
"""
FIGURES = {
    "buffer": {"readings": 50, "parked": 2, "hours_left": 2161.4, "disk_full": True},
    "produced": 1050,
    "delivered": 990,
    "declared_lost": 10,
    "last_contact_ms": None,
    "trouble": "the cloud cannot be reached",
    "trouble_detail": "https://energy.example.org: Connection refused",
    "devices": [
        {
            "node": "campus/science/physics/floor-1/room-101",
            "name": "meter",
            "state": "offline",
            "last_ok_ms": None,
            "error": "no answer",
        }
    ],
}


@pytest.fixture
def shown(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "gateway.toml").write_text(CONFIG)

    def run():
        return CliRunner().invoke(status, ["--config", str(tmp_path / "gateway.toml")])

    return run


def rows(output):
    """Return the lines of the output, runs of blanks turned into one."""
    return [" ".join(line.split()) for line in output.splitlines()]


def test_a_running_gateway_shows_buffer_link_disk_and_devices(tmp_path, shown):
    with answering(tmp_path / "data", lambda _question: FIGURES):
        result = shown()
    assert result.exit_code == 0, result.output
    told = rows(result.output)
    assert "gateway running" in told
    assert "last contact never" in told
    assert "pending 50 readings" in told
    assert "set aside 2 batches" in told
    assert "buffer holds 2161 h more" in told
    assert "disk full: new readings wait in memory" in told
    assert "floor-1/room-101/meter offline never no answer" in told
    assert "Connection refused" in result.output


def test_a_stopped_gateway_shows_what_its_buffer_holds(tmp_path, shown):
    async def ran():
        buffer = open_buffer(tmp_path / "data")
        committing = asyncio.create_task(buffer.run())
        await buffer.append(numbered(0, 7))
        buffer.stop()
        await committing
        await buffer.close()

    asyncio.run(ran())
    told = rows(shown().output)
    assert "gateway not running" in told
    assert "pending 7 readings" in told
    assert "floor-1/room-101/meter not polled never" in told


def test_a_gateway_that_never_ran_is_told_so(shown):
    result = shown()
    assert result.exit_code == 1
    assert "this gateway has not run yet" in result.output


def test_a_damaged_buffer_is_told_with_what_becomes_of_it(tmp_path, shown):
    (tmp_path / "data" / "buffer.db").write_bytes(bytes(range(256)) * 64)
    result = shown()
    assert result.exit_code == 1
    assert "file is not a database; the next start sets it aside" in result.output
