"""What is counted for Prometheus, in a registry of each application's own."""

from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)


class Metrics:
    """Counts of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "voltonic_http_requests",
            "Requests answered",
            ["endpoint", "method", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "voltonic_http_request_seconds",
            "Time to answer a request",
            ["endpoint"],
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def gauge(self, name: str, about: str) -> Gauge:
        """Return a new gauge in the registry."""
        return Gauge(name, about, registry=self.registry)

    def register(self, app: Flask) -> None:
        """Count every request of `app`."""
        app.before_request(_start)
        app.after_request(self._count)

    def _count(self, response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        self._requests.labels(endpoint, request.method, response.status_code).inc()
        if "started" in g:
            self._seconds.labels(endpoint).observe(perf_counter() - g.started)
        return response


def _start() -> None:
    g.started = perf_counter()
