#!/usr/bin/env python3
"""Say why a device does not reach its Voltonic cloud or gateway: name, port, TLS, key.

One file, the standard library only. It changes nothing unless told to `--post`.

    export VOLTONIC_KEY=…                      # the device's key
    python3 connection_test.py https://energy.example.org
    python3 connection_test.py http://192.168.1.10:8081 --post
"""

import argparse
import json
import os
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

WITHIN_S = 5
MOST_CLOCK_ERROR_S = 60


class StepError(Exception):
    """A step failed; the message says what to do."""


class Test:
    """The steps, each resting on the one before."""

    def __init__(self, url: SplitResult, key: str, ca_file: str | None) -> None:
        self._url, self._key = url, key
        self._host = url.hostname or ""
        self._port = url.port or (443 if url.scheme == "https" else 80)
        self._ca_file = ca_file

    def name(self) -> str:
        """Look the host's name up."""
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise StepError(
                f"{self._host}: {error}; check the name and the DNS"
            ) from None
        return ", ".join(sorted({str(row[4][0]) for row in found}))

    def port(self) -> str:
        """Open a connection."""
        try:
            with socket.create_connection((self._host, self._port), WITHIN_S):
                return f"{self._host}:{self._port} answers"
        except TimeoutError:
            raise StepError(
                f"port {self._port} does not answer: a firewall, or the wrong network"
            ) from None
        except OSError as error:
            raise StepError(
                f"port {self._port}: {error}; is the server started, the port right?"
            ) from None

    def certificate(self) -> str:
        """Check the certificate of an https address."""
        if self._url.scheme != "https":
            return "not encrypted: only for a gateway in the same building"
        context = ssl.create_default_context(cafile=self._ca_file)
        try:
            with (
                socket.create_connection((self._host, self._port), WITHIN_S) as link,
                context.wrap_socket(link, server_hostname=self._host) as tls,
            ):
                return f"{tls.version()}, valid for {self._host}"
        except ssl.SSLCertVerificationError as error:
            raise StepError(
                f"{error.verify_message}; give your own authority with --ca-file, and"
                " check this machine's clock"
            ) from None
        except OSError as error:
            raise StepError(f"no TLS there: {error}; is it http?") from None

    def key(self) -> str:
        """Ask for the device's configuration with its key."""
        status, answer = self._ask("GET", "/api/hardware/config")
        if status == 401 or status == 403:
            raise StepError(
                "the key is refused; copy it again, or make the device a new one"
            )
        if status != 200:
            raise StepError(f"answer {status}: {_words(answer)}")
        self._server_s = answer.get("server_time")
        return f"the key is known; report every {answer.get('reporting_interval')} s"

    def clock(self) -> str:
        """Compare the clocks."""
        if not isinstance(self._server_s, int | float):
            return "the server does not tell its time"
        off_s = time.time() - self._server_s
        if abs(off_s) > MOST_CLOCK_ERROR_S:
            raise StepError(f"this clock is off by {off_s:.0f} s; start NTP")
        return f"within {abs(off_s):.0f} s of the server's"

    def post(self) -> str:
        """Post one reading of no energy."""
        body = {
            "energy_produced": 0.0,
            "energy_consumed": 0.0,
            "current_load": 0.0,
            "timestamp": round(time.time(), 3),
        }
        status, answer = self._ask("POST", "/api/hardware/data", body)
        if status not in (200, 201):
            raise StepError(f"answer {status}: {_words(answer)}")
        return _words(answer)

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        context = ssl.create_default_context(cafile=self._ca_file)
        is_safe = self._url.scheme == "https"
        where = (self._host, self._port)
        link = (
            HTTPSConnection(*where, timeout=WITHIN_S, context=context)
            if is_safe
            else HTTPConnection(*where, timeout=WITHIN_S)
        )
        headers = {"X-API-Key": self._key, "Content-Type": "application/json"}
        raw = None if body is None else json.dumps(body)
        try:
            link.request(method, self._url.path.rstrip("/") + path, raw, headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read(1 << 20))
        except (OSError, HTTPException, ValueError) as error:
            raise StepError(f"no Voltonic answers there: {error}") from None
        finally:
            link.close()


def _words(answer: dict) -> str:
    return str(answer.get("detail") or answer.get("message") or answer)


def _steps(test: Test, *, posts: bool) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "name", test.name
    yield "port", test.port
    yield "encryption", test.certificate
    yield "key", test.key
    yield "clock", test.clock
    if posts:
        yield "post", test.post


def main() -> int:
    """Run the steps until one fails; return 0 if none does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="https://host[:port] of the cloud or gateway")
    parser.add_argument("--post", action="store_true", help="post a reading of 0 kWh")
    parser.add_argument("--ca-file", help="certificate of your own authority")
    asked = parser.parse_args()
    url = urlsplit(asked.url)
    if url.scheme not in ("http", "https") or not url.hostname:
        parser.error(f"{asked.url!r}: write http://host[:port] or https://host")
    key = os.environ.get("VOLTONIC_KEY", "")
    if not key:
        parser.error("set VOLTONIC_KEY to the device's key")
    test = Test(url, key, asked.ca_file)
    for name, step in _steps(test, posts=asked.post):
        try:
            print(f"ok    {name:<11} {step()}")
        except StepError as error:
            print(f"FAIL  {name:<11} {error}")
            return 1
    print("all is well" if asked.post else "all is well; --post sends a reading too")
    return 0


if __name__ == "__main__":
    sys.exit(main())
