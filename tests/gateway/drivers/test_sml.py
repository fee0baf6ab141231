from datetime import UTC, datetime

import pytest

from contract.quantity import Quantity
from gateway.drivers import sml
from gateway.telegram import TelegramError, checksum
from tests.gateway.drivers.mangling import burst, mangled, wrong_values

ESCAPE = b"\x1b" * 4
NONE = b"\x01"


def element(kind, raw):
    """Encode `raw` with its type and length, which counts its own bytes."""
    length = len(raw) + 1
    if length <= 15:
        return bytes([kind | length]) + raw
    length += 1
    return bytes([kind | 0x80 | length >> 4, length & 15]) + raw


def text(raw):
    return element(0x00, raw)


def unsigned(value, size=1):
    return element(0x60, value.to_bytes(size, "big"))


def signed(value, size=1):
    return element(0x50, value.to_bytes(size, "big", signed=True))


def several(*parts):
    assert len(parts) <= 15
    return bytes([0x70 | len(parts)]) + b"".join(parts)


def message(tag, content, crc=checksum.x25):
    head = b"\x76" + text(b"\0\0\0\1") + unsigned(0) + unsigned(0)
    covered = head + several(unsigned(tag, 2), content)
    return covered + b"\x63" + crc(covered).to_bytes(2, "little") + b"\0"


def entry(code, value, unit=NONE, scaler=NONE, time=NONE):
    return several(text(bytes(code)), NONE, time, unit, scaler, value, NONE)


TIME = several(unsigned(2), unsigned(1_722_420_000, 4))
ENTRIES = (
    entry((1, 0, 96, 1, 0, 255), text(b"\n\1VLT\0\1\2\3\4")),
    entry((1, 0, 1, 8, 0, 255), unsigned(12_345_678, 8), unsigned(30), signed(-1)),
    entry((1, 0, 2, 8, 0, 255), unsigned(155, 4), unsigned(30), signed(1)),
    entry((1, 0, 16, 7, 0, 255), signed(-1837, 4), unsigned(27), signed(0), TIME),
    entry((1, 0, 32, 7, 0, 255), unsigned(2314, 2), unsigned(35), signed(-1)),
    entry((1, 0, 1, 8, 0, 96), unsigned(7, 4), unsigned(30), signed(0)),
)


def listed(*entries):
    return several(NONE, text(b"SRV"), NONE, NONE, several(*entries), NONE, NONE)


def framed(content, crc=checksum.x25):
    fill = -len(content) % 4
    parts = [(content + bytes(fill))[n : n + 4] for n in range(0, len(content), 4)]
    body = b"".join(part * 2 if part == ESCAPE else part for part in parts)
    data = ESCAPE + b"\1\1\1\1" + body + ESCAPE + bytes([0x1A, fill])
    return data + crc(data).to_bytes(2, "little")


OPEN = message(0x0101, several(NONE, NONE, text(b"12"), text(b"SRV"), NONE, NONE))
CLOSE = message(0x0201, several(NONE))
GOOD = framed(OPEN + message(0x0701, listed(*ENTRIES)) + CLOSE)


def values(data):
    return {each.quantity.value: each.value for each in sml.decode(data).measured}


def test_the_checksums_are_those_of_the_catalogue():
    assert checksum.x25(b"123456789") == 0x906E
    assert checksum.kermit(b"123456789") == 0x2189
    assert checksum.modbus(b"123456789") == 0x4B37


def test_scaled_values_come_in_the_quantitys_unit():
    assert values(GOOD) == {
        "energy_import_kwh": 1234.5678,
        "energy_export_kwh": 1.55,
        "active_power_kw": -1.837,
        "voltage_l1_v": 231.4,
    }


def test_the_meter_names_itself_and_its_time():
    measured = sml.decode(GOOD).measured[0]
    assert measured.meter_id == "0A01564C540001020304"
    assert measured.at == datetime(2024, 7, 31, 10, 0, tzinfo=UTC)


def test_a_meter_that_checks_with_kermit_is_read_too():
    content = message(0x0701, listed(*ENTRIES), checksum.kermit)
    assert values(framed(content, checksum.kermit)) == values(GOOD)


def test_an_escape_sequence_among_the_values_is_unescaped():
    for shift in range(4):
        padded = entry((1, 0, 96, 1, 0, 255), text(b"\n" * shift + ESCAPE * 2))
        telegram = sml.decode(framed(message(0x0701, listed(padded, *ENTRIES[1:]))))
        assert telegram.measured[0].value == 1234.5678


def damaged(old, new):
    """The telegram with one thing wrong inside it, under a right outer checksum."""
    return framed((OPEN + message(0x0701, listed(*ENTRIES)) + CLOSE).replace(old, new))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (GOOD[:-1] + bytes([GOOD[-1] ^ 1]), "wrong checksum"),
        (damaged(b"\x09\x0a", b"\x09\x0b"), "a message's checksum is wrong"),
        (GOOD[:-8], "has no end"),
        (GOOD[:-2], "does not end with"),
        (GOOD + b"\0", "does not end with"),
        (GOOD[1:], "does not start with"),
        (framed(OPEN + CLOSE), "no list of values"),
        (framed(b"\x76\x05"), "runs past the end"),
        (framed(b"\x71" * 40), "nested too deep"),
        (framed(b"\xff" * 40), "runs past the end"),
        (framed(message(0x0701, several(NONE))), "a list of values is no list of 7"),
        (framed(message(0x0701, listed(*ENTRIES[1:2] * 2))), "there twice"),
        (
            framed(
                message(0x0701, listed(entry((1,) * 6, signed(1), NONE, signed(99))))
            ),
            "no meter scales",
        ),
        (ESCAPE + b"\1" * 20_000, "longer than"),
        (b"", "does not start with"),
    ],
)
def test_a_broken_telegram_is_refused_with_the_reason(data, why):
    with pytest.raises(TelegramError, match=why):
        sml.decode(data)


def test_a_value_of_an_earlier_period_is_kept_but_not_measured():
    telegram = sml.decode(framed(message(0x0701, listed(ENTRIES[5]))))
    assert telegram.measured == ()
    assert telegram.records[0].name == "1-0:1.8.0*96"


def test_no_glitch_of_up_to_16_bits_is_believed():
    assert wrong_values(sml.decode, GOOD, burst(GOOD, seed=5, bits=16)) == []


def test_no_mangled_telegram_is_believed():
    assert wrong_values(sml.decode, GOOD, mangled(GOOD, seed=6)) == []


def test_mangled_contents_under_a_right_outer_checksum_never_crash():
    content = message(0x0701, listed(*ENTRIES))
    for data in mangled(content, seed=7):
        try:
            measured = sml.decode(framed(data)).measured
        except TelegramError:
            continue
        assert {each.quantity for each in measured} <= set(Quantity)
