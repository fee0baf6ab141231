import socket

import pytest

from gateway.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def systemd(request, tmp_path):
    if request.param == "abstract":
        address, bound = f"@voltonic-{tmp_path.name}", f"\0voltonic-{tmp_path.name}"
    else:
        address = bound = str(tmp_path / "n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(bound)
        listener.settimeout(5)
        yield address, lambda: listener.recv(4096).decode()


def test_systemd_is_told_what_the_gateway_does(systemd):
    address, heard = systemd
    notifier = Notifier.from_environment(
        {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 7
    )
    assert notifier.watchdog_s == 60
    notifier.ready()
    assert heard() == "READY=1"
    notifier.status("12 devices")
    notifier.status("12 devices")
    assert heard() == "STATUS=12 devices"
    notifier.alive()
    assert heard() == "WATCHDOG=1"
    notifier.reloading()
    assert heard().startswith("RELOADING=1\nMONOTONIC_USEC=")
    notifier.stopping()
    assert heard() == "STOPPING=1"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"},
    ],
)
def test_no_watchdog_is_fed_that_was_not_asked_for_here(environment):
    assert Notifier.from_environment(environment, 7).watchdog_s is None


def test_elsewhere_than_under_systemd_nothing_happens(tmp_path):
    Notifier("", None).ready()
    Notifier(str(tmp_path / "gone"), 1.0).alive()
