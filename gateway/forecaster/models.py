"""The models of one gateway: accepted, run beside each other, judged, changed."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from contract.forecast_status import Refusal
from contract.interval import to_ms
from contract.manifest import Manifest, ManifestError
from contract.origins import Origins
from gateway.forecaster import disk
from gateway.forecaster.known import Known
from gateway.forecaster.roles import Roles
from gateway.forecaster.runner import Runner, Said
from gateway.forecaster.shelf import Published, Shelf
from gateway.forecaster.trial import lived, tried
from gateway.forecaster.turns import turn

_FILE_NAME: Final = "roles.json"
_log = logging.getLogger(__name__)


class Models:
    """Who forecasts, and what is on disk of it.

    Attributes:
        roles: Who does what now.
        shadow_s: How long a new model runs beside before it may take over. [s]
    """

    def __init__(self, folder: Path, shelf: Shelf, shadow_s: int) -> None:
        self.roles, self.shadow_s = Roles(Runner()), shadow_s
        self._path, self._shelf = folder / _FILE_NAME, shelf

    @property
    def newest(self) -> int | None:
        """The newest version that was ever accepted."""
        return None if self._shelf.ran is None else self._shelf.ran.version

    def has_judged(self, version: int) -> bool:
        """Return whether this version is here, or was tried and turned down."""
        refused = self.roles.refused
        if refused is not None and refused.does_worse and refused.version == version:
            return True
        return version in self.roles.versions

    def load(self, now: datetime) -> list[str]:
        """Take up what an earlier run left; return in words what was lost."""
        lost = []
        self.roles = Roles(self._shelf.naive())
        try:
            self._shelf.recall()
        except disk.DamagedError as error:
            lost.append(str(error))
        try:
            self.roles.recall(json.loads(self._path.read_bytes()), self._bring(now))
        except FileNotFoundError:
            pass
        except ManifestError as error:
            lost.append(str(error))
        except (ValueError, OSError) as error:
            lost.append(f"which model ran is not known any more: {error}")
        self._shelf.remember(self.roles.runners)
        if old := self._shelf.of_first_format():
            self.roles.refuse(Refusal(None, old, does_worse=False))
        return lost

    def accept(self, published: Published, now: datetime, known: Known) -> None:
        """Let this model prove itself, now and after a restart.

        Raises:
            ManifestError: It was refused; what runs goes on.
        """
        try:
            runner = self._shelf.verified(published, now)
        except ManifestError as error:
            self._refuse(Refusal(_version(published), str(error), does_worse=False))
            raise
        try:
            self._try(runner, known)
        except ManifestError as error:
            self._shelf.note(runner)
            self._refuse(Refusal(runner.version, str(error), does_worse=True))
            raise
        self._shelf.keep(published, runner)
        is_rollback = runner.manifest and runner.manifest.rolls_back_to is not None
        self.roles.begin(runner, _second(now), 0 if is_rollback else self.shadow_s)
        _log.info("forecaster: accepted model %s", runner.version)
        self._settle()

    def say(self, known: Known, origin_s: int, now: datetime) -> Said | None:
        """Return the forecast that is told; None where nothing is known of the week.

        On the hour, all that run are judged by what was measured, and may change.
        """
        is_hour = known.hour_s(origin_s) == origin_s
        self._live_up(known, origin_s)
        if is_hour:
            self._judge(known, origin_s, now)
        origins = known.origins(np.array([origin_s]))
        said = self._told(known, origins, now)
        if is_hour and said is not None:
            self._keep(said, known, origins, now)
        return said

    def save(self) -> None:
        """Write what was learnt since the last time."""
        for runner in self.roles.runners:
            self._shelf.keep_tracks(runner)

    def _told(self, known: Known, origins: Origins, now: datetime) -> Said | None:
        """Return what the teller says; one that can't answer gives way to the next."""
        while True:
            teller = self.roles.told
            said = self._say(teller, known, origins, now)
            if said is not None or teller is self.roles.told:
                return said

    def _keep(self, told: Said, known: Known, origins: Origins, now: datetime) -> None:
        for runner in self.roles.runners:
            is_teller = runner is self.roles.told
            said = told if is_teller else self._say(runner, known, origins, now)
            if said is not None:
                runner.keep(said)

    def _say(
        self, runner: Runner, known: Known, origins: Origins, now: datetime
    ) -> Said | None:
        """Return what a runner says; one that does not answer is run no longer."""
        try:
            return runner.say(known, origins, runner.outputs(known, origins))
        except ManifestError as error:
            if runner.version is None:
                raise
            self.roles.drop(runner, str(error), _second(now), self._bring(now))
            _log.warning("forecaster: %s", error)
            self._settle()
            return None

    def _judge(self, known: Known, origin_s: int, now: datetime) -> None:
        for runner in self.roles.runners:
            runner.judge(known, origin_s)
        changes = turn(self.roles, _second(now), self.shadow_s, self._bring(now))
        for change in changes:
            _log.info("forecaster: %s", change)
        if changes:
            self._settle()

    def _live_up(self, known: Known, origin_s: int) -> None:
        """Let the naive forecasts learn from what is remembered, if they know less."""
        naive = self.roles.naive
        if not naive.record.made and not naive.record.hours:
            self.roles.naive = lived(naive, known, known.hour_s(origin_s))

    def _try(self, runner: Runner, known: Known) -> None:
        trial = tried(runner, known, known.hour_s(known.until_s))
        if trial.against_naive.is_clearly_worse():
            raise ManifestError(
                f"version {runner.version} did worse than the naive forecasts on what"
                f" is remembered: {trial.against_naive.words()}"
            )

    def _bring(self, now: datetime) -> Callable[[int], Runner]:
        return lambda version: self._shelf.taken_down(version, now)

    def _refuse(self, refusal: Refusal) -> None:
        self.roles.refuse(refusal)
        _log.warning("forecaster: a model was refused: %s", refusal.why)
        self._settle()

    def _settle(self) -> None:
        """Write who does what now, and forget models that nobody needs."""
        disk.replace(self._path, json.dumps(self.roles.to_json()).encode())
        self._shelf.forget_all_but(self.roles.versions)


def _version(published: Published) -> int | None:
    """Return the version that a manifest names, if its signature fits at all."""
    try:
        manifest, _ = Manifest.opened(published.manifest)
    except ManifestError:
        return None
    return manifest.version


def _second(now: datetime) -> int:
    return to_ms(now) // 1000
