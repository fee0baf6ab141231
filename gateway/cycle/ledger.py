"""Savings accounts, leases and holds as rows that survive a restart."""

import json
from collections.abc import Mapping
from typing import Final

from contract.interval import from_ms, to_ms
from contract.quantity import Quantity
from gateway.guard.lease import Lease
from gateway.proposal import Priority, Proposal
from gateway.savings import Account, Setback

ACCOUNT: Final = "setback/"
"""Keys of the accounts: this and the device's path."""

LEASE: Final = "lease/"
"""Keys of the leases: this and the name of the target."""

HOLD: Final = "hold/"
"""Keys of an operator's holds: this and the name of the setpoint's point."""


def account_row(account: Account) -> bytes:
    """Return the account of one device as a row."""
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
    }
    return _row(row)


def account_in(row: bytes) -> Account:
    """Return the account in a row.

    Raises:
        ValueError: It is none.
    """
    match json.loads(row):
        case {
            "saved_kwh": float(saved_kwh),
            "reported_kwh": float(reported_kwh),
            "setback": setback,
        }:
            return Account(saved_kwh, reported_kwh, setback=_setback(setback))
    raise ValueError(f"not a savings account: {row[:200]!r}")


def lease_row(lease: Lease) -> bytes:
    """Return a lease as a row."""
    return _row(
        {
            "values": _named(lease.values),
            "since_ms": to_ms(lease.since),
            "until_ms": to_ms(lease.until),
            "back": _named(lease.back),
        }
    )


def lease_in(row: bytes) -> Lease:
    """Return the lease in a row.

    Raises:
        ValueError: It is none.
    """
    match json.loads(row):
        case {
            "values": dict(values),
            "since_ms": int(since),
            "until_ms": int(until),
            "back": dict(back),
        }:
            return Lease(_held(values), from_ms(since), from_ms(until), _held(back))
    raise ValueError(f"not a lease: {row[:200]!r}")


def hold_row(hold: Proposal) -> bytes:
    """Return an operator's hold as a row."""
    until = to_ms(hold.until)
    return _row({"value": hold.value, "until_ms": until, "reason": hold.reason})


def hold_in(setpoint: str, row: bytes) -> Proposal:
    """Return the hold in a row.

    Raises:
        ValueError: It is none.
    """
    match json.loads(row):
        case {"value": float(value), "until_ms": int(until), "reason": str(reason)}:
            return Proposal(setpoint, value, from_ms(until), Priority.OPERATOR, reason)
    raise ValueError(f"not a hold: {row[:200]!r}")


def _row(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode()


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


def _named(values: Mapping[Quantity, float]) -> dict[str, float]:
    return {str(name): value for name, value in values.items()}


def _held(values: Mapping[str, float]) -> dict[Quantity, float]:
    return {Quantity(name): float(value) for name, value in values.items()}
