"""A model loaded to be run: one thread, no arena, and nothing believed unseen."""

import ctypes
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from contract.bundle import Part
from contract.promise import Horizon, ManifestError, Promise

Rows = NDArray[np.float32]
Run = Callable[[Rows], Rows]

_FILES: Final = {1: Part.NEXT_HOUR, 24: Part.DAY_AHEAD}


def loaded(promise: Promise, parts: Mapping[Part, bytes]) -> dict[int, Run]:
    """Return what answers rows, by lead hours; each was tried, with unknowns too.

    Importing ONNX Runtime takes part of a second, and so does loading.

    Raises:
        ManifestError: A part is missing, can't be loaded, or does not answer as
            promised.
    """
    horizons = [promise.next_hour]
    if promise.day_ahead is not None:
        horizons.append(promise.day_ahead)
    made: dict[int, Run] = {}
    for horizon in horizons:
        part = _FILES[horizon.lead_hours]
        if part not in parts:
            raise ManifestError(f"the bundle lacks {part}")
        run = _checked(_session(parts[part]), horizon)
        _try(run, horizon)
        made[horizon.lead_hours] = run
    _give_back_memory()
    return made


def _checked(run: Run, horizon: Horizon) -> Run:
    """Return `run`, whose answers are seen to have the promised shape."""

    def answer(rows: Rows) -> Rows:
        try:
            said = np.asarray(run(rows), dtype=np.float32)
        except Exception as error:
            raise ManifestError(f"the model does not run: {error}") from error
        if said.shape != (len(rows), len(horizon.members)):
            raise ManifestError(
                f"the model answers {said.shape} to {len(rows)} rows; promised are"
                f" {len(horizon.members)} members"
            )
        return said

    return answer


def _try(run: Run, horizon: Horizon) -> None:
    width = len(horizon.columns)
    rows = np.zeros((2, width), dtype=np.float32)
    rows[1] = np.nan
    said = run(rows)
    if not np.isfinite(said[0]).all():
        raise ManifestError("the model does not answer with numbers")
    if np.isinf(said).any():
        raise ManifestError("the model answers unknown values with infinity")


def _session(onnx: bytes) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            onnx, options, providers=["CPUExecutionProvider"]
        )
        given = session.get_inputs()[0].name
    except Exception as error:
        raise ManifestError(f"the model can't be loaded: {error}") from error
    return lambda rows: cast(Rows, session.run(None, {given: rows})[0])


def _give_back_memory() -> None:
    """Let the system have what loading took for a while; glibc would keep it."""
    with suppress(AttributeError, OSError):  # another C library has no such function
        ctypes.CDLL(None).malloc_trim(0)
