import pytest

from gateway.lines import SILENT_SHARE, Line, SerialLine, TcpLine


def test_devices_that_keep_silent_take_at_most_their_share_of_the_line():
    line, now, waited = Line(TcpLine("a", "host", 502)), 0.0, 0.0
    while now < 1000:
        if line.may_try_silent(now):
            line.waited_in_vain(now, now + 0.7)
            now, waited = now + 0.7, waited + 0.7
        now += 0.01
    after_the_first = waited - 0.7
    assert 0.9 * SILENT_SHARE < after_the_first / now <= SILENT_SHARE


def test_several_that_fall_silent_at_once_share_the_same_time():
    line, now = Line(TcpLine("a", "host", 502)), 0.0
    for _ in range(3):
        line.waited_in_vain(now, now + 1)
        now += 1
    pause = 3 * (1 / SILENT_SHARE - 1)
    assert not line.may_try_silent(pause - 0.1)
    assert line.may_try_silent(1 + pause + 0.1)


@pytest.mark.parametrize(
    ("baudrate", "parity", "stopbits", "gap_s"),
    [
        (2400, "N", 1, 3.5 * 10 / 2400),
        (9600, "E", 1, 3.5 * 11 / 9600),
        (9600, "N", 2, 3.5 * 11 / 9600),
        (115200, "N", 1, 0.00175),
    ],
)
def test_frames_are_3_5_characters_apart_and_never_less_than_1_75_ms(
    baudrate, parity, stopbits, gap_s
):
    line = SerialLine("a", "/dev/x", baudrate, parity, stopbits)
    assert line.frame_gap_s == pytest.approx(gap_s)
