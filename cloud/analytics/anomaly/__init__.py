"""Anomalies of a load: stuck meters, spikes, nights, drifts, gaps, phases."""

from cloud.analytics.anomaly.course import Course
from cloud.analytics.anomaly.detect import Watch, anomalies, usual_kw
from cloud.analytics.anomaly.episode import Episode, Kind
from cloud.analytics.anomaly.expected import Forecast

__all__ = ["Course", "Episode", "Forecast", "Kind", "Watch", "anomalies", "usual_kw"]
