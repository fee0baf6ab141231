"""What an upload carries besides its batches."""

import asyncio

from contract.signing import new_private_key, public_key
from gateway.clock import SystemClock
from gateway.daemon.uploads import Uploads
from gateway.uplink.https import HttpsUplink
from tests.faults.rig import receiving
from tests.numbered import INVENTORY, numbered, open_buffer
from tests.receiver import Receiver

BATCHES = 150


async def status():
    return {}


def uploaded(data_dir):
    """Upload a backlog in as many uploads as it takes; return what arrived."""
    private = new_private_key()
    receiver = Receiver({"physics": public_key(private)})
    newest = {}

    async def scenario():
        buffer = open_buffer(data_dir)
        committing = asyncio.create_task(buffer.run())
        for number in range(BATCHES):
            (reading,) = numbered(number, number + 1)
            await buffer.append([reading])
            await buffer.flush()
            newest[reading.point] = reading
        async with receiving(receiver) as url:
            uplink = HttpsUplink(url, None, "physics", private)
            uploads = Uploads("physics", INVENTORY, SystemClock(), buffer, uplink)
            while buffer.unsent:
                await uploads.upload(newest, status)
            await uplink.close()
        buffer.stop()
        await committing
        await buffer.close()

    asyncio.run(asyncio.wait_for(scenario(), 60))
    return receiver


def test_the_newest_values_come_before_their_turn_only_while_older_ones_wait(tmp_path):
    receiver = uploaded(tmp_path)
    behind = [each for each in receiver.envelopes if len(each.batches) == 100]
    last = receiver.envelopes[-1]
    assert behind[0].newest[0].value == BATCHES - 1
    assert last.batches
    assert not last.newest
    assert sorted(value for *_, value in receiver.rows) == list(range(BATCHES))
