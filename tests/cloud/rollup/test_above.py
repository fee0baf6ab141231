import json

import pytest

from cloud import enrolment
from cloud.device_posts import Post, take
from cloud.store import hardware, marks
from cloud.store.devices import DeviceValues
from cloud.store.hardware import PostRow

START = 1_789_970_400
PUMP = "grounds/pump-house"


@pytest.fixture
def post(database):
    """Post kWh as a device does; the first call registers it."""
    ids = {}

    def posted(second, kwh, produced=0.0, **values):
        if not ids:
            device = DeviceValues("esp", "main", reporting_interval_s=300, **values)
            ids["pump"] = enrolment.add_device(database, PUMP, device)
        body = json.dumps({"energy_consumed": kwh, "energy_produced": produced})
        at_ms = (START + second) * 1000
        with database.write() as connection:
            row = hardware.device_by_id(connection, ids["pump"])
            hardware.add_post(connection, row.id, None, PostRow(at_ms, body), at_ms)
            start = at_ms // 900_000 * 900
            marks.mark_node(connection, row.node_id, [start])

    return posted


def test_posts_tell_energy_since_the_one_before(post, rollup, figures):
    for second in (300, 600, 900, 1200):
        post(second, 0.5, produced=0.1)
    rollup()
    assert figures(PUMP) == {START: pytest.approx(1.5), START + 900: pytest.approx(0.5)}
    assert figures(PUMP, "coverage")[START] == pytest.approx(1.0)
    assert figures(PUMP, "generated_kwh")[START] == pytest.approx(0.3)
    assert sum(figures("grounds", resolution=1440).values()) == pytest.approx(2.0)


def test_a_device_registered_as_counter_posts_counters(post, rollup, figures):
    post(0, 100.0, is_counter=True)
    post(900, 101.0)
    rollup()
    assert figures(PUMP) == {START: pytest.approx(1.0)}


def test_a_late_post_corrects_what_was_there(post, rollup, figures):
    post(300, 0.5)
    post(900, 0.5)
    rollup()
    post(600, 0.5)
    rollup()
    assert sum(figures("grounds").values()) == pytest.approx(1.5)


def test_posts_hours_apart_keep_their_energy_as_estimated(post, rollup, figures):
    post(0, 1.0)
    rollup()
    post(6 * 3600, 12.0)
    rollup()
    assert sum(figures(PUMP).values()) == pytest.approx(13.0)
    assert sum(figures(PUMP, "estimated_kwh").values()) == pytest.approx(12.0)


def test_a_post_with_a_date_of_decades_ago_does_not_fill_them(post, rollup, figures):
    post(-36 * 365 * 86_400, 0.25)
    post(0, 1.0)
    assert rollup() < 100
    assert sum(figures(PUMP).values()) == pytest.approx(1.25)
    assert len(figures("grounds")) == 2


HALL = "campus/hall"


@pytest.mark.parametrize("posts_first", [True, False])
def test_a_device_that_posts_below_a_gateway_counts_beside_its_meters(
    database, gateway, meter, rollup, figures, posts_first
):
    stage, desk = f"{HALL}/stage", f"{HALL}/desk"
    hall = gateway(HALL, meter(stage))
    hall.now_ms = (START + 900) * 1000
    energy = f"{stage}/meter/energy_import_kwh"

    def measured():
        steps = ((0, 0.0), (900, 2.0))
        readings = [(energy, (START + s) * 1000, kwh) for s, kwh in steps]
        hall.send(hall.batch(*readings))

    def posted():
        esp = DeviceValues("esp", "main", reporting_interval_s=300)
        device_id = enrolment.add_device(database, desk, esp)
        for second in (300, 600, 900):
            at_ms = (START + second) * 1000
            post = Post(at_ms, None, {"energy_consumed": 0.5, "energy_produced": 0.25})
            take(database, device_id, [post], at_ms)

    first, second = (posted, measured) if posts_first else (measured, posted)
    first()
    rollup()
    second()
    rollup()
    assert figures(stage) == {START: pytest.approx(2.0)}
    assert figures(desk) == {START: pytest.approx(1.5)}
    assert figures(desk, "generated_kwh") == {START: pytest.approx(0.75)}
    for path in (HALL, "campus"):
        assert figures(path) == {START: pytest.approx(3.5)}
        assert figures(path, "coverage") == {START: pytest.approx(1.0)}
