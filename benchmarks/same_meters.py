"""The same meters, as configuration of our gateway and of ThingsBoard's."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.registers import FIRST, wide_model

REGISTERS: Final = wide_model().registers
_MODEL: Final = "bench_wide"
_UNLIMITED: Final = (
    "rateLimits",
    "dpRateLimits",
    "messagesRateLimits",
    "deviceMessagesRateLimits",
    "deviceRateLimits",
    "deviceDpRateLimits",
)
_PAYLOAD_BYTES: Final = 65_536


def write_ours(here: Path, url: str, ports: Sequence[int], units: int) -> Path:
    """Write a gateway.toml: `units` meters behind each of `ports`, once a second."""
    (here / "meters").mkdir()
    (here / "meters" / f"{_MODEL}.toml").write_text(
        'title = "Wide meter"\nsource = "benchmark"\nverified = false\nchecked = ""\n'
        'role = "main"\nregisters = ['
        + "".join(
            f'{{ quantity = "{each.quantity}", address = {each.address} }},'
            for each in REGISTERS
        )
        + "]\n"
    )
    config = here / "gateway.toml"
    config.write_text(
        '[gateway]\nname = "bench"\nnode = "campus/bench"\ndata_dir = "data"\n'
        f'meters_dir = "meters"\n[cloud]\nurl = "{url}"\n[poll]\ninterval_s = 1\n'
        '[status_page]\nhost = "127.0.0.1"\nport = 0\n'
        + "".join(_line(number, port, units) for number, port in enumerate(ports, 1))
    )
    return config


def _line(number: int, port: int, units: int) -> str:
    line = (
        f'[lines.floor-{number}]\ntype = "modbus_tcp"\nhost = "127.0.0.1"\n'
        f"port = {port}\n"
    )
    return line + "".join(
        f'[[devices]]\nname = "meter"\nnode = "floor-{number}/room-{unit}"\n'
        f'line = "floor-{number}"\nunit = {unit}\nmodel = "{_MODEL}"\n'
        for unit in range(1, units + 1)
    )


def write_theirs(here: Path, broker: int, ports: Sequence[int], units: int) -> None:
    """Write ThingsBoard's files for the same, publishing to the broker at a port."""
    here.mkdir()
    meters = [_slave(port, unit) for port in ports for unit in range(1, units + 1)]
    files = {
        "tb_gateway": {
            "thingsboard": {
                "host": "127.0.0.1",
                "port": broker,
                "remoteShell": False,
                "remoteConfiguration": False,
                "statistics": {"enable": False, "enableCustom": False},
                "maxPayloadSizeBytes": _PAYLOAD_BYTES,
                "minPackSendDelayMS": 50,
                "minPackSizeToSend": 500,
                "qos": 1,
                "reportStrategy": {"type": "ON_RECEIVED"},
                "security": {"type": "accessToken", "accessToken": "bench"},
                **dict.fromkeys(_UNLIMITED, "0:0"),
            },
            "storage": {
                "type": "memory",
                "read_records_count": 1_000,
                "max_records_count": 100_000,
            },
            "grpc": {"enabled": False},
            "connectors": [
                {"type": "modbus", "name": "bench", "configuration": "modbus.json"}
            ],
        },
        "modbus": {"name": "bench", "master": {"slaves": meters}},
        "logs": {"version": 1, "root": {"level": "ERROR"}},
    }
    for name, content in files.items():
        (here / f"{name}.json").write_text(json.dumps(content))


def _slave(port: int, unit: int) -> dict[str, object]:
    last = FIRST + 2 * len(REGISTERS) - 1
    return {
        "host": "127.0.0.1",
        "port": port,
        "type": "tcp",
        "method": "socket",
        "unitId": unit,
        "deviceName": f"{port}-{unit}",
        "byteOrder": "BIG",
        "wordOrder": "BIG",
        "pollPeriod": 1000,
        "timeseries": [
            {
                "tag": "${address}_${unitId}_${functionCode}_${type}_${objectsCount}",
                "type": "32float",
                "functionCode": 4,
                "address": f"{FIRST}-{last}",
                "objectsCount": 2,
                "maxRegistersPerRequest": 125,
            }
        ],
    }
