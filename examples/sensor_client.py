#!/usr/bin/env python3
"""Post a sensor's readings to a Voltonic cloud or gateway; copy and change it.

One file, the standard library only. What cannot be delivered waits in a file and is
posted first when the link is back; every reading carries its time, so that one sent
twice counts once.

    export VOLTONIC_KEY=…                      # the device's key, shown once
    python3 sensor_client.py https://energy.example.org --file waiting.jsonl
    python3 sensor_client.py http://192.168.1.10:8081 --interval 60 --counter
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PATH = "/api/hardware/data"
MOST_AT_ONCE = 500
MOST_WAITING = 100_000
LONGEST_DELAY_S = 300
FOR_EVER = {400, 413, 422}
"""Statuses that say: these readings will never be taken."""


def read_sensor(since_s: float, *, is_counter: bool) -> dict:
    """Return what the sensor measures now. Replace this with your own meter.

    Energy is in kWh: since the last reading, or the counter itself for a device that
    is registered as counter.
    """
    power_kw = 1.5
    now_s = time.time()
    energy_kwh = now_s / 3600 * power_kw if is_counter else since_s / 3600 * power_kw
    return {
        "energy_produced": 0.0,
        "energy_consumed": round(energy_kwh, 6),
        "current_load": 30.0,  # percent of the facility's capacity
        "voltage": 230.1,
        "timestamp": round(now_s, 3),
    }


class Waiting:
    """Readings not delivered yet, in a file that survives a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[dict] = []
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    self._rows.append(json.loads(line))
                except ValueError:
                    print(f"{path}: a line was cut short, skipped", file=sys.stderr)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: dict) -> None:
        """Keep `row`; the oldest goes when there are too many."""
        self._rows.append(row)
        if len(self._rows) > MOST_WAITING:
            del self._rows[:-MOST_WAITING]
            self._write()
            return
        with self._path.open("a") as stream:
            stream.write(json.dumps(row) + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def oldest(self) -> list[dict]:
        """Return what to post next."""
        return self._rows[:MOST_AT_ONCE]

    def drop(self, count: int) -> None:
        """Forget the oldest `count`."""
        del self._rows[:count]
        self._write()

    def _write(self) -> None:
        draft = self._path.with_name(self._path.name + ".draft")
        draft.write_text("".join(json.dumps(row) + "\n" for row in self._rows))
        draft.replace(self._path)


def post(url: str, key: str, rows: list[dict]) -> tuple[int, str]:
    """Return the status and the server's words; 0 without an answer."""
    body = json.dumps(rows if len(rows) > 1 else rows[0]).encode()
    headers = {"Content-Type": "application/json", "X-API-Key": key}
    request = Request(url.rstrip("/") + PATH, data=body, headers=headers)  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer).get("message", "")
    except HTTPError as error:
        with error:
            return error.code, _words(error.read(4096))
    except (URLError, OSError, ValueError) as error:
        return 0, str(getattr(error, "reason", error))


def deliver(url: str, key: str, waiting: Waiting) -> bool:
    """Post what waits, oldest first; return whether all of it is delivered."""
    while len(waiting):
        rows = waiting.oldest()
        status, words = post(url, key, rows)
        if 200 <= status < 300 or (status == 409 and len(rows) == 1):
            waiting.drop(len(rows))
        elif status in FOR_EVER and len(rows) == 1:
            print(f"refused for ever ({status}): {words}", file=sys.stderr)
            waiting.drop(1)
        elif status in FOR_EVER or status == 409:
            _one_by_one(url, key, waiting, len(rows))
        else:
            print(
                f"{len(waiting)} wait ({status or 'no answer'}): {words}",
                file=sys.stderr,
            )
            return False
    return True


def _one_by_one(url: str, key: str, waiting: Waiting, count: int) -> None:
    """Find the bad reading among good ones, so that the good ones arrive."""
    for _ in range(count):
        status, words = post(url, key, waiting.oldest()[:1])
        if status in FOR_EVER:
            print(f"refused for ever ({status}): {words}", file=sys.stderr)
        elif not (200 <= status < 300 or status == 409):
            return
        waiting.drop(1)


def _words(raw: bytes) -> str:
    try:
        problem = json.loads(raw)
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return raw.decode("utf-8", "replace")[:200]


def main() -> int:
    """Measure and post until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="the cloud, or a gateway's http_push line")
    parser.add_argument("--interval", type=float, default=60.0, help="[s]")
    parser.add_argument("--file", type=Path, default=Path("waiting.jsonl"))
    parser.add_argument("--counter", action="store_true", help="post a counter")
    parser.add_argument("--count", type=int, default=0, help="stop after so many")
    asked = parser.parse_args()
    if not asked.url.startswith(("http://", "https://")):
        parser.error(f"{asked.url!r}: write http://host[:port] or https://host")
    key = os.environ.get("VOLTONIC_KEY", "")
    if not key:
        parser.error("set VOLTONIC_KEY to the device's key")
    waiting, done, delay_s, last_s = Waiting(asked.file), 0, 0.0, time.time()
    next_try_s = 0.0
    while True:
        now_s = time.time()
        waiting.add(read_sensor(now_s - last_s, is_counter=asked.counter))
        last_s, done = now_s, done + 1
        if time.monotonic() >= next_try_s:
            is_done = deliver(asked.url, key, waiting)
            delay_s = 0.0 if is_done else min(max(1.0, 2 * delay_s), LONGEST_DELAY_S)
            next_try_s = time.monotonic() + delay_s
        if asked.count and done >= asked.count:
            return 0 if not len(waiting) else 1
        time.sleep(asked.interval)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
