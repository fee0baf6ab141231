"""A broker of our own on the loopback, for where there is none."""

import logging
from collections.abc import Iterator
from typing import Any, Final

from amqtt.broker import Broker as Amqtt  # type: ignore[import-untyped]

from firmware_sim.line import HOST, Ports

_ANYBODY: Final = "amqtt.plugins.authentication.AnonymousAuthPlugin"


class _Steady(dict[str, Any]):
    """A dictionary that may change while the broker goes through it, as it does."""

    def __iter__(self) -> Iterator[str]:
        return iter(list(super().__iter__()))

    def items(self) -> Any:
        return list(super().items())


class EmbeddedBroker:
    """It lets anybody in, and keeps retained messages until it stops."""

    def __init__(self) -> None:
        self.port = 0
        self._broker: Amqtt | None = None

    async def start(self, ports: Ports) -> None:
        """Begin to listen; after a stop, where it was before."""
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)
        self.port = self.port or ports.take()
        broker = Amqtt(
            {
                "listeners": {
                    "default": {"type": "tcp", "bind": f"{HOST}:{self.port}"}
                },
                "plugins": {_ANYBODY: {"allow_anonymous": True}},
            }
        )
        for name in ("_subscriptions", "_retained_messages"):
            setattr(broker, name, _Steady())
        await broker.start()
        self._broker = broker
        self.port = self.port or _port(broker)

    async def stop(self) -> None:
        """Hang up on everybody."""
        broker, self._broker = self._broker, None
        if broker is not None:
            await broker.shutdown()


def _port(broker: Amqtt) -> int:
    server = broker._servers["default"].instance  # noqa: SLF001 (it tells no other way)
    if server is None:
        raise RuntimeError("the broker does not listen")
    return int(server.sockets[0].getsockname()[1])
