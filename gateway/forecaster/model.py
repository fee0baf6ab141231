"""The published model on disk: checked before it runs, replaced as a whole."""

import ctypes
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self, cast

import numpy as np
from numpy.typing import NDArray

from contract.bundle import BundleError, Part, unpack
from contract.features import SEED_NEXT_HOUR
from contract.manifest import Manifest, ManifestError, Ran, check

_MANIFEST: Final = "manifest.json"

Row = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that was found to be what its manifest promises."""

    manifest: Manifest
    _run: Callable[[Row], float]

    @classmethod
    def checked(
        cls,
        manifest: bytes,
        bundle: bytes,
        *,
        subject: str,
        now: datetime,
        running: int | None,
    ) -> Self:
        """Return the model, loaded and tried once.

        Raises:
            ManifestError: It is not what the manifest promises, or does not run.
        """
        promised, _ = Manifest.opened(manifest)
        ran = None
        if running is not None:
            ran = Ran(running, promised.sha256, promised.promise.trained_at)
        check(promised, bundle, subject=subject, now=now, ran=ran)
        try:
            onnx = unpack(bundle)[Part.NEXT_HOUR]
        except (BundleError, KeyError) as error:
            raise ManifestError(f"the bundle can't be used: {error}") from error
        model = cls(promised, _runner(onnx))
        model.predict_kw(np.zeros((1, len(SEED_NEXT_HOUR)), dtype=np.float32))
        return model

    def predict_kw(self, row: Row) -> float:
        """Return the forecast in kW for `row`, a matrix of one.

        Raises:
            ManifestError: The model does not answer with one number.
        """
        try:
            predicted_kw = self._run(row)
        except Exception as error:
            raise ManifestError(f"the model does not run: {error}") from error
        if not np.isfinite(predicted_kw):
            raise ManifestError("the model does not answer with a number")
        return predicted_kw


def write(folder: Path, manifest: bytes, bundle: bytes) -> None:
    """Make this the model in `folder`; a power cut leaves the old one or the new."""
    folder.mkdir(parents=True, exist_ok=True)
    promised, _ = Manifest.opened(manifest)
    file = folder / _file_name(promised)
    _replace(file, bundle)
    _replace(folder / _MANIFEST, manifest)
    for other in folder.glob("*.bundle"):
        if other != file:
            other.unlink()


def read(folder: Path) -> tuple[bytes, bytes] | None:
    """Return the manifest and the model in `folder`, unchecked, if there are any.

    Raises:
        ManifestError: The manifest is malformed, or its model is not there.
    """
    with suppress(FileNotFoundError):
        manifest = (folder / _MANIFEST).read_bytes()
        promised, _ = Manifest.opened(manifest)
        file = folder / _file_name(promised)
        try:
            return manifest, file.read_bytes()
        except FileNotFoundError as error:
            raise ManifestError(f"{file.name} is missing") from error
    return None


def _file_name(manifest: Manifest) -> str:
    return f"{manifest.version}.bundle"


def _runner(onnx: bytes) -> Callable[[Row], float]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            onnx, options, providers=["CPUExecutionProvider"]
        )
        given = session.get_inputs()[0].name
    except Exception as error:
        raise ManifestError(f"the model can't be loaded: {error}") from error
    _give_back_memory()
    return lambda row: cast(float, session.run(None, {given: row})[0].item())


def _give_back_memory() -> None:
    """Let the system have what loading took for a while; glibc would keep it."""
    with suppress(AttributeError, OSError):  # another C library has no such function
        ctypes.CDLL(None).malloc_trim(0)


def _replace(file: Path, content: bytes) -> None:
    partial = file.with_suffix(".partial")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
