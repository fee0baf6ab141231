"""[status_page], as it is written."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from gateway.meters.toml_file import Table
from gateway.status_page.settings import PIN_FILE, PageSettings


class StatusPageTable(Table):
    """[status_page]."""

    enabled: bool = True
    host: str = ""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    names: tuple[str, ...] = ()
    pin_file: Path | None = None

    def settings(self, here: Path, data_dir: Path) -> PageSettings:
        """Return what the page has to be told.

        Args:
            here: Folder of the file, where relative paths in it start.
        """
        own = data_dir / PIN_FILE
        pin_file = own if self.pin_file is None else here / self.pin_file
        return PageSettings(self.enabled, self.host, self.port, self.names, pin_file)
