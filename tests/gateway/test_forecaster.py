from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.analytics.next_hour import hours
from cloud.domain.load_history import LoadHistory
from contract import features
from contract.energy import interval_energy
from contract.interval import to_ms
from contract.inventory import DeviceEntry, Inventory, Role
from contract.manifest import ManifestError
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.forecaster import device
from gateway.forecaster.forecaster import Forecaster
from gateway.forecaster.memory import Memory
from tests.published import KEY, manifest_of, onnx_of, packed, seed_promise

SUBJECT = "campus/science/physics"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Kolkata")
COUNTER = f"{SUBJECT}/main/energy_import_kwh"
ROOMS = [f"{SUBJECT}/floor-1/room-{number}" for number in (101, 102)]
INVENTORY = Inventory(
    (
        DeviceEntry(
            SUBJECT,
            "main",
            "sdm630",
            Role.MAIN,
            simulated=False,
            quantities=(Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH),
        ),
        *(
            DeviceEntry(
                room,
                "meter",
                "voltonic_room",
                Role.MAIN,
                simulated=False,
                quantities=(
                    Quantity.ENERGY_IMPORT_KWH,
                    Quantity.TEMPERATURE_C,
                    Quantity.OCCUPANCY,
                ),
            )
            for room in ROOMS
        ),
    )
)


ONNX = packed(
    seed_promise(), onnx_of(features.SEED_NEXT_HOUR, {"last_hour_load_kw": 2})
)
"""A model that says: twice the last hour."""


def manifest(content=ONNX, promised=None, **changes):
    promised = promised or seed_promise()
    return manifest_of(content, promised, **changes).sealed(KEY)


def readings(start, end, *, every=timedelta(minutes=1), power_kw=12.0, rise_kw=0.0):
    """Yield what the node's meters say; its power rises by `rise_kw` a reading."""
    at, kwh = start, 1_000.0
    while at <= end:
        hour = at.hour
        yield Reading(COUNTER, at, kwh)
        for place, room in enumerate(ROOMS):
            yield Reading(f"{room}/meter/temperature_c", at, 24.0 + hour / 4 + place)
            yield Reading(f"{room}/meter/occupancy", at, float(place))
        kwh += power_kw * every / timedelta(hours=1)
        power_kw += rise_kw
        at += every


@pytest.fixture
def forecaster(tmp_path):
    forecaster = Forecaster(tmp_path / "model", SUBJECT, INVENTORY)
    forecaster.load(NOON)
    return forecaster


def test_it_forecasts_the_hour_that_began_on_the_grid_once(forecaster):
    forecaster.accept(manifest(), ONNX, NOON)
    forecaster.observe(readings(NOON - timedelta(minutes=65), NOON))
    [reading] = forecaster.step(NOON + timedelta(seconds=20), ZONE)
    assert reading.point == f"{SUBJECT}/forecast/forecast_power_kw"
    assert reading.at == NOON
    assert reading.value == pytest.approx(24, rel=1e-6)
    assert reading.quality is Quality.ESTIMATED
    assert forecaster.step(NOON + timedelta(seconds=40), ZONE) == []
    assert forecaster.status()["predicted_kw"] == reading.value
    assert reading.point in Inventory((device.entry(SUBJECT, simulated=False),)).index


def test_the_reading_that_ends_the_hour_may_come_a_little_later(forecaster):
    forecaster.accept(manifest(), ONNX, NOON)
    forecaster.observe(
        readings(NOON - timedelta(minutes=65), NOON - timedelta(minutes=1))
    )
    assert forecaster.step(NOON + timedelta(seconds=1), ZONE) == []
    forecaster.observe([Reading(COUNTER, NOON + timedelta(seconds=10), 1_013.0)])
    assert len(forecaster.step(NOON + timedelta(seconds=11), ZONE)) == 1


def test_it_is_idle_and_says_so_while_something_is_missing(forecaster):
    assert forecaster.step(NOON, ZONE) == []
    assert forecaster.status()["idle"] == "no model yet"
    forecaster.accept(manifest(), ONNX, NOON)
    assert forecaster.step(NOON, ZONE) == []
    assert forecaster.status()["idle"] == "the last hour is not known"


def test_without_the_rooms_climate_there_is_no_forecast(forecaster):
    forecaster.accept(manifest(), ONNX, NOON)
    for reading in readings(NOON - timedelta(minutes=65), NOON):
        if reading.point == COUNTER:
            forecaster.observe([reading])
    assert forecaster.step(NOON, ZONE) == []


def test_a_meter_exchanged_in_the_last_hour_is_no_ground_for_a_forecast(forecaster):
    forecaster.accept(manifest(), ONNX, NOON)
    half = NOON - timedelta(minutes=30)
    forecaster.observe(readings(NOON - timedelta(minutes=65), half))
    for reading in readings(half + timedelta(minutes=10), NOON):
        value = reading.value - 999 if reading.point == COUNTER else reading.value
        forecaster.observe([replace(reading, value=value)])
    assert forecaster.step(NOON, ZONE) == []


