import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from firmware_sim.demo.forwarder import Link, State


@asynccontextmanager
async def linked():
    """A server that echoes lines and remembers them, behind a link."""
    heard = asyncio.Queue()

    async def echo(reader, writer):
        try:
            async for line in reader:
                heard.put_nowait(line)
                writer.write(line)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    link = Link(server.sockets[0].getsockname()[1])
    await link.start()
    try:
        yield link, heard
    finally:
        await link.close()
        server.close()


class Client:
    async def connect(self, link):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", link.port)
        return self

    async def ask(self, line, timeout_s=5.0):
        self.writer.write(line)
        async with asyncio.timeout(timeout_s):
            return await self.reader.readline()

    async def close(self):
        self.writer.transport.abort()
        with suppress(OSError):
            await self.writer.wait_closed()


async def is_answered(link):
    try:
        client = await Client().connect(link)
    except OSError:
        return False
    try:
        return await client.ask(b"hello\n") == b"hello\n"
    except OSError:
        return False
    finally:
        await client.close()


def run(test):
    async def within():
        async with asyncio.timeout(20):
            await test()

    asyncio.run(within())


def test_an_open_link_carries_both_ways():
    async def test():
        async with linked() as (link, _):
            assert await is_answered(link)

    run(test)


@pytest.mark.parametrize("state", [State.REFUSED, State.RESET])
def test_a_hard_cut_ends_connections_and_new_ones(state):
    async def test():
        async with linked() as (link, _):
            client = await Client().connect(link)
            await client.ask(b"hello\n")
            await link.turn(state)
            with pytest.raises(ConnectionResetError):
                await client.reader.readline()
            assert not await is_answered(link)
            await link.turn(State.OPEN)
            assert await is_answered(link)
            await client.close()

    run(test)


@pytest.mark.parametrize(
    ("state", "arrives"), [(State.BLACK_HOLE, False), (State.ONE_WAY, True)]
)
def test_a_soft_cut_is_silent_and_its_connections_do_not_survive(state, arrives):
    async def test():
        async with linked() as (link, heard):
            client = await Client().connect(link)
            await client.ask(b"before\n")
            heard.get_nowait()
            await link.turn(state)
            with pytest.raises(TimeoutError):
                await client.ask(b"during\n", timeout_s=0.2)
            assert (not heard.empty()) == arrives
            await link.turn(State.OPEN)
            with pytest.raises(ConnectionResetError):
                await client.reader.readline()
            assert await is_answered(link)
            await client.close()

    run(test)


def test_a_cloud_that_is_down_looks_down_through_the_link():
    async def test():
        async with linked() as (link, _):
            link.target_port = 1
            assert not await is_answered(link)

    run(test)
