"""What `voltonic-cloud model` says of models, in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import cast

Facts = Mapping[str, object]


def in_one_line(told: Facts) -> str:
    """Return a node's newest model and what its gateway runs."""
    kept = _versions(told)
    newest = _short(kept[0]) if kept else "none that can be read: train it again"
    gateway = _runs(told)
    return f"{told['node']!s:40} {newest}{f'; {gateway}' if gateway else ''}"


def in_words(told: Facts) -> str:
    """Return all that is known of a node's models, line by line."""
    return "\n".join(_lines(told))


def _lines(told: Facts) -> Iterator[str]:
    yield str(told["node"])
    for each in _versions(told):
        yield f"  {_short(each)}"
        yield f"    trained on {each['rows']} hours until {_day(each['trained_to'])}"
        if left_out := cast(list[str], each["left_out"]):
            yield f"    left out: {', '.join(left_out)}"
        yield f"    expires {_day(each['expires_at'])}"
    if not _versions(told):
        yield "  no model yet"
    if gateway := _runs(told):
        yield f"  {gateway}"
    match told.get("last_training"):
        case {"ended_at": str(at), "state": str(state), "note": note}:
            yield f"  last training: {state} {_day(at)}{f': {note}' if note else ''}"


def _versions(told: Facts) -> list[Facts]:
    return cast(list[Facts], told["versions"])


def _short(version: Facts) -> str:
    back = version["rolls_back_to"]
    again = "" if back is None else f", version {back} again"
    errors = ", ".join(
        f"{name} {horizon['error_percent']:.1f} %"
        f" (naive {horizon['naive_error_percent']:.1f} %)"
        for name, horizon in (
            ("next hour", version["next_hour"]),
            ("24 h", version["day_ahead"]),
        )
        if isinstance(horizon, Mapping)
    )
    made = _day(version["trained_at"])
    return f"version {version['version']} ({version['kind']}{again}), {made}: {errors}"


def _runs(told: Facts) -> str:
    match told.get("gateway"):
        case {"gateway": str(name), **said}:
            return f"{name} {_state(cast(Facts, said))}"
    return ""


def _state(said: Facts) -> str:
    state = said.get("state")
    if state is None:
        return "has not said what it runs"
    version = said.get("version")
    words = "runs the naive forecasts" if version is None else f"runs version {version}"
    refused = said.get("refused")
    why = refused.get("why") if isinstance(refused, Mapping) else said.get("why")
    return f"{words} ({state}){f': {why}' if why else ''}"


def _day(instant: object) -> str:
    return f"{datetime.fromisoformat(str(instant)):%Y-%m-%d %H:%M}"
