"""Posting to the gateway as boards do, and what it keeps of it."""

import asyncio
import functools
import http.client
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from contract.batch import unseal
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from gateway.buffer import Buffer, Origin
from gateway.clock import SystemClock
from gateway.cycle import Cycle
from gateway.cycle.devices import connection
from gateway.driver import Surroundings
from gateway.drivers.http_push.line import HttpPushLine, PushPlace
from gateway.lines import DeviceError, DeviceSettings, LineDownError, NoAnswerError
from gateway.snapshot import NO_STATE

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = ("key-of-the-first-board", "key-of-the-other-board")
QUANTITIES = tuple(
    map(
        Quantity,
        (
            "energy_import_kwh",
            "energy_generated_kwh",
            "load_percent",
            "active_power_kw",
            "voltage_v",
            "voltage_l1_v",
            "current_l3_a",
            "frequency_hz",
            "power_factor",
        ),
    )
)
PLAIN = {"energy_produced": 0.25, "energy_consumed": 0.5, "current_load": 50}
CONSUMED = "campus/lab/board-0/energy_import_kwh"
VOLTAGE = "campus/lab/board-0/voltage_v"


def runs(test):
    """Let pytest run a test that waits."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(test(*args, **kwargs))

    return run


def settings(number=0, **place):
    entry = DeviceEntry(
        "campus/lab", f"board-{number}", "http_push", Role.SUB, False, QUANTITIES
    )
    known = PushPlace(f"board-{number}", sha256(KEYS[number].encode()).digest())
    place = replace(known, capacity_kw=40.0, **place)
    return DeviceSettings(entry, "push", 0, MINUTE, place=place)


class Gateway:
    """The driver with what is around it; `restart` keeps only what was committed."""

    def __init__(self, *devices):
        self.now, self.readings, self.state = NOON, [], {}
        self.lets = asyncio.Event()
        self.lets.set()
        self.settings = devices or (settings(),)

    async def start(self):
        around = Surroundings(lambda: self.now, self._keep, self._kept)
        line = HttpPushLine("push", "127.0.0.1", 0)
        self.receiver = connection(line, {}, around)
        self.devices = [self.receiver.device(each) for each in self.settings]
        await self.receiver.connect()

    async def restart(self):
        self.receiver.close()
        await self.start()

    async def post(self, body, key=KEYS[0], **headers):
        return await self.ask("POST", "/api/hardware/data", body, key, **headers)

    async def ask(self, method, path, body=None, key=KEYS[0], **headers):
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body)
        sent = {"X-API-Key": key} if key else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}

        def exchange():
            client = http.client.HTTPConnection(*self.receiver.address, timeout=20)
            try:
                client.request(method, path, raw, sent)
                answer = client.getresponse()
                return answer.status, json.loads(answer.read())
            finally:
                client.close()

        return await asyncio.to_thread(exchange)

    def values(self, point):
        return [each.value for each in self.readings if each.point == point]

    def last(self):
        return {
            reading.point.rpartition("/")[2]: reading.value for reading in self.readings
        }

    async def poll(self, device=0):
        return await self.devices[device].poll(lambda: self.now)

    async def _keep(self, readings, state=NO_STATE):
        await self.lets.wait()
        self.readings += readings
        self.state |= state

    def _kept(self, prefix):
        return {
            name: row for name, row in self.state.items() if name.startswith(prefix)
        }


@asynccontextmanager
async def posting_to(*devices):
    gateway = Gateway(*devices)
    await gateway.start()
    try:
        yield gateway
    finally:
        gateway.receiver.close()
        await asyncio.sleep(0)


@runs
async def test_every_field_becomes_its_quantity_at_the_instant_of_arrival():
    body = PLAIN | {
        "voltage": 229.4,
        "voltage1": 228.1,
        "current3": -1.5,
        "frequency": 50.1,
        "power_factor": 0.95,
        "facility_id": 7,
        "what_else": {"is": "there"},
    }
    async with posting_to() as gateway:
        status, answer = await gateway.post(body)
        assert status == 201
        assert answer == {
            "status": "success",
            "message": "1 taken, 0 known before",
            "accepted": 1,
            "known": 0,
            "server_time": int(NOON.timestamp()),
        }
        assert gateway.last() == {
            "energy_import_kwh": 0.5,
            "energy_generated_kwh": 0.25,
            "load_percent": 50,
            "active_power_kw": 20,
            "voltage_v": 229.4,
            "voltage_l1_v": 228.1,
            "current_l3_a": -1.5,
            "frequency_hz": 50.1,
            "power_factor": 0.95,
        }
        assert gateway.readings[-1].at == NOON


@runs
async def test_energy_adds_up_from_zero_also_over_a_restart():
    async with posting_to() as gateway:
        for _ in range(2):
            gateway.now += MINUTE
            assert (await gateway.post(PLAIN))[0] == 201
        await gateway.restart()
        gateway.now += MINUTE
        await gateway.post(PLAIN | {"energy_consumed": 0.125})
        assert gateway.values(CONSUMED) == [0, 0.5, 1, 1.125]
        instants = [each.at for each in gateway.readings if each.point == CONSUMED]
        assert instants == [NOON + n * MINUTE for n in range(4)]


@runs
async def test_a_counter_is_kept_as_it_is():
    async with posting_to(settings(is_counter=True)) as gateway:
        for counter in (4711.5, 4712):
            gateway.now += MINUTE
            await gateway.post(PLAIN | {"energy_consumed": counter})
        assert gateway.values(CONSUMED) == [4711.5, 4712]


@runs
async def test_a_post_that_comes_twice_counts_once_also_after_a_restart():
    dated = PLAIN | {"timestamp": NOON.timestamp() - 60}
    keyed = {"Idempotency_Key": "boot-7-sample-12"}
    async with posting_to() as gateway:
        assert (await gateway.post(dated))[0] == 201
        assert (await gateway.post(PLAIN, **keyed))[0] == 201
        for _ in range(2):
            status, answer = await gateway.post(dated)
            assert (status, answer["accepted"], answer["known"]) == (200, 0, 1)
            assert (await gateway.post(PLAIN, **keyed))[0] == 200
            await gateway.restart()
        assert gateway.values(CONSUMED)[-1] == 1


@runs
async def test_the_same_instant_with_other_values_is_a_conflict_and_takes_nothing():
    async with posting_to() as gateway:
        dated = PLAIN | {"timestamp": "2026-03-10T13:00:00+02:00"}
        await gateway.post(dated)
        before = list(gateway.readings)
        fresh = PLAIN | {"timestamp": "2026-03-10T11:01:00+00:00"}
        status, answer = await gateway.post([fresh, dated | {"energy_consumed": 9}])
        assert (status, answer["status"]) == (409, 409)
        assert "came before, with other values" in answer["detail"]
        assert gateway.readings == before
        assert (await gateway.post([fresh, dated]))[1]["accepted"] == 1


@runs
async def test_what_waited_through_an_outage_keeps_its_instants():
    async with posting_to() as gateway:
        waited = [
            PLAIN | {"timestamp": (NOON - n * MINUTE).timestamp(), "voltage": 230 - n}
            for n in range(200, 0, -1)
        ]
        status, answer = await gateway.post(waited)
        assert (status, answer["accepted"]) == (201, 200)
        assert (await gateway.post(waited))[1]["known"] == 200
        newest = [each for each in gateway.readings if each.point == VOLTAGE]
        assert [each.at for each in newest[-2:]] == [NOON - 2 * MINUTE, NOON - MINUTE]
        assert gateway.values(CONSUMED)[-1] == 100


@runs
async def test_of_a_late_post_only_energy_counts_and_it_is_told():
    async with posting_to() as gateway:
        await gateway.post(PLAIN | {"voltage": 231})
        late = {"timestamp": (NOON - MINUTE).timestamp(), "voltage": 199}
        assert (await gateway.post(PLAIN | late))[0] == 201
        assert gateway.values(VOLTAGE) == [231]
        assert gateway.values(CONSUMED)[-1] == 1
        instants = [each.at for each in gateway.readings if each.point == CONSUMED]
        assert instants == sorted(set(instants))
        assert (await gateway.poll()).refused == [
            "1 posts came late: of them only energy counts"
        ]


@runs
async def test_what_may_have_been_forgotten_does_not_count_again():
    async with posting_to() as gateway:
        gateway.now = NOON + timedelta(days=1)
        posts = [
            PLAIN | {"timestamp": (NOON + n * MINUTE).timestamp()} for n in range(512)
        ]
        for start in (0, 256):
            status, answer = await gateway.post(posts[start : start + 256])
            assert (status, answer["accepted"]) == (201, 256)
        assert (await gateway.post(posts[:256]))[1]["known"] == 256
        assert gateway.values(CONSUMED)[-1] == 256
        assert len(gateway.state) == 257


@runs
async def test_a_clock_a_little_ahead_is_put_right():
    async with posting_to() as gateway:
        ahead = (NOON + 2 * MINUTE).timestamp()
        assert (await gateway.post(PLAIN | {"timestamp": ahead}))[0] == 201
        assert gateway.readings[-1].at == NOON


@pytest.mark.parametrize(
    ("wrong", "detail"),
    [
        ({"energy_consumed": None}, "energy_consumed: is missing"),
        ({"energy_produced": -1}, "energy_produced: must be a number from 0 to 1e+12"),
        ({"current_load": "35"}, "current_load: must be a number from 0 to 400"),
        ({"current_load": True}, "current_load: must be a number"),
        ({"voltage": float("nan")}, "voltage: must be a number from 0 to 1500"),
        ({"voltage": float("inf")}, "voltage: must be a number"),
        ({"voltage2": 10**400}, "voltage2: must be a number"),
        ({"power_factor": 95}, "power_factor: must be a number from -1 to 1, not 95"),
        ({"frequency": [50]}, "frequency: must be a number"),
        ({"timestamp": "yesterday"}, "timestamp: must be seconds since 1970"),
        ({"timestamp": "2026-03-10T12:00:00"}, "timestamp: must be seconds"),
        ({"timestamp": 12}, "timestamp: lies before 1990; set the device's clock"),
        ({"timestamp": NOON.timestamp() + 301}, "timestamp: lies in the future"),
        ({"timestamp": -1}, "timestamp: must be"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "timestamp: "),
        ({"device_id": "board-1"}, "device_id: this key belongs to another device"),
    ],
    ids=str,
)
@runs
async def test_a_wrong_field_is_named_and_nothing_counts(wrong, detail):
    async with posting_to() as gateway:
        status, answer = await gateway.post(PLAIN | wrong)
        assert status == 422
        assert answer["detail"].startswith(detail)
        status, answer = await gateway.post([PLAIN, PLAIN | wrong])
        assert status == 422
        assert gateway.readings == []
        with pytest.raises(DeviceError, match="its last post was refused: "):
            await gateway.poll()
        assert (await gateway.post(PLAIN))[0] == 201
        assert (await gateway.poll()).readings == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 60_000, 400),
        (b"9" * 5000, 400),
        (b"3", 422),
        (b"[]", 422),
        (b"[[]]", 422),
        (json.dumps([PLAIN] * 257).encode(), 422),
        (b" " * 65_537, 413),
    ],
    ids=lambda value: repr(value)[:20],
)
@runs
async def test_what_is_no_reading_is_refused(body, status):
    async with posting_to() as gateway:
        assert (await gateway.post(body))[0] == status
        assert gateway.readings == []
        assert (await gateway.post(PLAIN))[0] == 201


@runs
async def test_a_key_is_one_device_and_none_is_nobody():
    async with posting_to(settings(0), settings(1)) as gateway:
        assert (await gateway.post(PLAIN, KEYS[1]))[0] == 201
        assert {each.point.split("/")[2] for each in gateway.readings} == {"board-1"}
        for key in ("", "wrong", KEYS[0] + " x", "é"):
            status, answer = await gateway.post(PLAIN, key)
            assert status == 401
            assert answer["detail"] == "send the device's key in X-API-Key"
        bearer = {"Authorization": f"Bearer {KEYS[0]}"}
        assert (await gateway.post(PLAIN, "", **bearer))[0] == 201
        assert (await gateway.ask("GET", "/api/hardware/data"))[0] == 405


@runs
async def test_who_is_silent_is_told_with_what_strangers_tried():
    async with posting_to() as gateway:
        gateway.devices[0].patience_s = 0
        await gateway.post(PLAIN, "not-its-key")
        with pytest.raises(
            NoAnswerError, match=r"no post came since the start; 127\.0"
        ):
            await gateway.poll()
        await gateway.post(PLAIN)
        gateway.now += 2 * MINUTE
        await gateway.poll()
        gateway.now += MINUTE
        with pytest.raises(NoAnswerError, match="no post for 180 s"):
            await gateway.poll()


@runs
async def test_status_and_config_say_what_the_cloud_would():
    async with posting_to(settings(nominal_v=120.0)) as gateway:
        status, told = await gateway.ask("GET", "/api/hardware/status")
        assert (status, told["connected"], told["last_seen"]) == (200, False, None)
        await gateway.post(PLAIN)
        gateway.now += MINUTE
        _, told = await gateway.ask("GET", "/api/hardware/status")
        assert told == {
            "device": "board-0",
            "facility_id": None,
            "connected": True,
            "last_seen": int(NOON.timestamp()),
            "age_s": 60.0,
            "reporting_interval": 60,
        }
        _, told = await gateway.ask("GET", "/api/hardware/config")
        assert told["voltage_thresholds"] == {
            "low_critical": 108.0,
            "low_warning": 112.8,
            "high_warning": 127.2,
            "high_critical": 132.0,
        }
        assert told["server_time"] == int(gateway.now.timestamp())


@runs
async def test_a_technician_sees_the_newest_values_by_their_fields():
    async with posting_to() as gateway:
        gateway.devices[0].patience_s = 0
        with pytest.raises(NoAnswerError):
            await gateway.devices[0].inspect(lambda: gateway.now)
        await gateway.post(PLAIN)
        shown = await gateway.devices[0].inspect(lambda: gateway.now)
        assert [(each.quantity, each.value, each.register) for each in shown][:2] == [
            (Quantity.ENERGY_IMPORT_KWH, 0.5, "energy_consumed"),
            (Quantity.ENERGY_GENERATED_KWH, 0.25, "energy_produced"),
        ]


@runs
async def test_while_nothing_can_be_stored_posts_are_sent_back_and_count_once_later():
    async with posting_to() as gateway:
        gateway.devices[0].stores_within_s = 0.1
        gateway.lets.clear()
        dated = PLAIN | {"timestamp": NOON.timestamp()}
        for _ in range(2):
            status, answer = await gateway.post(dated)
            assert (status, "try again" in answer["detail"]) == (503, True)
        gateway.lets.set()
        assert (await gateway.post(dated))[0] == 200
        assert gateway.values(CONSUMED) == [0, 0.5]


@runs
async def test_many_posts_at_once_are_all_counted():
    async with posting_to() as gateway:
        await asyncio.gather(*(gateway.post(PLAIN) for _ in range(20)))
        assert gateway.values(CONSUMED)[-1] == 10


@runs
async def test_a_port_in_use_is_a_line_that_is_down_until_it_is_free():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        around = Surroundings(lambda: NOON, None, lambda _: {})
        line = HttpPushLine("push", "127.0.0.1", held.getsockname()[1])
        receiver = connection(line, {}, around)
        with pytest.raises(LineDownError, match=r"cannot listen on port .* in use"):
            await receiver.connect()
        assert not receiver.is_connected
        receiver.close()
    await receiver.connect()
    assert receiver.is_connected
    receiver.close()
    receiver.close()
    assert not receiver.is_connected


class Site:
    """What a cycle has to be told, of one port and one board."""

    node, models, max_age, max_lease = "campus/lab", {}, 3 * MINUTE, None

    def __init__(self, port):
        self.lines = {"push": HttpPushLine("push", "127.0.0.1", port)}
        self.devices = [settings()]


@runs
async def test_an_answered_post_is_on_disk_with_the_counter(tmp_path, free_port, until):
    """The process ends without another word after the answer; a new one goes on."""
    port = free_port.getsockname()[1]
    free_port.close()
    inventory = Inventory((settings().entry,))

    async def answered():
        buffer = Buffer(tmp_path, Origin("lab", "ab" * 16, inventory), SystemClock())
        committing = asyncio.create_task(buffer.run())
        cycle = Cycle(Site(port), SystemClock(), buffer, lambda: None)
        running = asyncio.create_task(cycle.run())
        gateway = Gateway()
        gateway.receiver = cycle._pollers["push"].bus
        await until(lambda: gateway.receiver.is_connected)
        status, _ = await gateway.post(PLAIN)
        values = [
            value
            for each in await buffer.oldest(10)
            for value in unseal(each.sealed).values
        ]
        state = buffer.state("http_push/")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await cycle.close()
        await asyncio.sleep(0)
        buffer.stop()
        await committing
        await buffer.close()
        return status, values, len(state)

    first, second = await answered(), await answered()
    assert first == (201, [0, 0, 0.5, 0.25, 50, 20], 1)
    assert second == (201, [*first[1], 1, 0.5, 50, 20], 1)
