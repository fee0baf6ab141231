"""Where charge points connect, and which one a device is; light, for the config."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

PORT: Final = 9000
LONGEST_ID: Final = 48


@dataclass(frozen=True, slots=True)
class OcppLine:
    """The address on which the gateway awaits charge points.

    Attributes:
        password_file: A line `id:password` for each charge point; None asks for none.
        timeout_s: How long a charge point may take to answer. [s]
    """

    name: str
    host: str = "0.0.0.0"  # noqa: S104 (charge points come from the local network)
    port: int = PORT
    password_file: Path | None = None
    timeout_s: float = 5.0
    simulated: bool = False

    def __str__(self) -> str:
        return f"ws://{self.host}:{self.port}/"


@dataclass(frozen=True, slots=True)
class OcppPlace:
    """One connector of a charge point.

    Attributes:
        charge_point: The last part of the address it connects to.
        connector: 1 is the first; 0 is the charge point as a whole.
        rate_unit: What its charging profiles count in.
        phases: How many it charges with, to turn amperes into watts.
        profile: Which profile limits it: that of the next and present transactions, or
            that of the whole charge point.
    """

    charge_point: str
    connector: int = 1
    rate_unit: Literal["A", "W"] = "A"
    phases: int = 3
    profile: Literal["TxDefaultProfile", "ChargePointMaxProfile"] = "TxDefaultProfile"
