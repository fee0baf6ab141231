"""The models on disk: verified when they are taken down, each replaced as a whole."""

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from contract import bundle
from contract.bundle import BundleError, Part
from contract.manifest import Manifest, ManifestError, Ran, check
from gateway.forecaster import disk, session
from gateway.forecaster.runner import Runner
from gateway.forecaster.trust import Trust

_RAN: Final = "ran.json"
_TRACKS: Final = (Part.NEXT_HOUR_TRACK, Part.DAY_AHEAD_TRACK)
_FIRST_FORMAT: Final = ("manifest.json", "memory.json")


@dataclass(frozen=True, slots=True)
class Published:
    """A manifest and a bundle as they came."""

    manifest: bytes
    bundle: bytes


class Shelf:
    """What was accepted for one node, and what of it is still there.

    Attributes:
        ran: The newest model that was ever accepted.
    """

    def __init__(self, folder: Path, subject: str, trust: Trust) -> None:
        self._folder, self._subject, self._trust = folder, subject, trust
        self.ran: Ran | None = None

    def recall(self) -> None:
        """Take up what was the newest model.

        Raises:
            DamagedError: That is not known any more.
        """
        try:
            raw = json.loads((self._folder / _RAN).read_bytes())
        except FileNotFoundError:
            return
        except ValueError as error:
            raise disk.DamagedError(f"{_RAN} is damaged") from error
        match raw:
            case {
                "version": int(version),
                "sha256": str(digest),
                "trained_at": str(trained_at),
            }:
                with suppress(ValueError):
                    datetime.fromisoformat(trained_at)
                    self.ran = Ran(version, digest, trained_at)
                    return
        raise disk.DamagedError(f"{_RAN} is damaged")

    def remember(self, runners: Iterable[Runner]) -> None:
        """Take the newest of these for the newest that ran, if that is not known."""
        for runner in runners:
            manifest = runner.manifest
            if manifest and (self.ran is None or manifest.version > self.ran.version):
                self.ran = _ran(manifest)

    def verified(self, published: Published, now: datetime) -> Runner:
        """Return the published model, loaded and tried once.

        Raises:
            ManifestError: It is not what it should be; the message says why.
        """
        return self._loaded(published, now, self.ran)

    def keep(self, published: Published, runner: Runner) -> None:
        """Keep a model that was accepted; none older is accepted from now on."""
        manifest, public_key = Manifest.opened(published.manifest)
        self._trust.pin(public_key)
        name = self._folder / f"v{manifest.version}"
        disk.save(
            name.with_suffix(".model"),
            {"manifest": published.manifest, "bundle": published.bundle},
        )
        self.note(runner)
        self.keep_tracks(runner)
        self._forget_first_format()

    def note(self, runner: Runner) -> None:
        """Remember that this was the newest model that came, used or not."""
        manifest = runner.manifest
        if manifest is None:
            return
        self.ran = _ran(manifest)
        disk.replace(self._folder / _RAN, json.dumps(asdict(self.ran)).encode())

    def taken_down(self, version: int, now: datetime) -> Runner:
        """Return a model that was kept, verified again, with its tracks as they were.

        Raises:
            ManifestError: It can't be used; the message says why.
        """
        path = self._folder / f"v{version}.model"
        try:
            sections = disk.load(path)
            published = Published(sections["manifest"], sections["bundle"])
        except (disk.DamagedError, KeyError, OSError) as error:
            raise ManifestError(f"version {version} on disk: {error}") from error
        runner = self._loaded(published, now, None)
        if runner.version != version:
            raise ManifestError(f"{path.name} holds version {runner.version}")
        with suppress(OSError, disk.DamagedError, ManifestError):
            runner.take_tracks(disk.load(path.with_suffix(".tracks")))
        return runner

    def keep_tracks(self, runner: Runner) -> None:
        """Keep what was learnt of a model."""
        name = "naive" if runner.version is None else f"v{runner.version}"
        disk.save(self._folder / f"{name}.tracks", runner.kept())

    def naive(self) -> Runner:
        """Return the naive forecasts, with their tracks as they were."""
        runner = Runner()
        with suppress(OSError, disk.DamagedError, ManifestError):
            runner.take_tracks(disk.load(self._folder / "naive.tracks"))
        return runner

    def forget_all_but(self, versions: Collection[int | None]) -> None:
        """Remove the models of other versions."""
        wanted = {f"v{version}" for version in versions} | {"naive"}
        for pattern in ("*.model", "*.tracks"):
            for path in self._folder.glob(pattern):
                if path.stem not in wanted:
                    path.unlink()

    def of_first_format(self) -> str:
        """Return in words that there is a model that nobody signed; empty if not."""
        if not (self._folder / _FIRST_FORMAT[0]).exists():
            return ""
        return (
            "the model on disk is of the first format, which nobody signed;"
            " the next training replaces it"
        )

    def _loaded(self, published: Published, now: datetime, ran: Ran | None) -> Runner:
        manifest, public_key = Manifest.opened(published.manifest)
        self._trust.check(public_key)
        check(manifest, published.bundle, subject=self._subject, now=now, ran=ran)
        try:
            parts = bundle.unpack(published.bundle)
        except BundleError as error:
            raise ManifestError(f"the bundle can't be read: {error}") from error
        runner = Runner(manifest, session.loaded(manifest.promise, parts))
        runner.take_tracks({part: parts[part] for part in _TRACKS if part in parts})
        return runner

    def _forget_first_format(self) -> None:
        for name in _FIRST_FORMAT:
            (self._folder / name).unlink(missing_ok=True)
        for path in self._folder.glob("*.onnx"):
            path.unlink()


def _ran(manifest: Manifest) -> Ran:
    return Ran(manifest.version, manifest.sha256, manifest.promise.trained_at)
