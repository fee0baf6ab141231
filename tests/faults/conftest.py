"""What the fault tests share."""

import asyncio

import pytest


@pytest.fixture
def until():
    """Wait for a condition, with a deadline."""

    async def wait(condition, within_s=20.0):
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - nobody signals it
                await asyncio.sleep(0.01)

    return wait
