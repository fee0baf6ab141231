"""What the demo asks the cloud, over its public API and with a viewer's key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Final, Self

import aiohttp

from firmware_sim.demo.ledger import Account

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=2)


class AskError(Exception):
    """The cloud did not answer as it should; the message says what it said."""


@dataclass(frozen=True, slots=True)
class FleetGateway:
    """One gateway as the fleet shows it.

    Attributes:
        waiting: Readings in its buffer when it was last heard.
        resent: Batches that came again because a receipt was lost.
    """

    name: str
    state: str
    account: Account
    waiting: int
    resent: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """All gateways, and what the roll-up has still to do.

    Attributes:
        dirty: Intervals whose totals are out of date.
    """

    gateways: Mapping[str, FleetGateway]
    dirty: int

    @property
    def delivered(self) -> int:
        """Readings in the cloud."""
        return sum(gateway.account.delivered for gateway in self.gateways.values())

    @property
    def waiting(self) -> int:
        """Readings in the buffers of all gateways, as far as the cloud has heard."""
        return sum(gateway.waiting for gateway in self.gateways.values())

    @property
    def resent(self) -> int:
        """Batches that came again because a receipt was lost."""
        return sum(gateway.resent for gateway in self.gateways.values())


@dataclass(frozen=True, slots=True)
class LiveCampus:
    """The campus as the dashboard shows it; None where nothing fresh is known."""

    load_kw: float | None
    age_s: float | None
    reporting: int
    saved_kwh: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of site time; the energy is None where nothing is known.

    Attributes:
        coverage: Share of the day whose course is known.
    """

    day: date
    energy_kwh: float | None
    coverage: float


class Cloud:
    """A client of one cloud; an async context manager."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connection pool."""
        self._session = aiohttp.ClientSession(
            headers={"X-API-Key": self.key}, timeout=_TIMEOUT
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def is_healthy(self) -> bool:
        """Return whether the cloud answers."""
        try:
            await self.get("/healthz")
        except AskError:
            return False
        return True

    async def fleet(self, *, verify: bool = False) -> Fleet:
        """Return the accounts of all gateways."""
        question = "/api/v1/fleet?verify=1" if verify else "/api/v1/fleet"
        return decoded_fleet(await self.get(question))

    async def live_campus(self) -> LiveCampus:
        """Return the campus now."""
        return decoded_campus(await self.get("/api/live/campus"))

    async def mean_kw(
        self, node: str, start: datetime, end: datetime
    ) -> tuple[float | None, float]:
        """Return the mean power of `node` from raw readings, and its coverage."""
        answer = await self.get(
            "/api/v1/analytics/power",
            {"node": node, "from": start.isoformat(), "to": end.isoformat()},
        )
        match answer:
            case {
                "mean_kw": float() | int() as kw,
                "coverage": float() | int() as share,
            }:
                return float(kw), float(share)
            case {"mean_kw": None}:
                return None, 0.0
        raise AskError(f"/api/v1/analytics/power answered {answer}")

    async def days(self, node: str, start: datetime, end: datetime) -> list[Day]:
        """Return the days of site time that the cloud knows of, in order."""
        answer = await self.get(
            "/api/v1/analytics/daily",
            {"node": node, "from": start.isoformat(), "to": end.isoformat()},
        )
        match answer:
            case {"rows": [*rows]}:
                return [_day(row) for row in rows]
        raise AskError(f"/api/v1/analytics/daily answered {str(answer)[:300]}")

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """Return the JSON at `path`.

        Raises:
            AskError: No connection, an error status, or no JSON.
        """
        if self._session is None:
            raise AskError("the client is not open")
        try:
            async with self._session.get(self.url + path, params=query) as response:
                if response.status != 200:
                    raise AskError(
                        f"{path}: {response.status} {(await response.text())[:500]}"
                    )
                if path == "/healthz":
                    return None
                answer: object = await response.json()
                return answer
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise AskError(f"{path}: {type(error).__name__} {error}") from error


def decoded_fleet(answer: object) -> Fleet:
    """Return the fleet in `answer`.

    Raises:
        AskError: A figure is missing.
    """
    match answer:
        case {"gateways": [*rows], "rollup": {"dirty": int(dirty)}}:
            gateways = map(_gateway, rows)
            return Fleet({gateway.name: gateway for gateway in gateways}, dirty)
    raise AskError(f"/api/v1/fleet answered {str(answer)[:300]}")


def _gateway(row: object) -> FleetGateway:
    match row:
        case {
            "gateway": str(name),
            "state": str(state),
            "produced": int(produced),
            "delivered": int(delivered),
            "declared_lost": int(declared_lost),
            "duplicates": int(duplicates),
            "resent": int(resent),
            "buffer": dict(buffer),
        }:
            account = Account(produced, delivered, declared_lost, duplicates)
            waiting = buffer.get("readings", 0)
            return FleetGateway(name, state, account, waiting, resent)
    raise AskError(f"/api/v1/fleet has a row without its figures: {str(row)[:300]}")


def decoded_campus(answer: object) -> LiveCampus:
    """Return the live campus in `answer`.

    Raises:
        AskError: A figure is missing.
    """
    match answer:
        case {
            "load_kw": None | int() | float() as load_kw,
            "age_s": None | int() | float() as age_s,
            "meters": {"reporting": int(reporting)},
            "saved": {"total_kwh": None | int() | float() as saved_kwh},
        }:
            return LiveCampus(load_kw, age_s, reporting, saved_kwh)
    raise AskError(f"/api/live/campus answered {str(answer)[:300]}")


def _day(row: object) -> Day:
    match row:
        case {
            "date": str(day),
            "energy_kwh": None | int() | float() as kwh,
            "coverage": None | int() | float() as coverage,
        }:
            return Day(date.fromisoformat(day), kwh, coverage or 0.0)
    raise AskError(f"/api/v1/analytics/daily has a row without energy: {row}")
