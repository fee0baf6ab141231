"""Meter readings and weather from CSV files, as gapless hours for each building.

The layout is described in docs/forecasting.md.
"""

from cloud.meter_files.building import Building, MeterFiles
from cloud.meter_files.reading import read
from cloud.meter_files.table import MeterFileError

__all__ = ["Building", "MeterFileError", "MeterFiles", "read"]
