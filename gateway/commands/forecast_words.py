"""What `status` says of the forecasts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from contract.forecast_status import Errors, ForecastStatus, Four, State

_STATES = {
    State.RUNNING: "",
    State.SHADOW: "the naive forecasts, while a model proves itself",
    State.FALLBACK: "fallen back",
    State.NAIVE: "the naive forecasts",
}


def about_forecast(raw: object) -> Iterator[tuple[str, str]]:
    """Yield each line about the forecasts: what it is, and what is to be said.

    Args:
        raw: What the gateway says of them, JSON values; None without a forecaster.
    """
    if not isinstance(raw, Mapping):
        return
    try:
        status = ForecastStatus.from_json(raw)
    except ValueError:
        yield "forecast", "written by another version; start the gateway again"
        return
    yield "forecast by", _teller(status)
    if status.why:
        yield "", status.why
    yield from _others(status)
    if status.next_hour is not None and status.origin_s is not None:
        yield "next hour", f"{_kw(status.next_hour)}, from {_clock(status.origin_s)}"
    match raw.get("peak"):
        case {"start_s": int(start_s), "kw": [mean, low, middle, high]}:
            peak = float(mean), float(low), float(middle), float(high)
            yield "peak of 24 h", f"{_kw(peak)}, at {_clock(start_s)}"
    if status.next_hour_errors is not None:
        yield "missed, 1 h", _missed(status.next_hour_errors)
    if status.day_ahead_errors is not None:
        yield "missed, 24 h", _missed(status.day_ahead_errors)
    if status.note:
        yield "note", status.note


def _others(status: ForecastStatus) -> Iterator[tuple[str, str]]:
    """Yield what is said of models whose forecasts are not told."""
    if status.shadow is not None:
        until = _clock(status.shadow.until_s)
        yield "in shadow", f"version {status.shadow.version}, until {until} or longer"
    if status.refused is not None:
        version = status.refused.version
        which = "a model" if version is None else f"version {version}"
        yield "refused", f"{which}: {status.refused.why}"


def _teller(status: ForecastStatus) -> str:
    model, words = status.model, _STATES[status.state]
    if model is None:
        return words or "nobody"
    trained = datetime.fromisoformat(model.trained_at).astimezone()
    made = f"version {model.version} ({model.kind}), made {trained:%Y-%m-%d %H:%M}"
    if model.rolls_back_to is not None:
        made += f", which is version {model.rolls_back_to} again"
    return f"{made}; {words}" if words else made


def _kw(four: Four) -> str:
    mean, low, _, high = four
    return f"{mean:.1f} kW ({low:.1f} to {high:.1f})"


def _missed(errors: Errors) -> str:
    return (
        f"{errors.ours_percent:.1f} %, naive {errors.naive_percent:.1f} %,"
        f" in {errors.hours} hours"
    )


def _clock(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC).astimezone():%a %H:%M}"
