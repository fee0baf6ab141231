"""What the demo was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `voltonic-sim demo`.

    Attributes:
        duration_s: Seconds from the first live values; None is until Ctrl-C.
        speed: Simulated seconds per real second of a replay; None is no limit.
        replay: Directory of real history, instead of the twin.
        site: Site of that directory; None is its first.
    """

    data: Path
    port: int
    seed: int = 7
    buildings: int = 12
    history_days: int = 30
    duration_s: float | None = None
    chaos: bool = False
    speed: float | None = None
    replay: Path | None = None
    site: str | None = None
    ledger_on_interrupt: bool = False
