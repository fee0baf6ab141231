"""Who makes the forecasts that are told, who runs beside, and how that changes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from contract.forecast_status import Refusal, RunningModel, Shadow, State, refusal_in
from contract.promise import ManifestError
from gateway.forecaster.runner import Runner


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
            self.take_over(now_s)

    def refuse(self, refusal: Refusal) -> None:
        """Note that a model is not run."""
        self.refused = refusal
        if self.active is None and (self.beside is None):
            self.why = refusal.why

    def drop(
        self, runner: Runner, why: str, now_s: int, bring: Callable[[int], Runner]
    ) -> None:
        """Run a model no longer that does not answer as it should."""
        refusal = Refusal(runner.version, why, does_worse=True)
        if self.active is runner:
            self.active, self.since_s = self.fall_back(bring), now_s
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

    def fall_back(self, bring: Callable[[int], Runner]) -> Runner | None:
        """Return the model that did well before, if it can still be used."""
        version, self.previous = self.previous, None
        if version is None:
            return None
        try:
            return bring(version)
        except ManifestError:
            return None

    def take_over(self, now_s: int) -> None:
        """Let the model that runs beside be the one whose forecasts are told."""
        if self.beside is None:
            return
        if self.active is not None:
            self.previous = self.active.version
        self.active, self.since_s = self.beside.runner, now_s
        self.beside, self.refused, self.why = None, None, ""
