"""The running gateway: its tasks started, watched over, and stopped in order."""

import asyncio
import json
import logging
import signal
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Final

from contract.interval import from_ms, to_ms
from contract.receipt import Receipt
from gateway.clock import ConductedClock
from gateway.config import ConfigError, load
from gateway.config.machine import refuse_unusable
from gateway.cycle.operator import order_in
from gateway.daemon import conducted, control_socket, page, status, values
from gateway.daemon.assembly import Parts
from gateway.notify import Notifier
from gateway.uplink.https import UplinkError

log: Final = logging.getLogger(__name__)

_FORECAST_EVERY: Final = timedelta(seconds=15)
_REPORT_EVERY_S: Final = 10.0
_STOP_POLLING_WITHIN_S: Final = 3.0
_LAST_UPLOAD_WITHIN_S: Final = 3.0
_FETCH_AGAIN_AFTER_S: Final = 30.0
_ANSWERED_WITHIN_S: Final = 0.3
"""Time for who asked for a restart to be told so."""
_STUCK_AFTER_S: Final = 45.0
"""Longer than any single upload or poll of a line takes when all time-outs strike."""


class Ending(Enum):
    """Why the gateway ended."""

    STOPPED = "stopped"
    RESTART = "restart"
    """A new configuration is valid; start again with it."""


