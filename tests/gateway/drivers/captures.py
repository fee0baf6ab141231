"""Telegrams of real meters, kept beside the repository because they are not ours."""

import os
from pathlib import Path

import pytest

FOLDER = Path(
    os.environ.get(
        "VOLTONIC_CAPTURES", Path(__file__).parents[4] / "shared/data/captures"
    )
)


def capture(name):
    """Return the bytes of a capture, or skip the test."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"no capture {path}; VOLTONIC_CAPTURES names their folder")
    return path.read_bytes()
