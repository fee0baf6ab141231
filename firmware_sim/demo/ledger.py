"""The closing ledger: what was produced, what arrived, and whether it all agrees."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

CAMPUS_TOLERANCE: Final = 0.005
SAVED_TOLERANCE: Final = 0.02
REPLAY_TOLERANCE: Final = 0.0001


@dataclass(frozen=True, slots=True)
class Account:
    """The readings of one gateway.

    Attributes:
        produced: A total that the gateway committed with each batch.
        delivered: Readings the cloud holds.
        declared_lost: Readings the gateway gave up, with a reason.
        duplicates: Readings the cloud counts more than once.
    """

    produced: int
    delivered: int
    declared_lost: int
    duplicates: int

    @property
    def missing(self) -> int:
        """Readings nobody can account for."""
        return self.produced - self.delivered - self.declared_lost


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure from the cloud and the same from the simulators."""

    cloud: float | None
    truth: float | None

    def is_within(self, tolerance: float) -> bool:
        """Return whether both are known and agree to the share `tolerance`."""
        if self.cloud is None or self.truth is None:
            return False
        return abs(self.cloud - self.truth) <= tolerance * abs(self.truth)


@dataclass(frozen=True, slots=True)
class Month:
    """Energy of one building in one month of site time, in kWh."""

    building: str
    month: str
    kwh_csv: float
    kwh_cloud: float | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the demo found at its end."""

    gateways: Mapping[str, Account] = field(default_factory=dict)
    campus_kw: Pair | None = None
    saved_kwh: Pair | None = None
    kills: int = 0
    cuts: int = 0
    replay: tuple[Month, ...] | None = None
    complaints: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """What does not balance, one sentence each."""
        found = [*self.complaints, *_of_accounts(self.gateways)]
        if self.campus_kw and not self.campus_kw.is_within(CAMPUS_TOLERANCE):
            found.append(_apart("campus load [kW]", self.campus_kw, CAMPUS_TOLERANCE))
        if self.saved_kwh and not self.saved_kwh.is_within(SAVED_TOLERANCE):
            found.append(_apart("saved energy [kWh]", self.saved_kwh, SAVED_TOLERANCE))
        return found + list(_of_replay(self.replay))

    def to_json(self) -> dict[str, object]:
        """Return the ledger as JSON values."""
        body: dict[str, object] = {
            "balanced": not self.problems,
            "problems": self.problems,
            "gateways": {name: asdict(self.gateways[name]) for name in self.gateways},
            "kills": self.kills,
            "cuts": self.cuts,
        }
        for name, pair in (
            ("campus_kw", self.campus_kw),
            ("saved_kwh", self.saved_kwh),
        ):
            if pair:
                body |= {f"{name}_cloud": pair.cloud, f"{name}_truth": pair.truth}
        if self.replay is not None:
            body["replay"] = [asdict(month) for month in self.replay]
        return body | dict(self.extra)


def _of_accounts(gateways: Mapping[str, Account]) -> Iterable[str]:
    if not gateways:
        yield "no gateway has an account"
    for name, account in gateways.items():
        if not account.produced:
            yield f"{name}: nothing was produced"
        if account.missing:
            yield (
                f"{name}: {account.produced} readings produced, but "
                f"{account.delivered} delivered and {account.declared_lost} declared "
                f"lost: {account.missing} unaccounted for"
            )
        if account.duplicates:
            yield f"{name}: {account.duplicates} readings counted twice"


def _of_replay(months: tuple[Month, ...] | None) -> Iterable[str]:
    if months == ():
        yield "the replay did not complete an hour"
    for month in months or ():
        if not Pair(month.kwh_cloud, month.kwh_csv).is_within(REPLAY_TOLERANCE):
            yield (
                f"{month.building}, {month.month}: {month.kwh_cloud} kWh in the cloud, "
                f"{month.kwh_csv} kWh in the CSV"
            )


def _apart(what: str, pair: Pair, tolerance: float) -> str:
    return (
        f"{what}: {pair.cloud} in the cloud, {pair.truth} in truth; "
        f"more than {tolerance:.1%} apart"
    )
