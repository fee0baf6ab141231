"""Gateways and cloud killed, links cut, at random: nothing lost, nothing doubled."""

import json
import socket
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]


def test_ten_kills_and_ten_cuts_leave_a_balanced_ledger(tmp_path):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "firmware_sim", "demo", "--port", str(port)),
            *("--data", str(tmp_path / "demo"), "--buildings", "2"),
            *("--history-days", "1", "--for", "110", "--chaos", "--json"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    ledger = json.loads(run.stdout)
    assert ledger["balanced"]
    assert ledger["kills"] >= 10
    assert ledger["cuts"] >= 10
    for account in ledger["gateways"].values():
        lost = account["declared_lost"]
        assert account["produced"] == account["delivered"] + lost
        assert account["duplicates"] == 0
