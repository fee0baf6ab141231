"""Two meters on one pty, whose name stays the same when it is plugged in again."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from gateway.lines import SerialLine
from tests.gateway.drivers.benches import modbus_tcp
from tests.gateway.modbus_devices import rtu_line


class Bench(modbus_tcp.Bench):
    """SDM120s at units 1 and 2."""

    def __init__(self):
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._port = Path(self._folder.name) / "ttyUSB0"
        self._plugged = ExitStack()

    async def start(self):
        self._port.symlink_to(self._plugged.enter_context(rtu_line(self._devices)))

    async def stop(self):
        await self.vanish()
        self._folder.cleanup()

    def line(self):
        return SerialLine("line", str(self._port), baudrate=115_200, timeout_s=0.1)

    async def vanish(self):
        self._port.unlink(missing_ok=True)
        self._plugged.close()
