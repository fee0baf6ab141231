"""The gateway's status page in a real browser, on a phone and on a desk."""

import logging
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from gateway.status_page import pin
from tests.gateway.status_page.house import HOLD, House, device, served

pytestmark = [pytest.mark.e2e]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
SIZES = {"small": (360, 740), "phone": (390, 844), "desktop": (1280, 800)}
SCREENSHOTS = os.environ.get("VOLTONIC_SCREENSHOTS")


@pytest.fixture(scope="module")
def browser(chromium: Path):
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def house():
    return House(trouble="the cloud cannot be reached")


@pytest.fixture
def url(house, tmp_path):
    pin.keep(tmp_path / "pin", "271828")
    with served(house, tmp_path / "pin") as where:
        yield where


@pytest.fixture
def opened(browser, url):
    """Open the page in a window of a size; complaints of the browser fail the test."""
    complaints, contexts = [], []

    def open_page(size, scheme="light"):
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        contexts.append(context)
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error)))
        page = context.new_page()
        page.goto(url)
        expect(page.locator("h1")).to_have_text("physics")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not [each for each in complaints if "403" not in each]


def picture(page, name):
    if SCREENSHOTS:
        page.screenshot(path=f"{SCREENSHOTS}/status-{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_the_window_and_says_what_is_wrong(opened, size, scheme):
    log = logging.getLogger("gateway.test")
    log.warning("site/floor-2-room-214-meter on 192.168.1.20:502: no answer")
    log.info("the cloud answers again")
    page = opened(size, scheme)
    expect(page.locator("#word")).to_have_text(
        "1 of 4 devices does not answer; the cloud cannot be reached;"
        " 1 device with something to look at."
    )
    expect(page.get_by_text("no answer", exact=True)).to_be_visible()
    page.get_by_role("button", name="main").first.click()
    expect(page.get_by_role("rowheader", name="Energy import")).to_be_visible()
    expect(page.get_by_role("cell", name="1,284,413 kWh")).to_be_visible()
    picture(page, f"{size}-{scheme}")
    too_wide = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(too_wide) <= 0


def test_a_device_is_opened_with_the_keyboard(opened):
    page = opened("desktop")
    button = page.get_by_role("button", name="heat-meter")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("cell", name="61.5 °C")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="61.5 °C")).to_be_hidden()


def test_it_follows_what_changes(opened, house):
    page = opened("phone")
    house.trouble = None
    house.devices = [device("main", "online")]
    expect(page.locator("#word")).to_have_text("All is well.", timeout=15_000)


def test_a_restart_needs_the_pin(opened, house):
    page = opened("phone")
    for given, told in (("000000", "this PIN is wrong"), ("271828", "starts again")):
        page.get_by_label("PIN").fill(given)
        page.get_by_role("button", name="Start again").click()
        expect(page.locator("#answer")).to_contain_text(told)
    assert house.reloads == 1


def test_a_hold_is_let_go(opened, house):
    house.holds = [HOLD]
    page = opened("phone")
    held = page.get_by_text("heat-meter: setpoint temperature is held at 19.5 °C")
    expect(held).to_be_visible()
    page.get_by_label("PIN").fill("271828")
    picture(page, "hold")
    page.get_by_role("button", name="Let go").click()
    expect(held).to_have_count(0)
    expect(page.locator("#answer")).to_contain_text("is let go")


def test_a_name_that_could_be_markup_stays_text(opened, house):
    house.devices = [device("x", "offline", "<img src=x onerror=alert(1)>", (), None)]
    page = opened("phone")
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
