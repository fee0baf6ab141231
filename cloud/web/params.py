"""Instants and spans in query strings."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from cloud.web.problem import ProblemError

_FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _plus(raw: object) -> object:
    """Undo what a browser makes of `+05:30` in an address that was not quoted."""
    if isinstance(raw, str) and raw[-6:-5] == " ":
        return raw[:-6] + "+" + raw[-5:]
    return raw


def check_instant(at: datetime) -> datetime:
    """Return `at`, or refuse what no meter has seen.

    Raises:
        ValueError: Before 1990 or after 2199.
    """
    if not _FIRST <= at < _LAST:
        raise ValueError("must lie between 1990 and 2200")
    return at


Instant = Annotated[AwareDatetime, BeforeValidator(_plus)]


class Span(BaseModel):
    """A span of time, ``[from, to)``."""

    model_config = ConfigDict(populate_by_name=True)

    start: Instant = Field(
        alias="from", json_schema_extra={"example": "2026-03-02T00:00:00+05:30"}
    )
    end: Instant = Field(
        alias="to", json_schema_extra={"example": "2026-03-03T00:00:00+05:30"}
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if check_instant(self.start) >= check_instant(self.end):
            raise ValueError("from must lie before to")
        return self

    def span_s(self) -> tuple[int, int]:
        """Return the span as whole seconds since 1970 UTC."""
        return int(self.start.timestamp()), int(self.end.timestamp())


class LocalSpan(BaseModel):
    """A span of time; without offset it is told in `tz`, else in the site's zone."""

    model_config = ConfigDict(populate_by_name=True)

    start: str | None = Field(
        None, alias="from", max_length=40, json_schema_extra={"example": "2026-03-02"}
    )
    end: str | None = Field(
        None, alias="to", max_length=40, json_schema_extra={"example": "2026-03-03"}
    )
    tz: str | None = Field(
        None, max_length=60, json_schema_extra={"example": "Asia/Kolkata"}
    )

    def zone(self) -> ZoneInfo | None:
        """Return the zone asked for, if any.

        Raises:
            ProblemError: There is no such zone.
        """
        try:
            return ZoneInfo(self.tz) if self.tz else None
        except (ValueError, OSError, LookupError) as error:
            raise _wrong("tz", f"there is no time zone {self.tz!r}") from error

    def span_s(
        self, zone: ZoneInfo, now: datetime, default: timedelta
    ) -> tuple[int, int]:
        """Return the span in seconds since 1970 UTC; by default the time up to now.

        Raises:
            ProblemError: An instant is malformed, or they are in the wrong order.
        """
        end = self._instant("to", self.end, zone) or now
        start = self._instant("from", self.start, zone) or end - default
        if start >= end:
            raise _wrong("from", "must lie before to")
        return int(start.timestamp()), int(end.timestamp())

    def _instant(self, field: str, raw: str | None, zone: ZoneInfo) -> datetime | None:
        if raw is None:
            return None
        try:
            at = datetime.fromisoformat(str(_plus(raw)))
            return check_instant(at if at.tzinfo else at.replace(tzinfo=zone))
        except (ValueError, OverflowError) as error:
            message = f"not a date or an instant between 1990 and 2200: {raw!r}"
            raise _wrong(field, message) from error


def month_span_s(month: str, zone: ZoneInfo) -> tuple[int, int]:
    """Return the local month ``YYYY-MM`` in seconds since 1970 UTC.

    Raises:
        ProblemError: It is not a month.
    """
    try:
        first = date.fromisoformat(f"{month}-01")
        start = check_instant(datetime.combine(first, time(), zone))
    except ValueError as error:
        raise _wrong(
            "month", f"not a month like 2026-03, from 1990 to 2199: {month!r}"
        ) from error
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    end = datetime.combine(following, time(), zone)
    return int(start.timestamp()), int(end.timestamp())


def _wrong(field: str, message: str) -> ProblemError:
    errors = [{"field": field, "message": message}]
    return ProblemError(422, f"{field}: {message}", errors=errors)
