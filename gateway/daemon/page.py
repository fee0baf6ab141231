"""The status page of the running gateway, where its configuration wants one."""

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from gateway.cycle.operator import Order
from gateway.daemon.assembly import Parts
from gateway.status_page.settings import PIN_FILE

if TYPE_CHECKING:
    from gateway.status_page.serving import Serving


class Running(Protocol):
    """The service, as far as the page asks it."""

    async def status(self) -> dict[str, object]:
        """Return the gateway's figures about itself."""

    def values(self, wanted: list[str]) -> dict[str, object]:
        """Return the newest values."""

    def reload(self) -> str:
        """Start again; return why not, or nothing."""


def serving(parts: Parts, running: Running) -> "Serving | None":
    """Return what serves the page; None where there is to be none."""
    settings = parts.settings
    told = settings.status_page
    if not told.enabled:
        return None
    from gateway.status_page.page import Page
    from gateway.status_page.serving import Serving

    about = {"gateway": settings.name, "node": settings.node}
    pin_file = told.pin_file or settings.data_dir / PIN_FILE
    monotonic = parts.clock.monotonic
    page = Page(_Gateway(parts, running), about, told.names, pin_file, monotonic)
    return Serving(page, told)


class _Gateway:
    """The running gateway, as its page sees it."""

    def __init__(self, parts: Parts, running: Running) -> None:
        self._cycle, self._running = parts.cycle, running

    def values(self, wanted: list[str]) -> dict[str, object]:
        """Return the newest values."""
        return self._running.values(wanted)

    def reload(self) -> str:
        """Start again; return why not, or nothing."""
        return self._running.reload()

    async def status(self) -> dict[str, object]:
        """Return its figures, and what an operator holds."""
        return {**await self._running.status(), "holds": self._cycle.holds()}

    async def release(self, device: str, quantity: str) -> str:
        """Let go what an operator holds; return why not, or nothing."""
        order = Order(quantity, None, timedelta(0))
        answer = await self._cycle.write(device, order)
        return str(answer.get("error", ""))
