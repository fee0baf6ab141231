import json
import tomllib

from firmware_sim.demo.configs import install
from firmware_sim.demo.ports import read

LINE = {"type": "modbus_tcp", "host": "127.0.0.1", "port": 15021}
SERIAL = {"type": "modbus_rtu", "port": "/dev/pts/7", "baudrate": 9600}
ROOM = {"name": "meter", "node": "floor-1/room-101", "line": "floor-1", "unit": 1}
MAIN = {"name": "main", "node": "", "line": "zone", "unit": 2}


def ports(tmp_path):
    body = {
        "truth": "http://127.0.0.1:1",
        "gateways": {
            "physics": {
                "site": "campus",
                "node": "campus/science/physics",
                "lines": {
                    "floor-1": LINE,
                    "zone": SERIAL | {"mirror": {"host": "127.0.0.1", "port": 15099}},
                },
                "devices": [
                    ROOM | {"model": "voltonic_room", "role": "main"},
                    MAIN | {"model": "eastron_sdm630", "role": "main"},
                ],
            }
        },
    }
    (tmp_path / "ports.json").write_text(json.dumps(body))
    return read(tmp_path / "ports.json")


def test_a_gateway_gets_the_simulators_lines_and_devices(tmp_path):
    [gateway] = ports(tmp_path).gateways
    installed = install(gateway, tmp_path / "gateways", "http://127.0.0.1:5000")
    config = tomllib.loads(installed.config.read_text())
    assert config["gateway"]["node"] == "campus/science/physics"
    assert config["lines"] == {"floor-1": LINE, "zone": SERIAL}
    assert config["rules"]["unoccupied_setback"]["enabled"]
    assert [device["interval_s"] for device in config["devices"]] == [30, 10]


def test_a_mirror_is_kept_for_people_not_for_the_gateway(tmp_path):
    [gateway] = ports(tmp_path).gateways
    assert gateway.mirrors == {"zone": 15099}
