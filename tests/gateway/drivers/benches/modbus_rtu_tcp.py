"""Two meters behind a serial server that passes RTU frames over TCP."""

from gateway.lines import RtuTcpLine
from tests.gateway.drivers.benches import modbus_tcp
from tests.gateway.modbus_devices import rtu_tcp_line


class Bench(modbus_tcp.Bench):
    """SDM120s at units 1 and 2."""

    async def start(self):
        self._port = await self._served.enter_async_context(
            rtu_tcp_line(self._devices, self._port)
        )

    def line(self):
        return RtuTcpLine("line", "127.0.0.1", self._port, timeout_s=0.2)
