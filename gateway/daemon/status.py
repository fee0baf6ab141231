"""The gateway's figures about itself, for the fleet page and for `status`."""

import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from contract.interval import to_ms
from contract.inventory import DeviceEntry
from gateway.buffer import Totals
from gateway.health import Health
from gateway.sync import Sync


def boot_id() -> str:
    """Return what the machine is called until it restarts, 32 hex digits."""
    try:
        raw = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        return uuid4().hex
    return raw.strip().replace("-", "")


def about_software() -> dict[str, object]:
    """Return what does not change while the daemon runs."""
    try:
        software = version("voltonic")
    except PackageNotFoundError:
        software = "0"
    return {"software": software, "boot_id": boot_id(), "host": socket.gethostname()}


def about_buffer(
    totals: Totals, hours_left: float | None, *, is_full: bool
) -> dict[str, object]:
    """Return the figures of the buffer."""
    return {
        "buffer": {
            "batches": totals.batches,
            "parked": totals.parked,
            "readings": totals.pending,
            "bytes": totals.stored_bytes,
            "oldest_at_ms": totals.oldest_at_ms,
            "hours_left": None if hours_left is None else round(hours_left, 1),
            "disk_full": is_full,
        },
        "produced": totals.produced,
        "declared_lost": totals.declared_lost,
        "delivered": totals.delivered,
        "rejected": totals.rejected,
    }


def about_sync(
    sync: Sync, earlier_ms: int | None, monotonic: float, now: datetime
) -> dict[str, object]:
    """Return how the link to the cloud is.

    Args:
        earlier_ms: When the cloud last acknowledged a batch, in earlier runs too.
    """
    contact = sync.last_contact
    age_ms = None if contact is None else int((monotonic - contact) * 1000)
    return {
        "last_contact_ms": earlier_ms if age_ms is None else to_ms(now) - age_ms,
        "trouble": None if sync.trouble is None else sync.trouble.value,
        "trouble_detail": sync.detail,
        "notices": [] if sync.receipt is None else list(sync.receipt.notices),
    }


def about_devices(
    health: Mapping[str, tuple[DeviceEntry, Health]], now: datetime, max_age: timedelta
) -> list[dict[str, object]]:
    """Return the health of each device."""
    return [
        {
            "node": entry.node,
            "name": entry.name,
            "state": each.state(now, max_age).value,
            "last_ok_ms": None if each.last_ok is None else to_ms(each.last_ok),
            "error": each.error,
        }
        for entry, each in health.values()
    ]
