"""Voltage bands around the nominal voltage."""

from cloud.analytics.voltage import VoltageThresholds, thresholds


def test_bands_begin_at_six_and_ten_percent():
    assert thresholds(100.0) == VoltageThresholds(90.0, 94.0, 106.0, 110.0)
