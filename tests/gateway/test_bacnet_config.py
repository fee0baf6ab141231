"""BACnet lines and devices as gateway.toml writes them."""

from datetime import timedelta

import pytest

from contract.quantity import Quantity
from gateway.config.reading import settings_in
from gateway.drivers.bacnet.line import BacnetLine, BacnetObject, BacnetPlace, Foreign
from gateway.meters.fault import FileError

LINE = """
[lines.hvac]
type = "bacnet"
address = "192.168.1.10/24"
device_instance = 4000
"""
DEVICE = """
[[devices]]
name = "ahu"
line = "hvac"
role = "sensor"
address = "192.168.1.20"
instance = 1001
objects = { temperature_c = "analog-input,1", switch = "binary-output,3" }
"""


def settings(tmp_path, text):
    path = tmp_path / "gateway.toml"
    head = '[gateway]\nname = "g"\nnode = "site"\ndata_dir = "d"\n'
    path.write_text(head + '[cloud]\nurl = "http://127.0.0.1:1"\n' + text)
    return settings_in(path)


def test_the_short_form_has_the_usual_port_and_priority(tmp_path):
    found = settings(tmp_path, LINE + DEVICE)
    assert found.lines["hvac"] == BacnetLine("hvac", "192.168.1.10/24", 4000, 47_808)
    (device,) = found.devices
    assert device.entry.quantities == (Quantity.TEMPERATURE_C, Quantity.SWITCH)
    assert device.place == BacnetPlace(
        "192.168.1.20",
        47_808,
        1001,
        {
            Quantity.TEMPERATURE_C: BacnetObject("analog-input", 1),
            Quantity.SWITCH: BacnetObject("binary-output", 3),
        },
        priority=8,
    )


def test_everything_can_be_said(tmp_path):
    line = LINE + 'port = 47809\nforeign = { bbmd = "10.0.0.1:47810", ttl_s = 90 }\n'
    device = DEVICE.replace(
        '"analog-input,1"',
        '{ object = "analog-value, 2", scale = 0.1, low = 16, high = 28 }',
    ).replace('address = "192.168.1.20"', 'address = "ahu.example:47900"')
    more = "cov = true\ncov_confirmed = true\ncov_lifetime_s = 120\npriority = 13\n"
    found = settings(tmp_path, line + device + more)
    foreign = Foreign("10.0.0.1", 47_810, timedelta(seconds=90))
    assert found.lines["hvac"].foreign == foreign
    place = found.devices[0].place
    assert (place.host, place.port) == ("ahu.example", 47_900)
    assert place.objects[Quantity.TEMPERATURE_C] == BacnetObject(
        "analog-value", 2, 0.1, 16, 28
    )
    assert (place.cov, place.confirmed, place.priority) == (True, True, 13)
    assert place.lifetime == timedelta(seconds=120)


WRONG = {
    "no prefix": (
        LINE.replace("/24", "") + DEVICE,
        "192.168.1.10/24",
    ),
    "no address": (
        LINE.replace("192.168.1.10/24", "eth0") + DEVICE,
        "no IPv4 address with its prefix",
    ),
    "nowhere": (
        LINE + DEVICE.replace('address = "192.168.1.20"\ninstance = 1001', ""),
        r"address: is missing; write host\[:port\], or its instance",
    ),
    "a bad port": (
        LINE + DEVICE.replace("192.168.1.20", "192.168.1.20:99999"),
        "no port from 1 to 65535",
    ),
    "our own number": (
        LINE + DEVICE.replace("1001", "4000"),
        "instance: 4000 is the gateway's own",
    ),
    "a type that is none": (
        LINE + DEVICE.replace("analog-input,1", "analog-inptu,1"),
        "did you mean.*analog-input",
    ),
    "no number": (
        LINE + DEVICE.replace("analog-input,1", "analog-input"),
        "write it like analog-input,1",
    ),
    "nothing to read": (
        LINE + DEVICE[: DEVICE.index("objects")],
        "objects: is missing",
    ),
    "no role": (
        LINE + DEVICE.replace('role = "sensor"\n', ""),
        "role: is missing",
    ),
    "a high priority": (LINE + DEVICE + "priority = 5\n", "greater than or equal to 8"),
    "half a range": (
        LINE
        + DEVICE.replace('"analog-input,1"', '{ object = "analog-value,1", low = 3 }'),
        "low and high belong together",
    ),
    "a bare accumulator": (
        LINE + DEVICE.replace("analog-input,1", "accumulator,1"),
        "set scale to their worth",
    ),
    "two of one number": (
        LINE + DEVICE + DEVICE.replace('"ahu"', '"twin"').replace(".20", ".21"),
        "instance: 1001 is taken on line hvac",
    ),
    "no broadcasts": (
        LINE + "port = 0\n" + DEVICE.replace('address = "192.168.1.20"\n', ""),
        "a line with port 0 hears no broadcasts",
    ),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_with_what_to_do(tmp_path, text, told):
    with pytest.raises(FileError, match=told):
        settings(tmp_path, text)
