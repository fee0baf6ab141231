import pytest

from gateway.status_page.door import is_near, is_ours


@pytest.mark.parametrize(
    "peer",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.178.20",
        "169.254.1.1",
        "::1",
        "fe80::1%eth0",
        "fd00::5",
        "::ffff:192.168.1.5",
    ],
)
def test_neighbours_are_near(peer):
    assert is_near(peer)


@pytest.mark.parametrize(
    "peer",
    ["8.8.8.8", "172.32.0.1", "2001:db8::1", "::ffff:8.8.8.8", "100.64.0.1", "x", ""],
)
def test_strangers_are_not(peer):
    assert not is_near(peer)


def test_a_name_is_ours_whatever_its_case_and_port():
    assert is_ours("Gateway.Local:8080", ("gateway.local",))
    assert is_ours("gateway.local.", ("gateway.local",))
    assert not is_ours("gateway.local.evil.example", ("gateway.local",))
    assert not is_ours("[::bad", ())
