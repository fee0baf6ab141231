"""An operator's hold, from the command to the device, across a crash of the gateway."""

import asyncio
import struct

from tests.gateway.cycle.dimmer import MODEL
from tests.gateway.modbus_devices import Device, Devices, tcp_line
from tests.gateway_process import gateway, run, running

CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
meters_dir = "meters"
[cloud]
url = "https://127.0.0.1:9"
[poll]
interval_s = 0.5
[lines.floor]
type = "modbus_tcp"
host = "127.0.0.1"
port = {port}
[[devices]]
name = "lamp"
line = "floor"
unit = 1
model = "dimmer"
"""


def test_a_hold_is_ended_by_the_gateway_that_starts_after_a_crash(tmp_path, until):
    async def scenario():
        lamp = Device(holding=bytearray(256))
        struct.pack_into(">H", lamp.holding, 20, 80)
        (tmp_path / "meters").mkdir()
        (tmp_path / "meters" / "dimmer.toml").write_text(MODEL)
        async with tcp_line(Devices({1: lamp})) as port:
            config = tmp_path / "gateway.toml"
            config.write_text(CONFIG.format(port=port))
            async with running(config) as process:
                await until(lambda: lamp.asked)
                said = await written(config, "dim_level_percent", "30", "--for", "5s")
                process.kill()
            held = level(lamp)
            async with running(config):
                await until(lambda: level(lamp) == 80, 40)
        return said, held

    said, held = run(scenario)
    assert "written 30 %, read back 30 %, held until" in said
    assert held == 30


async def written(config, *arguments):
    for _ in range(100):
        command = await gateway("write", "--config", config, "lamp", *arguments)
        said, _ = await command.communicate()
        if command.returncode == 0:
            return said.decode()
        await asyncio.sleep(0.1)
    raise AssertionError(said)


def level(lamp):
    return struct.unpack_from(">H", lamp.holding, 20)[0]
