"""The whole system as processes: history, live, drained, and every figure agrees."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture
def start_demo(tmp_path):
    """Start `voltonic-sim demo` with a free port and a directory of its own."""
    started = []

    def start(*arguments):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
        command = (sys.executable, "-m", "firmware_sim", "demo", "--port", str(port))
        with (tmp_path / "stderr").open("w") as stderr:
            process = subprocess.Popen(
                [*command, "--data", str(tmp_path / "demo"), *arguments],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        process.stdout.close()


def ledger_of(process, tmp_path):
    output, _ = process.communicate()
    said = (tmp_path / "stderr").read_text()
    assert process.returncode == 0, said + output
    return json.loads(output)


def running(directory: Path):
    """Return the processes that have `directory` in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(directory).encode() in entry.read_bytes():
                found.append(entry)
        except OSError:
            continue
    return found


def test_a_day_of_one_building_balances_and_nothing_is_left_running(
    start_demo, tmp_path
):
    process = start_demo(
        "--buildings", "1", "--history-days", "1", "--for", "5", "--json"
    )
    ledger = ledger_of(process, tmp_path)
    assert ledger["balanced"]
    assert set(ledger["gateways"]) == {"mechanical", "engineering-complex"}
    for account in ledger["gateways"].values():
        assert account["produced"] == account["delivered"] > 0
        assert account["duplicates"] == 0
    assert ledger["campus_kw_cloud"] == pytest.approx(
        ledger["campus_kw_truth"], rel=0.005
    )
    assert ledger["saved_kwh_cloud"] == pytest.approx(
        ledger["saved_kwh_truth"], rel=0.02
    )
    assert ledger["saved_kwh_truth"] > 0
    assert (ledger["kills"], ledger["cuts"]) == (0, 0)
    assert running(tmp_path / "demo") == []


@pytest.fixture
def week(tmp_path):
    """Two buildings over the end of a month, with a gap of more than a day."""
    hours = []
    for hour in range(24 * 7):
        day, of_day = 28 + hour // 24, hour % 24
        date = f"2017-01-{day:02d}" if day <= 31 else f"2017-02-{day - 31:02d}"
        is_out = 60 <= hour < 96
        lab = "" if is_out else f"{100 + hour % 7}.25"
        hall = "" if is_out or hour == 100 else f"{10 + hour % 24}"
        hours.append(f"{date}T{of_day:02d}:00:00Z,{hall},{lab}")
    source = tmp_path / "week"
    source.mkdir()
    (source / "load_hill.csv").write_text(
        "\n".join(["timestamp_utc,hall,lab", *hours, ""])
    )
    (source / "sites.csv").write_text(
        "site_id,name,timezone,load_file\n"
        "hill,Hill College,America/New_York,load_hill.csv\n"
    )
    return source


def test_a_replayed_week_gives_the_csvs_own_sums(start_demo, week, tmp_path):
    ledger = ledger_of(
        start_demo("--replay", str(week), "--for", "60", "--json"), tmp_path
    )
    assert ledger["balanced"]
    assert [(row["building"], row["month"]) for row in ledger["replay"]] == [
        ("hall", "2017-01"),
        ("hall", "2017-02"),
        ("lab", "2017-01"),
        ("lab", "2017-02"),
    ]
    for row in ledger["replay"]:
        assert row["kwh_cloud"] == pytest.approx(row["kwh_csv"], rel=1e-4)
    assert ledger["replayed_to"] == "2017-02-04T00:00:00+00:00"


def test_ctrl_c_leaves_nothing_running(start_demo, tmp_path):
    process = start_demo("--buildings", "1", "--history-days", "1")
    logs = tmp_path / "demo" / "logs" / "gateway-mechanical.log"
    while not logs.exists():
        assert process.poll() is None, (tmp_path / "stderr").read_text()
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert running(tmp_path / "demo") == []
