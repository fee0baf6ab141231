"""From what was fitted to the bytes that are published."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from cloud.forecasting.fitted import Fitted, Part
from contract import bundle, features
from contract.origins import Floats
from contract.promise import Horizon, Kind, Promise

_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class Bundled:
    """A model that is ready to be published anywhere."""

    promise: Promise
    packed: bytes


def bundled(fitted: Fitted, kind: Kind, quarter_miss: float, now: datetime) -> Bundled:
    """Return `fitted` as a bundle.

    Args:
        quarter_miss: What `quarter_course.quarter_miss` found.
        now: When it was made.

    Raises:
        BundleError: It is too large.
    """
    day_ahead = fitted.day_ahead
    promise = Promise(
        kind=kind,
        feature_version=features.VERSION,
        next_hour=_horizon(fitted.next_hour),
        day_ahead=None if day_ahead is None else _horizon(day_ahead),
        trained_at=now.isoformat(),
        trained_from=_instant(fitted.trained_from_s),
        trained_to=_instant(fitted.trained_to_s),
        rows=fitted.rows,
        left_out=fitted.left_out,
        quarter_shape=_rounded(fitted.quarter_shape),
        quarter_miss=round(quarter_miss, _DECIMALS),
    )
    parts = {
        bundle.Part.PROMISE: promise.to_bytes(),
        bundle.Part.NEXT_HOUR: fitted.next_hour.onnx,
        bundle.Part.NEXT_HOUR_TRACK: fitted.next_hour.track,
    }
    if day_ahead is not None:
        parts |= {
            bundle.Part.DAY_AHEAD: day_ahead.onnx,
            bundle.Part.DAY_AHEAD_TRACK: day_ahead.track,
        }
    return Bundled(promise, bundle.pack(parts))


def _horizon(part: Part) -> Horizon:
    return Horizon(
        part.lead_hours,
        part.columns,
        part.members,
        round(part.error_percent, _DECIMALS),
        round(part.naive_error_percent, _DECIMALS),
    )


def _rounded(shape: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in np.round(shape, _DECIMALS))


def _instant(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()