class Service:
    """One start of the gateway, from its first task to its last upload."""

    def __init__(self, parts: Parts, notifier: Notifier) -> None:
        self._parts, self._notifier = parts, notifier
        self._ending: asyncio.Future[Ending] = (
            asyncio.get_running_loop().create_future()
        )
        self._polling: asyncio.Task[None] | None = None
        self._fetch_not_before = 0.0
        self._page = page.serving(parts, self)

    async def run(self, conductor: Path | None) -> Ending:
        """Do everything a gateway does, until told to stop."""
        parts = self._parts
        await parts.intelligence.load()
        committing = self._start(parts.buffer.run())
        tasks = [self._start(work) for work in self._loops()]
        if conductor is None:
            await self.go_live()
        else:
            tasks.append(self._start(self._follow(conductor)))
        self._on_signals()
        self._notifier.ready()
        try:
            ending = await self._ending
            if ending is Ending.STOPPED:
                self._notifier.stopping()
            return ending
        finally:
            await self._stop(tasks, committing)

    async def tick(self, at_ms: int) -> int:
        """Poll everything at the simulated instant; return how many readings came."""
        clock, sink = self._parts.clock, self._parts.sink
        if isinstance(clock, ConductedClock):
            clock.advance(from_ms(at_ms))
        before = sink.appended
        await self._parts.cycle.tick(from_ms(at_ms))
        await self._parts.intelligence.remember()
        return sink.appended - before

    async def go_live(self) -> None:
        """Follow the wall clock, and poll by it, from now on."""
        if isinstance(self._parts.clock, ConductedClock):
            self._parts.clock.go_live()
        if self._polling is None:
            self._polling = self._start(self._poll())

    async def hold(self) -> dict[str, int]:
        """Stop polling; return the totals once the cloud has every batch."""
        await self._stop_polling()
        await self._parts.buffer.flush()
        await self._parts.uploads.emptied()
        totals, _ = await self._parts.buffer.totals()
        return {"produced": totals.produced, "declared_lost": totals.declared_lost}

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._see_failure)
        return task

    def _see_failure(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._ending.done():
            return
        if error := task.exception():
            self._ending.set_exception(error)

    def _loops(self) -> list[Coroutine[None, None, None]]:
        parts = self._parts
        return [
            parts.uploads.run(
                lambda: parts.cycle.newest, self.status, self._on_receipt
            ),
            control_socket.serve(parts.settings.data_dir, self._answer),
            self._watch(),
            parts.intelligence.run(parts.library),
            *([] if self._page is None else [self._page.run()]),
        ]

    async def _follow(self, conductor: Path) -> None:
        await conducted.follow(conductor, self._parts.settings.name, self)
        self._end(Ending.STOPPED)

    async def _poll(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._parts.cycle.run())
            group.create_task(self._forecast_live())

    async def _forecast_live(self) -> None:
        while True:
            await self._forecast()
            await self._parts.clock.sleep_until(
                self._parts.clock.now() + _FORECAST_EVERY
            )

    async def _forecast(self) -> None:
        readings = await self._parts.intelligence.step()
        if readings:
            await self._parts.sink.append(readings)

    async def status(self) -> dict[str, object]:
        """Return the gateway's figures about itself."""
        parts = self._parts
        totals, hours_left = await parts.buffer.totals()
        now = parts.clock.now()
        return {
            **parts.about,
            **status.about_buffer(totals, hours_left, is_full=parts.buffer.is_full),
            **status.about_sync(
                parts.uploads.sync,
                totals.last_contact_ms,
                parts.clock.monotonic(),
                now,
            ),
            "epoch": parts.buffer.epoch,
            "devices": status.about_devices(
                parts.cycle.health(), now, parts.settings.max_age
            ),
            "forecast": parts.intelligence.status(),
            "status_page": "" if self._page is None else self._page.url,
        }

    def values(self, wanted: list[str]) -> dict[str, object]:
        """Return the newest values of the devices at `wanted`, or of all."""
        parts = self._parts
        health, now = parts.cycle.health(), parts.clock.now()
        try:
            paths = values.chosen(wanted, health, parts.settings.node)
        except LookupError as error:
            return {"error": str(error)}
        shown = {path: health[path] for path in health if path in paths}
        max_age = parts.settings.max_age
        return {
            "at_ms": to_ms(now),
            "devices": values.about_values(shown, parts.cycle.newest, now, max_age),
        }

    async def _on_receipt(self, receipt: Receipt) -> None:
        """Fetch what the receipt says is newer in the cloud."""
        parts = self._parts
        parts.intelligence.offered(receipt.model_version)
        now = parts.clock.monotonic()
        if now < self._fetch_not_before:
            return
        try:
            if receipt.config_version not in ("", parts.site.version):
                parts.site.accept(await parts.uplink.fetch("config"))
                log.info("holds site configuration %s", parts.site.version)
        except (UplinkError, ValueError, OSError) as error:
            self._fetch_not_before = now + _FETCH_AGAIN_AFTER_S
            log.warning("the site's configuration did not come: %s", error)

    async def _answer(self, question: Mapping[str, object]) -> Mapping[str, object]:
        match question:
            case {"status": True}:
                told = self._parts.intelligence.told()
                return {**await self.status(), "forecast": told}
            case {"read": str(path)}:
                return await self._parts.cycle.read(path)
            case {"write": str(path), "quantity": str(quantity), **rest}:
                return await self._parts.cycle.write(path, order_in(quantity, rest))
            case {"values": [*wanted]}:
                return self.values([str(path) for path in wanted])
        return {"error": f"no such question: {json.dumps(dict(question))[:200]}"}

    async def _watch(self) -> None:
        """Feed the watchdog while polling and sync come round."""
        feed_every_s = (self._notifier.watchdog_s or 2 * _REPORT_EVERY_S) / 2
        while True:
            if self._is_alive():
                self._notifier.alive()
            self._notifier.status(self._in_one_line())
            await asyncio.sleep(min(feed_every_s, _REPORT_EVERY_S))

    def _is_alive(self) -> bool:
        parts = self._parts
        since_sync_s = parts.clock.monotonic() - parts.uploads.progress_at
        return max(since_sync_s, parts.polls.longest_awake_s()) < _STUCK_AFTER_S

    def _in_one_line(self) -> str:
        trouble = self._parts.uploads.sync.trouble
        link = "cloud reached" if trouble is None else trouble.value
        return f"{len(self._parts.settings.devices)} devices; {link}"

    def _end(self, ending: Ending) -> None:
        if not self._ending.done():
            self._ending.set_result(ending)

    def _on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, Ending.STOPPED)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    def reload(self) -> str:
        """Start again with the configuration soon; return why not, or nothing."""
        path = self._parts.settings.path
        try:
            settings = load(path)
            refuse_unusable(settings)
            refusal = self._parts.cycle.left_held(settings)
        except ConfigError as error:
            refusal = str(error)
        if refusal:
            log.error("keeps the old configuration: %s", refusal)
            return refusal
        log.info("starts again with the new %s", path)
        self._notifier.reloading()
        loop = asyncio.get_running_loop()
        loop.call_later(_ANSWERED_WITHIN_S, self._end, Ending.RESTART)
        return ""

    async def _stop_polling(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.wait({self._polling}, timeout=_STOP_POLLING_WITHIN_S)

    async def _stop(
        self, tasks: list[asyncio.Task[None]], committing: asyncio.Task[None]
    ) -> None:
        """Stop polling, commit what is left, send it if that is quick, close all."""
        parts = self._parts
        await self._stop_polling()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await parts.cycle.close()
        await parts.intelligence.close()
        parts.buffer.stop()
        await asyncio.gather(committing, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_UPLOAD_WITHIN_S):
                await parts.uploads.last(parts.cycle.newest, self.status)
        await parts.uplink.close()
        await parts.library.close()
        await parts.buffer.close()
