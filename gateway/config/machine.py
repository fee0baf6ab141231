"""What this machine lacks for a gateway to start with its settings."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

from gateway.config import Settings
from gateway.meters.fault import FileError


def refuse_unusable(settings: Settings) -> None:
    """Return if a gateway can start here with `settings`.

    Lines and devices do not count: they may come back while it runs.

    Raises:
        FileError: It cannot; every fault has a line of its own.
    """
    faults = [f"{settings.path}: {fault}" for fault in _faults(settings)]
    if faults:
        raise FileError("\n".join(faults))


def _faults(settings: Settings) -> Iterator[str]:
    if not _can_be_written(settings.data_dir):
        yield (
            f"gateway.data_dir: {settings.data_dir} cannot be written; make that folder"
            " and give it to the user the gateway runs as"
        )
    if settings.ca_file is not None:
        try:
            ssl.create_default_context(cafile=settings.ca_file)
        except ssl.SSLError:
            yield f"cloud.ca_file: {settings.ca_file} holds no certificate in PEM form"
        except OSError as error:
            yield f"cloud.ca_file: {settings.ca_file} cannot be read: {error.strerror}"


def _can_be_written(folder: Path) -> bool:
    """Return whether files can be made in the folder, which need not be there yet."""
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
