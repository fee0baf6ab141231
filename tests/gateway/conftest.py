"""What the gateway's tests share."""

import asyncio
import socket

import pytest


@pytest.fixture
def until():
    """Wait for a condition, with a deadline."""

    async def wait(condition, within_s=10.0):
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 (any condition will do)
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def free_port():
    """A socket that holds a port where nothing listens, until it is closed."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held
