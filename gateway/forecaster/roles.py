"""Who makes the forecasts that are told, who runs beside, and how that changes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from contract.forecast_status import Refusal, RunningModel, Shadow, State, refusal_in
from contract.promise import ManifestError
from gateway.forecaster.judging import Comparison, compared
from gateway.forecaster.runner import Runner

_HOUR_S: Final = 3_600
_RECOVERED_HOURS: Final = 24


class Duty(StrEnum):
    """Why a model runs beside the one whose forecasts are told."""

    SHADOW = "shadow"
    """It is new, and proves itself."""
    FALLEN = "fallen"
    """It did worse than the naive forecasts; it returns once it does well again."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A model whose forecasts are judged, not told."""

    runner: Runner
    duty: Duty
    since_s: int


@dataclass(slots=True)
class Roles:
    """The models that are loaded, two at most, and the naive forecasts.

    Attributes:
        active: Whose forecasts are told; None: the naive ones.
        since_s: Since when. [s since 1970 UTC]
        previous: Version that did well before; it is on disk.
        refused: The last model that is not run.
        why: In words why the active one is not the newest.
    """

    naive: Runner
    active: Runner | None = None
    since_s: int = 0
    previous: int | None = None
    beside: Beside | None = None
    refused: Refusal | None = None
    why: str = "no model yet"

    @property
    def told(self) -> Runner:
        """Whose forecasts are told."""
        return self.active or self.naive

    @property
    def runners(self) -> list[Runner]:
        """All that run, the naive forecasts first."""
        others = (self.active, self.beside.runner if self.beside else None)
        return [self.naive, *(each for each in others if each is not None)]

    @property
    def versions(self) -> set[int | None]:
        """Versions that are still wanted on disk."""
        return {each.version for each in self.runners} | {self.previous}

    def begin(self, runner: Runner, now_s: int, shadow_s: int) -> None:
        """Let an accepted model prove itself, or take over at once without a shadow."""
        self.refused = None
        self.beside = Beside(runner, Duty.SHADOW, now_s)
        if not shadow_s:
            self._take_over(now_s)

    def refuse(self, refusal: Refusal) -> None:
        """Note that a model is not run."""
        self.refused = refusal
        if self.active is None and (self.beside is None):
            self.why = refusal.why

    def turn(
        self, now_s: int, shadow_s: int, bring: Callable[[int], Runner]
    ) -> list[str]:
        """Change places where that is due; return in words what changed.

        Args:
            shadow_s: How long a new model runs beside. [s]
            bring: Returns a version that is on disk, or raises `ManifestError`.
        """
        changes = [
            self._expire(now_s),
            self._fall(now_s, bring),
            self._end_shadow(now_s, shadow_s),
            self._return(now_s),
        ]
        return [each for each in changes if each]

    def drop(
        self, runner: Runner, why: str, now_s: int, bring: Callable[[int], Runner]
    ) -> None:
        """Run a model no longer that does not answer as it should."""
        refusal = Refusal(runner.version, why, does_worse=True)
        if self.active is runner:
            self.active, self.since_s = self._brought(bring), now_s
            self.why = f"version {runner.version} is not run: {why}"
        if self.beside is not None and self.beside.runner is runner:
            self.beside = None
        self.refused = refusal

    def state(self) -> State:
        """Return who makes the forecasts that are told."""
        version = self.active.version if self.active else 0
        fallen = self.beside is not None and self.beside.duty is Duty.FALLEN
        refused = self.refused
        worse = refused is not None and refused.does_worse
        if fallen or (worse and refused and (refused.version or 0) > (version or 0)):
            return State.FALLBACK
        if self.active is not None:
            return State.RUNNING
        return State.NAIVE if self.beside is None else State.SHADOW

    def model(self) -> RunningModel | None:
        """Return the model whose forecasts are told."""
        if self.active is None or self.active.manifest is None:
            return None
        manifest = self.active.manifest
        return RunningModel(
            manifest.version,
            manifest.promise.kind.value,
            manifest.promise.trained_at,
            manifest.expires_at,
            manifest.rolls_back_to,
        )

    def shadow(self, shadow_s: int) -> Shadow | None:
        """Return the model that proves itself."""
        if self.beside is None or self.beside.duty is not Duty.SHADOW:
            return None
        version = self.beside.runner.version or 0
        return Shadow(version, self.beside.since_s + shadow_s)

    def to_json(self) -> dict[str, object]:
        """Return who does what as JSON values, to outlive a restart."""
        beside = self.beside
        return {
            "active": None if self.active is None else self.active.version,
            "since_s": self.since_s,
            "previous": self.previous,
            "beside": None if beside is None else beside.runner.version,
            "duty": None if beside is None else beside.duty.value,
            "beside_since_s": 0 if beside is None else beside.since_s,
            "refused": None if self.refused is None else asdict(self.refused),
            "why": self.why,
        }

    def recall(self, raw: object, bring: Callable[[int], Runner]) -> None:
        """Take up who did what.

        Args:
            bring: Returns a version that is on disk, or raises `ManifestError`.

        Raises:
            ValueError: `raw` is not what `to_json` returned.
            ManifestError: A model can't be used any more; the others are taken up.
        """
        match raw:
            case {
                "active": None | int() as active,
                "since_s": int(since_s),
                "previous": None | int() as previous,
                "beside": None | int() as beside,
                "duty": None | str() as duty,
                "beside_since_s": int(beside_since_s),
                "refused": refused,
                "why": str(why),
            }:
                self.since_s, self.previous, self.why = since_s, previous, why
                self.refused = None if refused is None else refusal_in(refused)
            case _:
                raise ValueError("who does what is not known any more")
        lost = []
        for version in (active, beside):
            try:
                runner = None if version is None else bring(version)
            except ManifestError as error:
                lost.append(f"version {version} is not run: {error}")
                continue
            if runner is not None and version == active:
                self.active = runner
            elif runner is not None:
                self.beside = Beside(runner, Duty(duty or ""), beside_since_s)
        if lost:
            self.why = "; ".join(lost)
            raise ManifestError(self.why)

    def _expire(self, now_s: int) -> str:
        for runner in self.runners:
            manifest = runner.manifest
            if manifest is None or now_s < _second(manifest.expires_at):
                continue
            why = f"version {manifest.version} expired at {manifest.expires_at}"
            if runner is self.active:
                self.active, self.since_s, self.why = None, now_s, why
            else:
                self.beside = None
            return why
        return ""

    def _fall(self, now_s: int, bring: Callable[[int], Runner]) -> str:
        fallen = self.active
        if fallen is None:
            return ""
        comparison = compared(fallen.record, self.naive.record, self.since_s)
        if not comparison.is_clearly_worse():
            return ""
        if self.beside is None:
            self.beside = Beside(fallen, Duty.FALLEN, now_s)
        self.active, self.since_s = self._brought(bring), now_s
        self.why = (
            f"version {fallen.version} did worse than the naive forecasts:"
            f" {comparison.words()}"
        )
        return f"{self.why}; falls back to {_name(self.active)}"

    def _brought(self, bring: Callable[[int], Runner]) -> Runner | None:
        version, self.previous = self.previous, None
        if version is None:
            return None
        try:
            return bring(version)
        except ManifestError:
            return None

    def _end_shadow(self, now_s: int, shadow_s: int) -> str:
        beside = self.beside
        if beside is None or beside.duty is not Duty.SHADOW:
            return ""
        if now_s < beside.since_s + shadow_s:
            return ""
        other = self.told
        comparison = compared(beside.runner.record, other.record, beside.since_s)
        if comparison.hours < shadow_s // _HOUR_S // 2:
            return ""  # too little was measured to tell
        if not comparison.is_worse():
            self._take_over(now_s)
            return f"version {beside.runner.version} takes over"
        self._turn_down(beside.runner, other, comparison)
        return str(self.refused and self.refused.why)

    def _turn_down(self, runner: Runner, other: Runner, comparison: Comparison) -> None:
        self.beside = None
        why = (
            f"version {runner.version} did worse in shadow than {_name(other)}:"
            f" {comparison.words()}"
        )
        self.refuse(Refusal(runner.version, why, does_worse=True))
        self.why = why

    def _take_over(self, now_s: int) -> None:
        if self.beside is None:
            return
        if self.active is not None:
            self.previous = self.active.version
        self.active, self.since_s = self.beside.runner, now_s
        self.beside, self.refused, self.why = None, None, ""

    def _return(self, now_s: int) -> str:
        beside = self.beside
        if beside is None or beside.duty is not Duty.FALLEN:
            return ""
        comparison = compared(beside.runner.record, self.naive.record, beside.since_s)
        if comparison.hours < _RECOVERED_HOURS or comparison.is_worse():
            return ""
        self._take_over(now_s)
        return f"version {beside.runner.version} does well again"


def _name(runner: Runner | None) -> str:
    if runner is None or runner.version is None:
        return "the naive forecasts"
    return f"version {runner.version}"


def _second(instant: str) -> int:
    return int(datetime.fromisoformat(instant).astimezone(UTC).timestamp())
