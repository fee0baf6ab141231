"""The page kept served: a port that is taken is no reason to stop reading meters."""

import asyncio
import logging
from typing import Final

from gateway.http_server import HttpServer, Limits
from gateway.status_page.page import Page
from gateway.status_page.settings import PageSettings

log: Final = logging.getLogger(__name__)

_AGAIN_AFTER_S: Final = 30.0
_LIMITS: Final = Limits(connections=16, body_bytes=4096)


class Serving:
    """Serves a page for as long as the gateway runs.

    Attributes:
        url: Where it is served; empty while it is not.
    """

    def __init__(
        self, page: Page, settings: PageSettings, again_after_s: float = _AGAIN_AFTER_S
    ) -> None:
        self.url = ""
        self._page, self._settings = page, settings
        self._again_after_s = again_after_s

    async def run(self) -> None:
        """Serve until cancelled; where the port is taken, try again and again."""
        settings = self._settings
        server = HttpServer(self._page.routes, settings.host, settings.port, _LIMITS)
        logging.getLogger().addHandler(self._page.log)
        try:
            await self._started(server)
            host, port = server.address
            self.url = f"http://{_shown(settings.host or host)}:{port}/"
            log.info("the status page is at %s", self.url)
            await asyncio.Event().wait()
        except Exception:
            log.exception("the status page failed; the meters are read on")
        finally:
            self.url = ""
            logging.getLogger().removeHandler(self._page.log)
            await server.stop()

    async def _started(self, server: HttpServer) -> None:
        is_told = False
        while True:
            try:
                return await server.start()
            except OSError as error:
                if not is_told:
                    log.warning(
                        "no status page: port %d cannot be used (%s); tries again, or"
                        " name another as status_page.port",
                        self._settings.port,
                        error.strerror or error,
                    )
                is_told = True
            await asyncio.sleep(self._again_after_s)


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (compared, not bound)
        return "localhost"
    return f"[{host}]" if ":" in host else host