OTHER = packed(seed_promise(), b"noise")
NARROW = packed(seed_promise(), onnx_of(("hour", "moon")))
REFUSED = {
    "tampered": (manifest(), ONNX[:-1] + b"x", "not the one the manifest names"),
    "other subject": (manifest(subject="campus"), ONNX, "made for campus"),
    "expired": (manifest(expires_at=NOON.isoformat()), ONNX, "expired"),
    "older": (manifest(version=2), ONNX, "version 2 is older than 3"),
    "not a model": (manifest(OTHER, version=4), OTHER, "can't be loaded"),
    "no manifest": (b"{}", ONNX, "first format"),
    "other width": (manifest(NARROW, version=4), NARROW, "does not run"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_model_that_does_not_match_is_refused_and_the_old_one_stays(forecaster, case):
    forecaster.accept(manifest(), ONNX, NOON)
    promised, onnx, reason = REFUSED[case]
    with pytest.raises(ManifestError, match=reason):
        forecaster.accept(promised, onnx, NOON)
    assert forecaster.version == 3
    assert reason in forecaster.status()["refused"]


def test_a_refused_version_is_not_fetched_again_at_once(forecaster):
    assert forecaster.wants(4, NOON)
    with pytest.raises(ManifestError):
        forecaster.accept(b"{}", ONNX, NOON)
    assert not forecaster.wants(4, NOON + timedelta(minutes=1))
    assert forecaster.wants(4, NOON + timedelta(hours=1))
    assert forecaster.wants(5, NOON)
    assert not forecaster.wants(None, NOON)


def test_model_and_memory_outlive_a_restart(forecaster, tmp_path):
    forecaster.accept(manifest(), ONNX, NOON)
    forecaster.observe(readings(NOON - timedelta(minutes=80), NOON))
    forecaster.step(NOON, ZONE)
    later = NOON + timedelta(minutes=15)
    again = Forecaster(tmp_path / "model", SUBJECT, INVENTORY)
    again.load(later)
    assert again.version == 3
    again.observe([Reading(COUNTER, later, 1_000 + 12 * 95 / 60)])
    assert again.step(later, ZONE)[0].value == pytest.approx(24, rel=1e-6)


def test_a_file_damaged_on_disk_is_refused_at_start(forecaster, tmp_path):
    forecaster.accept(manifest(), ONNX, NOON)
    file = tmp_path / "model" / "3.bundle"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    again = Forecaster(tmp_path / "model", SUBJECT, INVENTORY)
    again.load(NOON)
    assert again.version is None
    assert "not the one the manifest names" in again.status()["refused"]
    assert again.wants(3, NOON)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1, 2]", b'[{"a": 1}, {}]', b"\xff"])
def test_a_damaged_memory_is_left_behind(forecaster, tmp_path, damage):
    forecaster.accept(manifest(), ONNX, NOON)
    (tmp_path / "model" / "memory.json").write_bytes(damage)
    again = Forecaster(tmp_path / "model", SUBJECT, INVENTORY)
    again.load(NOON)
    again.observe(readings(NOON - timedelta(minutes=65), NOON))
    assert len(again.step(NOON, ZONE)) == 1


def test_only_one_model_is_kept_on_disk(forecaster, tmp_path):
    forecaster.accept(manifest(), ONNX, NOON)
    forecaster.accept(manifest(version=4), ONNX, NOON)
    assert [file.name for file in (tmp_path / "model").glob("*.bundle")] == ["4.bundle"]


def test_without_a_main_meter_the_topmost_meters_add_up():
    memory = Memory.of(Inventory(INVENTORY.devices[1:]), SUBJECT)
    assert list(memory.counters) == [
        f"{room}/meter/energy_import_kwh" for room in ROOMS
    ]
    memory = Memory.of(INVENTORY, SUBJECT)
    assert list(memory.counters) == [COUNTER]


def test_the_memory_stays_small():
    memory = Memory.of(INVENTORY, SUBJECT)
    for reading in readings(NOON - timedelta(days=2), NOON):
        memory.keep(reading)
    assert len(memory.to_bytes()) < 20_000


def test_the_edge_makes_the_row_that_the_cloud_trains_on():
    start = NOON - timedelta(hours=3)
    made = list(readings(start, NOON, power_kw=17.3, rise_kw=0.01))
    memory = Memory.of(INVENTORY, SUBJECT)
    for reading in made:
        memory.keep(reading)
    known = hours(rolled_up(made))
    for place, origin_s in enumerate(known.origin_s):
        at_edge = memory.last_hour(int(origin_s) * 1000)
        assert at_edge.load_kw == pytest.approx(known.last_hour_load_kw[place])
        assert at_edge.temperature_c == pytest.approx(known.temperature_c[place])
        assert at_edge.occupancy_rate == pytest.approx(known.occupancy_rate[place])
    assert len(known.origin_s) == 9


def rolled_up(made):
    counter = [(to_ms(r.at), r.value) for r in made if r.point == COUNTER]
    energy = interval_energy(
        np.array([at for at, _ in counter]), np.array([kwh for _, kwh in counter])
    )

    def mean(quantity):
        return np.array(
            [
                np.mean(
                    [
                        r.value
                        for r in made
                        if r.point.endswith(quantity)
                        and start <= to_ms(r.at) < start + 900_000
                    ]
                )
                for start in energy.start_ms
            ]
        )

    return LoadHistory(
        energy.start_ms // 1000,
        energy.energy_kwh,
        energy.coverage,
        mean("temperature_c"),
        mean("occupancy"),
    )
