"""The simulator's own account over HTTP: truth of a step, and faults on request.

GET /truth?at=MS, GET /truth/steps, POST /faults, DELETE /faults; JSON throughout. The
weather is told beside it, at GET /v1/forecast.
"""

from typing import Protocol

from aiohttp import web

from firmware_sim.faults import Fault, Place
from firmware_sim.weather_server import WeatherServer


class Account(Protocol):
    """Whoever knows what really happened."""

    def truth(self, at_ms: int | None = None) -> dict[str, object] | None:
        """Return the truth of one step, the current one by default."""

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept."""

    def set_faults(self, place: Place, fault: Fault) -> int:
        """Add a fault to every device at `place`; return how many there are.

        Raises:
            ValueError: Not one of them can have such a fault.
        """

    def clear_faults(self) -> None:
        """Make every device well again."""


class TruthServer:
    """Answers on a loopback port."""

    def __init__(self, account: Account, weather: WeatherServer | None = None) -> None:
        self._account = account
        app = web.Application()
        app.router.add_get("/truth", self._truth)
        app.router.add_get("/truth/steps", self._steps)
        app.router.add_post("/faults", self._fault)
        app.router.add_delete("/faults", self._no_faults)
        if weather is not None:
            weather.register(app)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self, port: int = 0) -> str:
        """Listen and return the address; port 0 takes a free one."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close the port."""
        await self._runner.cleanup()

    async def _truth(self, request: web.Request) -> web.Response:
        at = request.query.get("at")
        if at is not None and not at.isdigit():
            return web.json_response({"error": "at: ms since 1970 UTC"}, status=400)
        truth = self._account.truth(None if at is None else int(at))
        if truth is None:
            return web.json_response({"error": "this step is not kept"}, status=404)
        return web.json_response(truth)

    async def _steps(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.json_response({"steps_ms": self._account.steps_ms()})

    async def _fault(self, request: web.Request) -> web.Response:
        match await request.json():
            case {
                "gateway": str(gateway),
                "line": str(line),
                "unit": int() | str() as unit,
            } as raw:
                try:
                    place = Place(gateway, line, str(unit))
                    found = self._account.set_faults(place, _fault(raw))
                except (TypeError, ValueError) as error:
                    return web.json_response({"error": str(error)}, status=400)
                if found:
                    return web.Response(status=204)
                return web.json_response({"error": "no such device"}, status=404)
        expected = "expected gateway, line, unit, kind, probability?, size?"
        return web.json_response({"error": expected}, status=400)

    async def _no_faults(self, request: web.Request) -> web.Response:  # noqa: ARG002
        self._account.clear_faults()
        return web.Response(status=204)


def _fault(raw: dict[str, object]) -> Fault:
    size = raw.get("size")
    return Fault(
        str(raw.get("kind")),
        float(str(raw.get("probability", 1.0))),
        None if size is None else float(str(size)),
    )
