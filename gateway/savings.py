"""Saved energy: what a room had used without its setback, less what it used. Pure.

While a setback is in force, each good poll adds the baseline power times the time since
the poll before, less what the room's energy counter counted in that time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Setback:
    """A setback in force.

    Attributes:
        baseline_kw: Mean power of the vacancy before it. [kW]
        until: When the device reverts by itself.
        at: Instant of the poll that was counted last.
        counter_kwh: The room's energy counter then. [kWh]
    """

    baseline_kw: float
    until: datetime
    at: datetime
    counter_kwh: float


@dataclass(frozen=True, slots=True)
class Account:
    """The savings of one room.

    Attributes:
        saved_kwh: All it ever saved. [kWh]
        reported_kwh: The greatest `saved_kwh` so far: a counter never steps down. [kWh]
        vacant_kw: Mean power of the present vacancy's polls without setback. [kW]
        vacant_polls: How many those are.
    """

    saved_kwh: float = 0.0
    reported_kwh: float = 0.0
    vacant_kw: float = 0.0
    vacant_polls: int = 0
    setback: Setback | None = None


@dataclass(frozen=True, slots=True)
class RoomPoll:
    """One good poll of a room.

    Attributes:
        is_vacant: Whether it is neither occupied nor scheduled, and not set back.
    """

    at: datetime
    power_kw: float
    counter_kwh: float
    is_vacant: bool


def observed(account: Account, poll: RoomPoll) -> Account:
    """Return the account after one more good poll."""
    if account.setback is not None:
        if poll.power_kw > 0 and poll.counter_kwh == account.setback.counter_kwh:
            # The counter moves in steps and has not yet: counted with the next one.
            return account
        counted = replace(account.setback, at=poll.at, counter_kwh=poll.counter_kwh)
        saved_kwh = account.saved_kwh + saved_since(account.setback, poll)
        reported_kwh = max(account.reported_kwh, saved_kwh)
        return replace(
            account, saved_kwh=saved_kwh, reported_kwh=reported_kwh, setback=counted
        )
    if not poll.is_vacant:
        return closed(account) if account.vacant_polls else account
    polls = account.vacant_polls + 1
    mean_kw = account.vacant_kw + (poll.power_kw - account.vacant_kw) / polls
    return replace(account, vacant_kw=mean_kw, vacant_polls=polls)


def opened(account: Account, until: datetime, last: RoomPoll) -> Account:
    """Return the account with a setback in force, counted from the poll `last`.

    Raises:
        ValueError: No poll of the vacancy gives a baseline.
    """
    if not account.vacant_polls:
        raise ValueError("a setback needs a baseline: no poll of this vacancy")
    setback = Setback(account.vacant_kw, until, last.at, last.counter_kwh)
    return replace(account, setback=setback)


def renewed(account: Account, until: datetime) -> Account:
    """Return the account with its setback in force until `until`."""
    if account.setback is None:
        return account
    return replace(account, setback=replace(account.setback, until=until))


def closed(account: Account) -> Account:
    """Return the account without a setback; the next vacancy starts anew."""
    return Account(account.saved_kwh, account.reported_kwh)


def saved_since(setback: Setback, poll: RoomPoll) -> float:
    """Return the energy saved between the poll counted last and this one. [kWh].

    What ran after the device had reverted by itself is taken at the power of `poll`.
    A counter that stepped down, or a clock that did, leaves nothing to count.
    """
    used_kwh = poll.counter_kwh - setback.counter_kwh
    end = max(setback.at, min(poll.at, setback.until))
    if used_kwh < 0 or poll.at <= setback.at:
        return 0.0
    after_kwh = poll.power_kw * ((poll.at - end) / _HOUR)
    in_force_kwh = max(0.0, used_kwh - after_kwh)
    return setback.baseline_kw * ((end - setback.at) / _HOUR) - in_force_kwh
