"""What really happened, as the simulators tell it."""

from dataclasses import dataclass
from datetime import datetime

import aiohttp


class TruthError(Exception):
    """The simulators do not tell the truth of that step."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One step of 60 seconds.

    Attributes:
        campus_kw: Load of all rooms during the step.
        saved_kwh: What the setbacks saved up to its start.
    """

    campus_kw: float
    saved_kwh: float


async def of_step(url: str, start: datetime) -> Truth:
    """Return the truth of the step that begins at `start`.

    Raises:
        TruthError: It is not known.
    """
    at = str(round(start.timestamp() * 1000))
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{url}/truth", params={"at": at}) as response,
    ):
        match await response.json():
            case {
                "campus_kw": float() | int() as campus_kw,
                "saved_kwh": float() | int() as saved_kwh,
            }:
                return Truth(campus_kw, saved_kwh)
            case answer:
                raise TruthError(f"the truth of {start}: {answer}")
