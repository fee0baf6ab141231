"""A gateway as its status page sees one, and ways to ask that page."""

import asyncio
import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from gateway.status_page.page import Page
from gateway.status_page.serving import Serving
from gateway.status_page.settings import PageSettings
from tests.gateway.commands.background import in_background

AT_MS = 1_750_000_000_000
HOLD = {
    "device": "campus/science/physics/heat-meter",
    "quantity": "setpoint_temperature_c",
    "value": 19.5,
    "unit": "°C",
    "until_ms": AT_MS + 3_600_000,
}
LOCAL = PageSettings(host="127.0.0.1", port=0)


def value(quantity, number, unit, age_s=4.0):
    at_ms = AT_MS - round(1000 * age_s)
    row = {"quantity": quantity, "value": number, "unit": unit, "at_ms": at_ms}
    return {**row, "age_s": age_s, "simulated": False}


def device(name, state, error="", values=(), last_s=4):
    return {
        "node": "campus/science/physics",
        "name": name,
        "model": "eastron_sdm630",
        "state": state,
        "last_ok_ms": None if last_s is None else AT_MS - 1000 * last_s,
        "error": error,
        "values": list(values),
    }


DEVICES = [
    device(
        "main",
        "online",
        values=[
            value("active_power_kw", 128.412, "kW"),
            value("voltage_l1_v", 231.27, "V"),
            value("voltage_l2_v", 229.9, "V"),
            value("power_factor", 0.974, "1"),
            value("frequency_hz", 50.0021, "Hz"),
            value("energy_import_kwh", 1_284_412.7, "kWh"),
        ],
    ),
    device(
        "roof-solar-inverter-with-a-rather-long-name",
        "stale",
        "only a late answer to an earlier request came",
        [value("generated_power_kw", 31.2, "kW", 95)],
        95,
    ),
    device("floor-2-room-214-meter", "offline", "no answer", (), None),
    device(
        "heat-meter", "online", values=[value("flow_temperature_c", 61.5, "°C", 30)]
    ),
]


@dataclass
class House:
    """What the page asks; its figures may be changed."""

    trouble: str | None = None
    devices: list = field(default_factory=lambda: DEVICES)
    why_not: str = ""
    reloads: int = 0
    holds: list = field(default_factory=list)

    async def status(self):
        return {
            "software": "0.1.0",
            "host": "gateway-physics",
            "buffer": {
                "batches": 3,
                "parked": 0,
                "readings": 1842,
                "hours_left": 2161.4,
                "disk_full": False,
            },
            "delivered": 1_204_551,
            "declared_lost": 0,
            "last_contact_ms": AT_MS - 12_000,
            "trouble": self.trouble,
            "trouble_detail": "Connection refused" if self.trouble else "",
            "devices": self.devices,
            "holds": self.holds,
        }

    def values(self, wanted):
        paths = {f"{each['node']}/{each['name']}": each for each in self.devices}
        if unknown := set(wanted) - paths.keys():
            return {"error": f"no device {unknown.pop()}"}
        shown = [each for path, each in paths.items() if not wanted or path in wanted]
        return {"at_ms": AT_MS, "devices": shown}

    async def release(self, device, quantity):
        kept = [each for each in self.holds if each["device"] != device]
        if len(kept) == len(self.holds):
            return f"no operator holds {quantity} of {device}"
        self.holds = kept
        return ""

    def reload(self):
        self.reloads += 1
        return self.why_not


@contextmanager
def served(house, pin_file, settings=LOCAL):
    """Serve the page of `house`; yield where."""

    async def serve(ready):
        loop = asyncio.get_running_loop()
        about = {"gateway": "physics", "node": "campus/science/physics"}
        page = Page(house, about, ("energy.physics.example",), pin_file, loop.time)
        serving = Serving(page, replace(settings))
        running = asyncio.create_task(serving.run())
        async with asyncio.timeout(5):
            while not serving.url:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        ready(serving.url)
        try:
            await asyncio.Event().wait()
        finally:
            running.cancel()
            await asyncio.wait([running])

    with in_background(serve) as url:
        yield url


def ask(url, path="/", method="GET", headers=None, body=None):
    """Return status, headers and body of an answer."""
    place = url.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(place, timeout=10)
    try:
        connection.request(method, path, body, {"Host": place, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def reload(url, pin, **headers):
    """Ask for a restart as the page does; return status and words."""
    return change(url, "/reload", {"pin": pin}, **headers)


def change(url, path, what, **headers):
    """Ask for a change as the page does; return status and words."""
    told = {"Origin": url.rstrip("/"), "Content-Type": "application/json"}
    sent = told | {name.replace("_", "-"): text for name, text in headers.items()}
    sent = {name: text for name, text in sent.items() if text is not None}
    status, _, body = ask(url, path, "POST", sent, json.dumps(what))
    answer = json.loads(body)
    return status, answer.get("done") or answer["detail"]
