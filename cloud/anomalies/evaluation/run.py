"""The whole evaluation: every building, on as many cores as there are."""

from collections.abc import Callable, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass

from cloud.anomalies.evaluation.trial import (
    NotTestableError,
    Trial,
    check,
    remarks,
    tried,
)
from cloud.forecasting.pool import processes
from cloud.meter_files import Building, MeterFiles

Progress = Callable[[float, str], None]
"""Is told the share that is done, 0 to 1, and what was done last."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        trials: Of buildings that could be tested, in the order of the file.
        left_out: Why others could not, by building.
        complaints: What is wrong with the data of those that could, by building.
        file_complaints: What concerns a whole file.
    """

    draws: int
    seed: int
    trials: tuple[Trial, ...]
    left_out: Mapping[str, str]
    complaints: Mapping[str, tuple[str, ...]]
    file_complaints: tuple[str, ...]


def run(files: MeterFiles, draws: int, seed: int, progress: Progress) -> Outcome:
    """Return how well anomalies are found in the buildings of `files`."""
    usable: list[Building] = []
    left_out = dict(files.unusable)
    for building in files.buildings:
        try:
            check(building)
        except NotTestableError as error:
            said = (*building.complaints, str(error))
            left_out[building.building_id] = "; ".join(said)
            continue
        usable.append(building)
    return Outcome(
        draws,
        seed,
        _tried(usable, draws, seed, progress),
        left_out,
        {each.building_id: (*each.complaints, *remarks(each)) for each in usable},
        files.complaints,
    )


def _tried(
    buildings: list[Building], draws: int, seed: int, progress: Progress
) -> tuple[Trial, ...]:
    if not buildings:
        return ()
    with processes(len(buildings)) as pool:
        started = [pool.submit(tried, each, draws, seed) for each in buildings]
        for done, future in enumerate(as_completed(started), 1):
            name = future.result().building.building_id
            progress(done / len(started), name)
        return tuple(future.result() for future in started)
