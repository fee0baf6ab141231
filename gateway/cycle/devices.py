"""Which driver serves a line. Drivers few buildings need are loaded when one does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from gateway.driver import Connection, Surroundings
from gateway.drivers import dsmr, sml, text_line
from gateway.drivers.bacnet.line import BacnetLine
from gateway.drivers.http_push.line import HttpPushLine
from gateway.drivers.iec62056.line import IecLine
from gateway.drivers.listening import Listener, Take
from gateway.drivers.mbus.line import MbusLine
from gateway.drivers.modbus.bus import ModbusBus
from gateway.drivers.mqtt.line import MqttLine
from gateway.drivers.ocpp.line import OcppLine
from gateway.drivers.pulse.line import PulseLine
from gateway.lines import LineSettings, ListenLine, RtuTcpLine, SerialLine, TcpLine
from gateway.meters import Models
from gateway.telegram import Telegram

_TAKES: Final[Mapping[str, Take]] = {
    "dsmr": dsmr.take,
    "sml": sml.take,
    "text_line": text_line.take,
}


def connection(
    line: LineSettings, models: Models, surroundings: Surroundings
) -> Connection:
    """Return the connection of `line`, not yet open."""
    match line:
        case TcpLine() | RtuTcpLine() | SerialLine():
            return ModbusBus(line, models)
        case ListenLine():
            return _listener(line, surroundings)
        case BacnetLine():
            from gateway.drivers.bacnet.site import Site

            return Site(line, surroundings)
        case HttpPushLine():
            from gateway.drivers.http_push.receiver import Receiver

            return Receiver(line, surroundings)
        case MqttLine():
            from gateway.drivers.mqtt.broker import Broker

            return Broker(line, surroundings.now)
        case MbusLine():
            from gateway.drivers.mbus.bus import MbusBus

            return MbusBus(line)
        case IecLine():
            from gateway.drivers.iec62056.bus import IecBus

            return IecBus(line)
        case PulseLine():
            from gateway.drivers.pulse.input import PulseInput

            return PulseInput(line, surroundings)
        case OcppLine():
            from gateway.drivers.ocpp.central import CentralSystem

            return CentralSystem(line, surroundings.now)
    raise TypeError(f"no driver for {type(line).__name__}")


def _listener(line: ListenLine, surroundings: Surroundings) -> Listener:
    decoders: Mapping[str, Callable[[bytes], Telegram]] = {
        "dsmr": dsmr.decode,
        "sml": sml.decode,
        "text_line": partial(text_line.decode, columns=line.columns),
    }
    decode = decoders[line.format]
    return Listener(line, _TAKES[line.format], decode, surroundings.now)
