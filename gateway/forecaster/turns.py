"""When models change places: by expiry, by failing, by proving themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from contract.forecast_status import Refusal
from gateway.forecaster.judging import compared, of_tracks
from gateway.forecaster.roles import Beside, Duty, Roles
from gateway.forecaster.runner import Runner

_HOUR_S: Final = 3_600
_RECOVERED_HOURS: Final = 24
_LATELY_S: Final = 48 * _HOUR_S


def turn(
    roles: Roles, now_s: int, shadow_s: int, bring: Callable[[int], Runner]
) -> list[str]:
    """Change places where that is due; return in words what changed.

    Args:
        shadow_s: How long a new model runs beside. [s]
        bring: Returns a version that is on disk, or raises `ManifestError`.
    """
    changes = [
        _expire(roles, now_s),
        _fall(roles, now_s, bring),
        _end_shadow(roles, now_s, shadow_s),
        _return(roles, now_s),
    ]
    return [each for each in changes if each]


def _expire(roles: Roles, now_s: int) -> str:
    for runner in roles.runners:
        manifest = runner.manifest
        if manifest is None or now_s < _second(manifest.expires_at):
            continue
        why = f"version {manifest.version} expired at {manifest.expires_at}"
        if runner is roles.active:
            roles.active, roles.since_s, roles.why = None, now_s, why
        else:
            roles.beside = None
        return why
    return ""


def _fall(roles: Roles, now_s: int, bring: Callable[[int], Runner]) -> str:
    fallen = roles.active
    if fallen is None:
        return ""
    comparison = compared(fallen.record, roles.naive.record, roles.since_s)
    if not comparison.is_clearly_worse():
        comparison = of_tracks(fallen.tracks)
        if not comparison.is_worse():
            return ""
    if roles.beside is None:
        roles.beside = Beside(fallen, Duty.FALLEN, now_s)
    roles.active, roles.since_s = roles.fall_back(bring), now_s
    roles.why = (
        f"{_name(fallen)} did worse than the naive forecasts: {comparison.words()}"
    )
    return f"{roles.why}; falls back to {_name(roles.active)}"


def _end_shadow(roles: Roles, now_s: int, shadow_s: int) -> str:
    beside = roles.beside
    if beside is None or beside.duty is not Duty.SHADOW:
        return ""
    if now_s < beside.since_s + shadow_s:
        return ""
    runner, other = beside.runner, roles.told
    comparison = compared(runner.record, other.record, beside.since_s)
    if comparison.hours < shadow_s // _HOUR_S // 2:
        return ""  # too little was measured to tell
    if not comparison.is_worse():
        roles.take_over(now_s)
        return f"{_name(runner)} takes over"
    why = (
        f"{_name(runner)} did worse in shadow than {_name(other)}: {comparison.words()}"
    )
    roles.beside, roles.why = None, why
    roles.refuse(Refusal(runner.version, why, does_worse=True))
    return why


def _return(roles: Roles, now_s: int) -> str:
    beside = roles.beside
    if beside is None or beside.duty is not Duty.FALLEN:
        return ""
    runner = beside.runner
    lately_s = max(beside.since_s, now_s - _LATELY_S)
    comparison = compared(runner.record, roles.naive.record, lately_s)
    if comparison.hours < _RECOVERED_HOURS or comparison.is_worse():
        return ""
    if of_tracks(runner.tracks).is_worse():
        return ""
    roles.take_over(now_s)
    return f"{_name(runner)} does well again"


def _name(runner: Runner | None) -> str:
    if runner is None or runner.version is None:
        return "the naive forecasts"
    return f"version {runner.version}"


def _second(instant: str) -> int:
    return int(datetime.fromisoformat(instant).astimezone(UTC).timestamp())
