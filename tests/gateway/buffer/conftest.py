"""A buffer that runs for the length of one test."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.numbered import INVENTORY, open_buffer


@asynccontextmanager
async def running(data_dir, inventory=INVENTORY):
    buffer = open_buffer(data_dir, inventory)
    committing = asyncio.create_task(buffer.run())
    try:
        yield buffer
    finally:
        buffer.stop()
        await committing
        await buffer.close()


@pytest.fixture
def buffer_in():
    return running
