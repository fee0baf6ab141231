"""The site's time zone and timetables, kept over restarts and outages of the cloud."""

import json
import logging
import os
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from contract.timetable import SiteConfig

log: Final = logging.getLogger(__name__)

_FILE_NAME: Final = "site_config.json"


class KeptSiteConfig:
    """The newest valid site configuration.

    Attributes:
        current: None until the cloud has sent one.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE_NAME
        self.current = self._read()

    @property
    def version(self) -> str:
        """Version held; empty if there is none."""
        return "" if self.current is None else self.current.version

    def accept(self, raw: bytes) -> None:
        """Use and keep the configuration in `raw`.

        Raises:
            ValueError: It is malformed; the one in use stays.
        """
        self.current = _decoded(raw)
        partial = self._path.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)

    def _read(self) -> SiteConfig | None:
        try:
            return _decoded(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("%s is not used: %s", self._path, error)
            return None


def _decoded(raw: bytes) -> SiteConfig:
    config = SiteConfig.from_json(json.loads(raw))
    try:
        ZoneInfo(config.timezone)
    except (LookupError, OSError) as error:
        raise ValueError(f"timezone: no zone {config.timezone!r}") from error
    return config
