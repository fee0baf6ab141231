"""Copies of a gateway and a clock that steps: nothing new is taken for old."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from contract.batch import unseal
from contract.interval import to_ms
from contract.receipt import Outcome
from contract.signing import new_private_key, public_key
from gateway.buffer import Buffer, Origin
from gateway.clock import SystemClock
from gateway.daemon.uploads import Uploads
from gateway.sync import Trouble
from gateway.uplink.https import HttpsUplink
from tests.faults.rig import receiving
from tests.numbered import INVENTORY, numbered, numbers
from tests.receiver import Receiver

pytestmark = pytest.mark.fault

KEY = new_private_key()


class SteppedClock(SystemClock):
    """The machine's clock, set wrong by `offset`."""

    def __init__(self):
        self.offset = timedelta(0)

    def now(self):
        return datetime.now(UTC) + self.offset


class Gateway:
    """Buffer and sync of one gateway, driven by hand."""

    def __init__(self, data_dir, url, clock=None):
        clock = clock or SystemClock()
        data_dir.mkdir(exist_ok=True)
        self.buffer = Buffer(data_dir, Origin("physics", "ab" * 16, INVENTORY), clock)
        self._committing = asyncio.create_task(self.buffer.run())
        self._uplink = HttpsUplink(url, None, "physics", KEY)
        self.uploads = Uploads("physics", INVENTORY, clock, self.buffer, self._uplink)

    async def produce(self, start, end):
        await self.buffer.append(numbered(start, end))
        await self.buffer.flush()

    async def upload(self):
        async def status():
            return {}

        self.uploads.sync.hurry(SystemClock().monotonic())
        return await self.uploads.upload({}, status)

    async def send_all(self):
        while self.buffer.unsent:
            assert await self.upload()

    async def close(self):
        self.buffer.stop()
        await self._committing
        await self._uplink.close()
        await self.buffer.close()


@pytest.fixture
def receiver():
    return Receiver({"physics": public_key(KEY)})


def values(receiver):
    return sorted(value for _, _, _, value in receiver.rows)


def test_a_restored_old_database_resends_what_is_known_and_numbers_anew(
    tmp_path, receiver
):
    async def scenario():
        async with receiving(receiver) as url:
            gateway = Gateway(tmp_path / "data", url)
            await gateway.produce(0, 3)
            await gateway.close()
            shutil.copytree(tmp_path / "data", tmp_path / "backup")

            gateway = Gateway(tmp_path / "data", url)
            await gateway.produce(3, 5)
            await gateway.send_all()
            await gateway.close()

            shutil.rmtree(tmp_path / "data")
            shutil.copytree(tmp_path / "backup", tmp_path / "data")
            gateway = Gateway(tmp_path / "data", url)
            await gateway.produce(5, 9)
            outcomes = []
            while gateway.buffer.unsent:
                receipt = await gateway.upload()
                outcomes += [batch.outcome for batch in receipt.batches]
            await gateway.close()
            return outcomes

    outcomes = asyncio.run(scenario())
    assert outcomes == [Outcome.KNOWN, Outcome.ACCEPTED]
    assert values(receiver) == list(range(9))


def test_of_two_copies_at_once_the_superseded_keeps_its_data_and_says_so(
    tmp_path, receiver
):
    async def scenario():
        async with receiving(receiver) as url:
            original = Gateway(tmp_path / "data", url)
            await original.produce(0, 3)
            await original.send_all()
            shutil.copytree(tmp_path / "data", tmp_path / "clone")
            clone = Gateway(tmp_path / "clone", url)
            await clone.produce(100, 103)
            await clone.send_all()
            await original.produce(3, 6)
            assert await original.upload() is None
            trouble = original.uploads.sync.trouble
            kept = numbers(await original.buffer.oldest(9))
            await clone.close()
            await original.close()
            return trouble, kept

    trouble, kept = asyncio.run(scenario())
    assert trouble is Trouble.SUPERSEDED
    assert kept == [3, 4, 5]
    assert values(receiver) == [0, 1, 2, 100, 101, 102]


def test_a_clock_stepped_back_a_year_loses_doubles_and_delays_nothing(
    tmp_path, receiver
):
    clock = SteppedClock()

    async def scenario():
        async with receiving(receiver) as url:
            gateway = Gateway(tmp_path / "data", url, clock)
            await gateway.produce(0, 3)
            await gateway.send_all()
            clock.offset = -timedelta(days=365)
            await gateway.produce(3, 6)
            await gateway.send_all()
            clock.offset = timedelta(days=365)
            await gateway.produce(6, 9)
            await gateway.send_all()
            await gateway.close()

    started = datetime.now(UTC)
    asyncio.run(scenario())
    assert datetime.now(UTC) - started < timedelta(seconds=20)
    assert values(receiver) == list(range(9))
    first, back, ahead = [unseal(sealed) for sealed in receiver.sealed.values()]
    assert [batch.seq for batch in (first, back, ahead)] == [1, 2, 3]
    assert back.sealed_at_ms < to_ms(started) - 364 * 86_400_000 < ahead.sealed_at_ms
    assert first.monotonic_ms <= back.monotonic_ms <= ahead.monotonic_ms


def test_a_poll_waits_no_longer_because_the_clock_was_stepped_back():
    clock = SteppedClock()

    async def scenario():
        at = clock.now() + timedelta(seconds=0.2)
        waiting = asyncio.create_task(clock.sleep_until(at))
        await asyncio.sleep(0)
        clock.offset = -timedelta(days=365)
        async with asyncio.timeout(5):
            await waiting

    asyncio.run(scenario())
