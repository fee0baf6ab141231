"""The dashboard in a real browser, on the running demo."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.e2e.rooms import rooms_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1440, "height": 900},
}
PASSWORD = "correct horse battery"
CHANGES_WITHIN_S = 100
LOOKS_EVERY_MS = 1_000
PAGES = {
    "now": "/",
    "campus": "/campus",
    "forecast": "/forecast",
    "anomalies": "/anomalies",
    "maintenance": "/maintenance",
    "fleet": "/fleet",
}
DRAWN = {
    "now": ".chart canvas",
    "campus": ".row .bar",
    "forecast": ".chart canvas",
    "anomalies": ".anomalies",
    "maintenance": ".version",
    "fleet": ".gateway",
}
"""What a page shows once it has its data."""


@dataclass
class Watched:
    """A context whose pages may neither complain nor ask another host."""

    context: BrowserContext
    home: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.complaints.append(str(error)))
        self.context.on("request", self._asked)

    def _said(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.home}/"):
            self.complaints.append(f"asked an outside host: {request.url}")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def session(browser: Browser, demo):
    """The cookies of the first administrator, made by the one-time link."""
    context = browser.new_context(viewport=SIZES["desktop"])
    watched, page = Watched(context, demo.url), context.new_page()
    page.goto(demo.sign_in)
    page.get_by_label("Name").fill("Campus Engineer")
    page.get_by_label("Email").fill("engineer@example.edu")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create and sign in").click()
    expect(page.get_by_role("heading", name="Load now")).to_be_visible()
    state = context.storage_state()
    context.close()
    assert watched.complaints == []
    return state


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser: Browser, session, demo, size: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport=SIZES[size], storage_state=session, base_url=demo.url
    )
    watched = Watched(context, demo.url)
    yield context.new_page()
    context.close()
    assert watched.complaints == []


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("VOLTONIC_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_used_one_time_link_is_refused(browser: Browser, session, demo):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(demo.sign_in)
        page.get_by_label("Name").fill("Eve")
        page.get_by_label("Email").fill("eve@example.edu")
        page.get_by_label("Password", exact=True).fill("another long password")
        page.get_by_role("button", name="Create and sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("used")


def test_a_stranger_is_led_to_the_sign_in_page(browser: Browser, demo):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo.url}/fleet")
        expect(page).to_have_url(f"{demo.url}/sign-in?to=%2Ffleet")


def test_a_person_signs_in_to_the_page_they_wanted_and_out_again(
    browser: Browser, session, demo
):
    with browser.new_context(viewport=SIZES["desktop"]) as context:
        page = context.new_page()
        page.goto(f"{demo.url}/fleet")
        page.get_by_label("Email").fill("engineer@example.edu")
        page.get_by_label("Password", exact=True).fill("not my password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Fleet")).to_be_visible()
        page.get_by_role("button", name="Sign out").locator("visible=true").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop"])
def test_the_live_load_changes_without_a_reload(page: Page, demo):
    page.goto("/")
    load = page.get_by_test_id("campus-load")
    expect(load).to_have_attribute("data-value", re.compile(r"^[1-9]"))
    before = load.get_attribute("data-value")
    page.evaluate("window.isTheSamePage = true")
    with rooms_of(demo.data / "gateways/mechanical/gateway.toml") as rooms:
        on, until = rooms.any_set_back(), monotonic() + CHANGES_WITHIN_S
        while load.get_attribute("data-value") == before and monotonic() < until:
            rooms.switch(on=on)  # again and again: the gateway holds against it
            page.wait_for_timeout(LOOKS_EVERY_MS)
    assert load.get_attribute("data-value") != before
    assert page.evaluate("window.isTheSamePage")


def test_where_no_stream_comes_through_the_page_asks_by_itself(
    browser: Browser, session, demo
):
    with browser.new_context(storage_state=session) as context:
        page = context.new_page()
        page.route("**/live/stream", lambda route: route.abort())
        page.goto(f"{demo.url}/")
        expect(page.get_by_text("Asking every 10 seconds")).to_be_visible()
        with page.expect_response("**/api/live/campus"):
            pass


def test_a_person_drills_down_from_the_campus_to_a_room(page: Page, screenshots, size):
    page.goto("/")
    page.get_by_role("link", name="Campus", exact=True).locator("visible=true").click()
    main = page.get_by_role("main")
    main.locator("a.row").first.click()
    rooms = page.get_by_role("region", name="Rooms by floor")
    expect(rooms.locator("a.room")).to_have_count(35)
    expect(main.locator(".chart canvas")).to_be_visible()
    page.screenshot(path=screenshots / f"building-{size}.png")
    rooms.get_by_text("Floor 2", exact=True).click()
    rooms.get_by_role("link", name=re.compile(r"^Room 201")).click()
    expect(page.get_by_role("heading", name="Room 201")).to_be_visible()
    expect(page.get_by_test_id("room-load")).to_have_attribute(
        "data-value", re.compile(r"\d")
    )
    expect(page.get_by_text(re.compile(r"measured (\d+ s|now)"))).to_be_visible()
    page.screenshot(path=screenshots / f"room-{size}.png")
    page.get_by_label("Where you are").get_by_role("link").nth(2).click()
    expect(rooms.locator("a.room").first).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen(page: Page, screenshots: Path, name, size):
    page.goto(PAGES[name])
    expect(page.get_by_role("main").locator(DRAWN[name]).first).to_be_visible()
    page.screenshot(path=screenshots / f"{name}-{size}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
