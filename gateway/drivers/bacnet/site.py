"""A BACnet/IP network as the cycle knows it: a line with controllers on it."""

from gateway.drivers.bacnet.controller import Controller
from gateway.drivers.bacnet.network import Network
from gateway.lines import DeviceSettings


class Site(Network):
    """A network that knows its controllers."""

    def device(self, settings: DeviceSettings) -> Controller:
        """Return the controller on the network."""
        return Controller(self, settings)
