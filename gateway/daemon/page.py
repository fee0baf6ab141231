"""The status page of the running gateway, where its configuration wants one."""

from typing import TYPE_CHECKING

from gateway.daemon.assembly import Parts
from gateway.status_page.settings import PIN_FILE

if TYPE_CHECKING:
    from gateway.status_page.page import Gateway
    from gateway.status_page.serving import Serving


def serving(parts: Parts, gateway: "Gateway") -> "Serving | None":
    """Return what serves the page; None where there is to be none."""
    settings = parts.settings
    told = settings.status_page
    if not told.enabled:
        return None
    from gateway.status_page.page import Page
    from gateway.status_page.serving import Serving

    about = {"gateway": settings.name, "node": settings.node}
    pin_file = told.pin_file or settings.data_dir / PIN_FILE
    page = Page(gateway, about, told.names, pin_file, parts.clock.monotonic)
    return Serving(page, told)
