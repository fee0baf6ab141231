import socket

import pytest
from click.testing import CliRunner

from firmware_sim.demo.command import demo


def run(*arguments):
    return CliRunner().invoke(demo, list(arguments))


@pytest.fixture
def busy_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.fixture
def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return str(bound.getsockname()[1])


def test_a_busy_port_ends_with_exit_2_and_names_the_option(busy_port):
    result = run("--port", busy_port)
    assert result.exit_code == 2
    assert "--port" in result.stderr
    assert busy_port in result.stderr
    assert result.stdout == ""


def test_a_directory_in_use_is_left_alone(tmp_path, free_port):
    (tmp_path / "old").write_text("mine")
    result = run("--data", str(tmp_path), "--port", free_port)
    assert result.exit_code == 2
    assert "give another directory, or delete this one" in " ".join(
        result.stderr.split()
    )
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_replay_of_nothing_names_the_file(tmp_path, free_port):
    result = run("--replay", str(tmp_path), "--port", free_port)
    assert result.exit_code == 2
    assert "sites.csv" in result.stderr


def test_a_replay_knows_no_chaos(tmp_path, free_port):
    result = run("--replay", str(tmp_path), "--chaos", "--port", free_port)
    assert result.exit_code == 2
    assert "--chaos" in result.stderr
