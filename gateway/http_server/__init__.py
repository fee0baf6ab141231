"""A small HTTP/1.1 server for the local network, bounded in all it takes in."""

from gateway.http_server.message import (
    Handler,
    ProblemError,
    Request,
    Response,
    json_response,
    problem,
)
from gateway.http_server.server import HttpServer, Limits

__all__ = [
    "Handler",
    "HttpServer",
    "Limits",
    "ProblemError",
    "Request",
    "Response",
    "json_response",
    "problem",
]
