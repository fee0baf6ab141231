"""What each gateway is told about its site: time zone, timetables and free days."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from cloud.facts.calendar import calendar
from cloud.store import campus, settings
from cloud.store.database import Connection
from cloud.store.gateways import GatewayRow
from contract.timetable import SiteConfig, Slot

BEFORE: Final = timedelta(days=60)
"""How far back free days are told: as far as a forecast's inputs reach, and more."""
AHEAD: Final = timedelta(days=430)
"""How far ahead: gateways may be without the cloud for long."""

_NO_VERSION: Final = ""


@dataclass(slots=True)
class SiteConfigs:
    """The configuration of every gateway.

    It is made again when the site model changes, and each month as time goes on.
    """

    _made: dict[int, tuple[str, SiteConfig]] = field(default_factory=dict)

    def of(
        self, connection: Connection, gateway: GatewayRow, now_ms: int
    ) -> SiteConfig:
        """Return the configuration that `gateway` should hold."""
        month = datetime.fromtimestamp(now_ms / 1000, UTC).date().replace(day=1)
        changed = settings.get(connection, campus.CHANGED) or _NO_VERSION
        stamp = f"{month}/{changed}"
        made = self._made.get(gateway.id)
        if made is None or made[0] != stamp:
            made = stamp, site_config(connection, gateway.node_path, month)
            self._made[gateway.id] = made
        return made[1]


def site_config(connection: Connection, node_path: str, month: date) -> SiteConfig:
    """Return what a gateway at `node_path` should hold; its version tells it apart.

    Args:
        month: First day of the month around which free days are told.
    """
    timetables = {
        below: tuple(Slot.from_json(list(slot)) for slot in slots)
        for below, slots in campus.timetables(connection, node_path).items()
    }
    known = calendar(connection, node_path, month - BEFORE, month + AHEAD)
    config = SiteConfig(
        _NO_VERSION, known.zone.key, timetables, known.holidays, known.closed
    )
    content = json.dumps(config.to_json(), sort_keys=True).encode()
    return replace(config, version=sha256(content).hexdigest()[:16])
