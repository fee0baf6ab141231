"""What the status page has to be told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PIN_FILE: Final = "status_page.pin"
"""Where the PIN is kept below the data directory, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Where the page is served, and who may change something.

    Attributes:
        host: Address to listen on; empty for all of the machine's, of which only
            private ones are let in.
        port: 0 for any that is free.
        names: Further names it may be called by, e.g. in the building's own DNS.
        pin_file: Holds the hash of the PIN; without the file nothing can be changed.
    """

    enabled: bool = True
    host: str = ""
    port: int = 8080
    names: tuple[str, ...] = ()
    pin_file: Path | None = None
