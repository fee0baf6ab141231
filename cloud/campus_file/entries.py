"""What a campus file may say, checked field by field."""

from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from cloud.domain.asset import (
    NEEDED,
    POSSIBLE,
    Asset,
    AssetKind,
    Figure,
    fitting,
)
from cloud.domain.generator import Generator, GeneratorKind
from cloud.domain.node import NodeKind
from cloud.domain.period import LONGEST, Period, PeriodKind
from cloud.domain.public_holidays import UnknownCountryError, public_holidays
from cloud.store.campus import Weekly
from cloud.turbines import power_curve
from contract.inventory import PATH, SLUG
from contract.timetable import Slot


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError(f"not a lower-case slug: {value!r}")
    return value


def _path(value: str) -> str:
    if len(value) > 200 or not PATH.fullmatch(value):
        raise ValueError(f"not a path of lower-case slugs: {value!r}")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"not a time zone: {value!r} (e.g. Asia/Kolkata)")
    return ZoneInfo(value).key


def _weekly(raw: object) -> Weekly:
    day, start, end = Slot.from_json(raw).to_json()
    return int(str(day)), str(start), str(end)


def _curve(value: str) -> str:
    power_curve(value)  # says which there are
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PeriodEntry(_Strict):
    """A term, or a time at which the site is closed; the last day is included."""

    kind: PeriodKind
    first: date
    last: date
    name: str = Field("", max_length=200)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.first <= self.last <= self.first + LONGEST:
            raise ValueError(
                f"last: {self.last} is not within {LONGEST.days} days of {self.first}"
            )
        return self

    @property
    def period(self) -> Period:
        """What this says."""
        return Period(self.first, self.last, self.kind, self.name)


class GeneratorEntry(_Strict):
    """A photovoltaic array (tilt and azimuth) or a turbine (hub height and curve)."""

    slug: Annotated[str, AfterValidator(_slug)]
    kind: GeneratorKind
    capacity_kw: float = Field(gt=0, le=1e6)
    tilt_deg: float | None = Field(None, ge=0, le=90)
    azimuth_deg: float | None = Field(None, ge=0, le=360)
    hub_height_m: float | None = Field(None, gt=0, le=300)
    curve: Annotated[str, AfterValidator(_curve)] | None = None
    device: Annotated[str, AfterValidator(_slug)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        solar = {"tilt_deg": self.tilt_deg, "azimuth_deg": self.azimuth_deg}
        wind = {"hub_height_m": self.hub_height_m, "curve": self.curve}
        is_solar = self.kind is GeneratorKind.SOLAR
        wanted, unwanted = (solar, wind) if is_solar else (wind, solar)
        missing = [name for name, value in wanted.items() if value is None]
        alien = [name for name, value in unwanted.items() if value is not None]
        if missing:
            raise ValueError(f"{self.kind} needs {' and '.join(missing)}")
        if alien:
            raise ValueError(f"{self.kind} has no {' or '.join(alien)}")
        return self

    @property
    def generator(self) -> Generator:
        """What this says."""
        return Generator(**self.model_dump())


class AssetEntry(_Strict):
    """Equipment that is followed: a machine, an array or a battery."""

    slug: Annotated[str, AfterValidator(_slug)]
    kind: AssetKind
    name: str = Field(min_length=1, max_length=200)
    points: dict[Figure, str]
    rated_kw: float | None = Field(None, gt=0, le=1e6)
    rated_kwh: float | None = Field(None, gt=0, le=1e7)
    commissioned: date | None = None
    serviced: date | None = None

    @model_validator(mode="after")
    def _measured(self) -> Self:
        for figure in sorted(NEEDED[self.kind] - self.points.keys()):
            raise ValueError(f"points: {self.kind} needs {figure}")
        for figure, point in self.points.items():
            if figure not in POSSIBLE[self.kind]:
                raise ValueError(f"points: {self.kind} has no {figure}")
            place, _, last = point.rpartition("/")
            if len(point) > 200 or not PATH.fullmatch(place):
                wanted = "node/device/quantity or node/ac_kwh"
                raise ValueError(f"points.{figure}: {point!r} is no {wanted}")
            if last not in fitting(self.kind, figure):
                known = ", ".join(sorted(fitting(self.kind, figure)))
                raise ValueError(f"points.{figure}: {last!r} is none of {known}")
        return self

    @property
    def asset(self) -> Asset:
        """What this says."""
        return Asset(**self.model_dump())


class NodeEntry(_Strict):
    """One node below a site."""

    path: Annotated[str, AfterValidator(_path)]
    kind: NodeKind
    name: str = Field(min_length=1, max_length=200)
    area_m2: float | None = Field(None, gt=0)
    capacity: int | None = Field(None, ge=0)
    room_type: str | None = Field(None, max_length=20)
    base_load_kw: float | None = Field(None, ge=0)
    connection_limit_kw: float | None = Field(None, gt=0, le=1e6)
    timetable: tuple[Annotated[Weekly, BeforeValidator(_weekly)], ...] | None = None
    generators: tuple[GeneratorEntry, ...] | None = None
    assets: tuple[AssetEntry, ...] | None = None


class SiteEntry(_Strict):
    """One site with every node below it."""

    slug: Annotated[str, AfterValidator(_slug)]
    name: str = Field(min_length=1, max_length=200)
    timezone: Annotated[str, AfterValidator(_zone)]
    area_m2: float | None = Field(None, gt=0)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    subdivision: str | None = Field(None, pattern="^[A-Z0-9]{1,10}$")
    connection_limit_kw: float | None = Field(None, gt=0, le=1e6)
    periods: tuple[PeriodEntry, ...] | None = None
    generators: tuple[GeneratorEntry, ...] | None = None
    assets: tuple[AssetEntry, ...] | None = None
    nodes: tuple[NodeEntry, ...] = ()

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        if self.country is None and self.subdivision is not None:
            raise ValueError("subdivision needs a country")
        if self.country is not None:
            try:
                public_holidays(self.country, self.subdivision, ())
            except UnknownCountryError as error:
                raise ValueError(f"country and subdivision: {error}") from error
        return self


class CampusFile(_Strict):
    """The whole file."""

    format: Literal[1]
    sites: tuple[SiteEntry, ...]
