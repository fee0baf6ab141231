"""What each gateway is told about its site: time zone and timetables."""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from cloud.store import campus, settings
from cloud.store.database import Connection
from cloud.store.gateways import GatewayRow
from contract.timetable import SiteConfig, Slot

_NO_VERSION: Final = ""


@dataclass(slots=True)
class SiteConfigs:
    """The configuration of every gateway, made again when the site model changes."""

    _made: dict[int, tuple[str, SiteConfig]] = field(default_factory=dict)

    def of(self, connection: Connection, gateway: GatewayRow) -> SiteConfig:
        """Return the configuration that `gateway` should hold."""
        stamp = settings.get(connection, campus.CHANGED) or _NO_VERSION
        made = self._made.get(gateway.id)
        if made is None or made[0] != stamp:
            made = stamp, site_config(connection, gateway.node_path)
            self._made[gateway.id] = made
        return made[1]


def site_config(connection: Connection, node_path: str) -> SiteConfig:
    """Return what a gateway at `node_path` should hold; its version tells it apart."""
    timetables = {
        below: tuple(Slot.from_json(list(slot)) for slot in slots)
        for below, slots in campus.timetables(connection, node_path).items()
    }
    zone = campus.timezone(connection, node_path)
    config = SiteConfig(_NO_VERSION, zone, timetables)
    content = json.dumps(config.to_json(), sort_keys=True).encode()
    return replace(config, version=sha256(content).hexdigest()[:16])
