"""The page of forecasts in a real browser, on a campus with weeks behind it."""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from cloud.app import create_app
from cloud.identity.first_administrator import first_administrator_link
from cloud.store.database import Database
from tests.e2e import forecast_campus
from tests.e2e.test_dashboard import FLAGS, PASSWORD, Watched

pytestmark = [pytest.mark.e2e]

SIZES = {
    "phone": {"width": 360, "height": 780},
    "desktop": {"width": 1280, "height": 900},
}


@dataclass(frozen=True)
class Settings:
    session_secret: str = "a secret of the tests"
    cost_per_kwh: float = 8.0
    currency: str = "INR"
    co2_kg_per_kwh: float = 0.82
    is_development: bool = False


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """Where the seeded cloud is, and its one-time link."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('cloud')}/cloud.db")
    forecast_campus.seed(database, forecast_campus.now())
    server = make_server(
        "127.0.0.1", 0, create_app(Settings(), database), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    yield url, first_administrator_link(database, url)
    server.shutdown()
    thread.join()
    server.server_close()
    database.close()


@pytest.fixture(scope="module")
def session(browser: Browser, cloud):
    url, link = cloud
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Name").fill("Campus Engineer")
    page.get_by_label("Email").fill("engineer@example.edu")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create and sign in").click()
    expect(page.get_by_role("heading", name="Load now")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=["light", "dark"])
def look(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser: Browser, session, cloud, size: str, look: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport=SIZES[size],
        storage_state=session,
        base_url=cloud[0],
        color_scheme=look,
    )
    watched = Watched(context, cloud[0])
    yield context.new_page()
    context.close()
    assert watched.complaints == []


def card(page: Page, title: str):
    return page.get_by_role("main").locator("section.card", has_text=title).first


def test_the_page_tells_what_comes_how_good_it_is_and_what_is_usual(
    page: Page, size, look, tmp_path
):
    page.goto("/")
    page.get_by_role("link", name="Forecast", exact=True).locator(
        "visible=true"
    ).click()
    expect(page.get_by_role("heading", name="Forecast", exact=True)).to_be_visible()
    ahead = card(page, "Next 24 hours")
    expect(ahead.locator(".chart canvas")).to_be_visible()
    expect(ahead).to_contain_text("80 % likely between")
    expect(ahead.locator("figcaption")).to_contain_text("the peak will be")
    good = card(page, "How good it was")
    expect(good).to_contain_text("Within the 80 % band")
    expect(good).to_contain_text(re.compile(r"\d % better than naive"))
    expect(card(page, "Models")).to_contain_text("Version 2")
    expect(card(page, "Usual day")).to_contain_text("Working day")
    expect(card(page, "Usual week").locator(".cell")).to_have_count(7 * 24)
    folder = Path(os.environ.get("VOLTONIC_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"forecast-{size}-{look}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("size", "look"), [("desktop", "light")])
def test_a_building_is_chosen_with_its_gateway_and_its_savings(page: Page, size, look):
    page.goto("/forecast")
    page.get_by_label("Place").select_option(label=f"{2 * chr(0x2003)}Physics")
    expect(page).to_have_url(re.compile("/forecast/campus/science/physics$"))
    expect(card(page, "Next 24 hours")).to_contain_text("Made by its gateway")
    models = card(page, "Models")
    expect(models).to_contain_text("Runs at its gateway")
    expect(models).to_contain_text("version 3 was refused: it missed by more")
    saved = card(page, "Could be saved")
    expect(saved).to_contain_text("W/m²")
    expect(saved).to_contain_text(re.compile(r"Up to [\d,]+ kWh a year, ₹"))
    page.get_by_text("Quarters").click()
    expect(card(page, "Next 24 hours").locator(".chart canvas")).to_be_visible()


@pytest.mark.parametrize(("size", "look"), [("phone", "dark")])
def test_the_card_of_the_next_hour_leads_there(page: Page, size, look):
    page.goto("/node/campus/science/physics")
    page.get_by_role("link", name="The next 24 hours").click()
    expect(page).to_have_url(re.compile("/forecast/campus/science/physics$"))


@pytest.mark.parametrize(("size", "look"), [("phone", "light")])
def test_a_place_without_data_says_so_and_shows_no_number(page: Page, size, look):
    page.goto("/forecast/campus/science/annexe")
    ahead = card(page, "Next 24 hours")
    expect(ahead).to_contain_text("no data")
    expect(ahead).to_contain_text("nothing is known of campus/science/annexe")
    expect(card(page, "Patterns")).to_contain_text("no day of the last 8 weeks")
    expect(card(page, "Models")).to_contain_text("No model has been published yet")


@pytest.mark.parametrize(("size", "look"), [("desktop", "light")])
def test_a_place_that_does_not_exist_is_said_to(page: Page, size, look):
    page.goto("/forecast/campus/nowhere")
    expect(page.get_by_text("There is no such place")).to_be_visible()
