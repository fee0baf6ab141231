"""The savings accounts and leases of a gateway as rows that survive a restart."""

import json
from collections.abc import Mapping
from typing import Final

from contract.interval import from_ms, to_ms
from contract.quantity import Quantity
from gateway.guard import Lease
from gateway.savings import Account, Setback

PREFIX: Final = "setback/"
"""Keys of the rows: this and the device's path."""


def to_row(account: Account, lease: Lease | None) -> bytes:
    """Return account and lease of one device as a row."""
    setback = account.setback
    row = {
        "saved_kwh": account.saved_kwh,
        "reported_kwh": account.reported_kwh,
        "setback": None
        if setback is None
        else {
            "baseline_kw": setback.baseline_kw,
            "until_ms": to_ms(setback.until),
            "at_ms": to_ms(setback.at),
            "counter_kwh": setback.counter_kwh,
        },
        "lease": None
        if lease is None
        else {
            "values": {str(name): value for name, value in lease.values.items()},
            "since_ms": to_ms(lease.since),
            "until_ms": to_ms(lease.until),
        },
    }
    return json.dumps(row, separators=(",", ":")).encode()


def from_row(row: bytes) -> tuple[Account, Lease | None]:
    """Return account and lease in a row.

    Raises:
        ValueError: It is none.
    """
    match json.loads(row):
        case {
            "saved_kwh": float(saved_kwh),
            "reported_kwh": float(reported_kwh),
            "setback": setback,
            "lease": lease,
        }:
            account = Account(saved_kwh, reported_kwh, setback=_setback(setback))
            return account, _lease(lease)
    raise ValueError(f"not a savings account: {row[:200]!r}")


def _setback(raw: object) -> Setback | None:
    match raw:
        case {
            "baseline_kw": float(baseline_kw),
            "until_ms": int(until_ms),
            "at_ms": int(at_ms),
            "counter_kwh": float(counter_kwh),
        }:
            until, at = from_ms(until_ms), from_ms(at_ms)
            return Setback(baseline_kw, until, at, counter_kwh)
    return None


def _lease(raw: object) -> Lease | None:
    match raw:
        case {"values": dict(values), "since_ms": int(since), "until_ms": int(until)}:
            held = _held(values)
            return Lease(held, from_ms(since), from_ms(until))
    return None


def _held(values: Mapping[str, float]) -> dict[Quantity, float]:
    return {Quantity(name): float(value) for name, value in values.items()}
