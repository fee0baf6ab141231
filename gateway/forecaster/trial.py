"""A model tried on what is remembered, as if the last week had been lived with it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from gateway.forecaster.judging import Comparison, compared
from gateway.forecaster.known import TRIED_HOURS, Known
from gateway.forecaster.runner import Runner, hours_before

_DAY: Final = 24


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went.

    Attributes:
        lived: The model with what it learnt on the way.
        against_naive: What it missed, beside what the naive forecasts did.
    """

    lived: Runner
    against_naive: Comparison


def lived(runner: Runner, known: Known, at_s: int) -> Runner:
    """Return a copy that has lived through the hours before `at_s`.

    Raises:
        ManifestError: The model does not answer as it should.
    """
    trying = runner.anew()
    instants = hours_before(at_s, TRIED_HOURS)
    seen = np.isfinite(known.past_kw(instants, _DAY)).any(axis=1)
    instants = instants[seen]
    if not len(instants):
        return trying
    origins = known.origins(instants)
    answers = trying.outputs(known, origins)
    for place, instant in enumerate(instants.tolist()):
        one = slice(place, place + 1)
        trying.judge(known, instant)
        said = trying.say(
            known,
            origins.take(one),
            {lead: said[one] for lead, said in answers.items()},
        )
        if said is not None:
            trying.keep(said)
    trying.judge(known, at_s)
    return trying


def tried(runner: Runner, known: Known, at_s: int) -> Trial:
    """Return how the model would have done in the hours before `at_s`.

    Raises:
        ManifestError: It does not answer as it should.
    """
    ours, naive = lived(runner, known, at_s), lived(Runner(), known, at_s)
    return Trial(ours, compared(ours.record, naive.record))
