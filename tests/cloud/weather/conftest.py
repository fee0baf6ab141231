"""A server of weather on loopback, which does as it is told, also badly."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from cloud.weather.open_meteo import OpenMeteo

HOUR_S = 3600
DAY_S = 24 * HOUR_S
UNITS = {
    "temperature_2m": "°C",
    "wind_speed_10m": "m/s",
    "wind_speed_80m": "m/s",
    "shortwave_radiation": "W/m²",
    "direct_normal_irradiance": "W/m²",
    "diffuse_radiation": "W/m²",
    "cloud_cover": "%",
    "relative_humidity_2m": "%",
}


def hour_of_day(at_s):
    return at_s % DAY_S // HOUR_S


class WeatherServer(ThreadingHTTPServer):
    """Says that it is as warm as the hour of the day, and remembers the questions."""

    daemon_threads = True

    def __init__(self, now_s):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.now_s = now_s
        self.asked = []
        self.spoil = lambda document: document
        self.answer = self.well
        self.stop = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def document(self, query):
        """Return what the real one would say."""
        if "past_days" in query:
            midnight_s = self.now_s // DAY_S * DAY_S
            first_s = midnight_s - int(query["past_days"]) * DAY_S
            end_s = midnight_s + int(query["forecast_days"]) * DAY_S
        else:
            first_s, last_s = (_second(query[name]) for name in _DATES)
            end_s = last_s + DAY_S
        at_s = list(range(first_s, end_s, HOUR_S))
        names = query["hourly"].split(",")
        values = {name: [_value(name, second) for second in at_s] for name in names}
        units = {name: UNITS[name.partition("_previous_")[0]] for name in names}
        return {
            "latitude": round(float(query["latitude"]) * 4) / 4,
            "longitude": float(query["longitude"]),
            "utc_offset_seconds": 0,
            "elevation": 560.0,
            "hourly_units": {"time": "unixtime"} | units,
            "hourly": {"time": at_s} | values,
        }

    def well(self, handler, query):
        """Answer as one should."""
        body = json.dumps(self.spoil(self.document(query))).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json; charset=utf-8")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


_DATES = "start_date", "end_date"


def _second(day):
    from datetime import UTC, datetime

    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def _value(name, at_s):
    if name.startswith("temperature_2m"):
        return hour_of_day(at_s) + (0.5 if "previous" in name else 0.0)
    if name.startswith("shortwave"):
        return 100.0 * hour_of_day(at_s) / 23
    return 3.0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: value for name, (value,) in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, query))
        self.close_connection = True
        try:
            self.server.answer(self, query)
        except OSError:
            return

    def log_message(self, *_):
        pass


NOW_S = 1_790_000_000 // DAY_S * DAY_S + 10 * HOUR_S + 1200


@pytest.fixture
def server():
    made = WeatherServer(NOW_S)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.stop.set()
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def provider(server):
    return OpenMeteo("open_meteo", server.url, server.url)
