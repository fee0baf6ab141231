"""Speaking to the server as clients do, good ones and bad ones."""

import asyncio
import functools
import http.client
import json
import re
from contextlib import asynccontextmanager

import pytest

from gateway.http_server import (
    HttpServer,
    Limits,
    ProblemError,
    Response,
    json_response,
)

QUICK = Limits(connections=4, idle_s=0.4, read_s=0.4, write_s=0.4)


def runs(test):
    """Let pytest run a test that waits."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(test(*args, **kwargs))

    return run


async def echo(request):
    return json_response(
        {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "body": request.body.decode(),
            "who": request.headers.get("x-api-key"),
        }
    )


async def refuse(request):
    raise ProblemError(422, "voltage: is no number")


async def fail(request):
    raise RuntimeError("secret inside")


async def big(request):
    return Response(200, b"x" * 3_000_000, "text/plain")


ROUTES = {
    "GET /echo": echo,
    "POST /echo": echo,
    "GET /below/*": echo,
    "GET /refuse": refuse,
    "GET /fail": fail,
    "GET /big": big,
}


@asynccontextmanager
async def serving(limits=None):
    server = HttpServer(ROUTES, "127.0.0.1", 0, limits)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def said(server, raw, *, within_s=5.0):
    """Send `raw` and return all that comes until the server closes."""
    reader, writer = await asyncio.open_connection(*server.address)
    try:
        writer.write(raw)
        async with asyncio.timeout(within_s):
            return await reader.read()
    finally:
        writer.close()


def asked(server, method, path, body=None, headers=None):
    """Return status, headers and body, by the standard library's client."""
    host, port = server.address
    client = http.client.HTTPConnection(host, port, timeout=5)
    try:
        client.request(method, path, body, headers or {})
        answer = client.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        client.close()


async def ask(server, *args, **kwargs):
    return await asyncio.to_thread(asked, server, *args, **kwargs)


def statuses(raw):
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d+) ", raw)]


@runs
async def test_a_handler_sees_the_request_as_it_came():
    async with serving() as server:
        status, headers, body = await ask(
            server, "POST", "/echo?a=%20b", "hello", {"X-API-Key": "k"}
        )
    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "method": "POST",
        "path": "/echo",
        "query": "a=%20b",
        "body": "hello",
        "who": "k",
    }


@runs
async def test_a_star_takes_all_below_with_escapes_undone():
    async with serving() as server:
        status, _, body = await ask(server, "GET", "/below/one/tw%C3%B6")
    assert (status, json.loads(body)["path"]) == (200, "/below/one/twö")


@runs
async def test_head_says_the_length_and_sends_nothing():
    async with serving() as server:
        status, headers, body = await ask(server, "HEAD", "/echo")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nothing", 404, "there is nothing at this path"),
        ("DELETE", "/echo", 405, "this path takes GET, HEAD, POST"),
        ("GET", "/refuse", 422, "voltage: is no number"),
    ],
)
@runs
async def test_an_error_is_a_problem_in_words(method, path, status, detail):
    async with serving() as server:
        answered, headers, body = await ask(server, method, path)
    assert (answered, headers["Content-Type"]) == (status, "application/problem+json")
    problem = json.loads(body)
    assert (problem["status"], problem["detail"]) == (status, detail)
    assert ("Allow" in headers) == (status == 405)


@runs
async def test_a_failure_of_a_handler_is_logged_and_not_told(caplog):
    async with serving() as server:
        status, _, body = await ask(server, "GET", "/fail")
        again, _, _ = await ask(server, "GET", "/echo")
    assert (status, again) == (500, 200)
    assert b"secret" not in body
    assert "secret inside" in caplog.text


@runs
async def test_a_connection_serves_many_requests():
    async with serving() as server:
        host, port = server.address

        def thrice():
            client = http.client.HTTPConnection(host, port, timeout=5)
            seen = []
            for path in ("/echo", "/nothing", "/echo"):
                client.request("GET", path)
                with client.getresponse() as answer:
                    seen.append(answer.status)
                    answer.read()
                seen.append(client.sock.getsockname()[1])
            client.close()
            return seen

        seen = await asyncio.to_thread(thrice)
    assert seen[::2] == [200, 404, 200]
    assert len(set(seen[1::2])) == 1


@runs
async def test_requests_sent_ahead_are_answered_in_order():
    first = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
    second = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    third = b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with serving() as server:
        raw = await said(server, first + second + third)
    assert statuses(raw) == [200, 404, 200]


@runs
async def test_a_body_in_chunks_and_one_that_waits_for_leave_arrive():
    chunked = (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n"
    )
    async with serving() as server:
        assert b'"one two"' in await said(server, chunked)
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            b"Content-Length: 2\r\nConnection: close\r\n\r\n"
        )
        assert b" 100 " in await asyncio.wait_for(reader.readline(), 5)
        writer.write(b"ok")
        assert b'"ok"' in await asyncio.wait_for(reader.read(), 5)
        writer.close()


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 65537\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"],
)
@runs
async def test_a_body_too_large_is_refused_and_the_client_is_told(head):
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    body = chunk * 3 if b"chunked" in head else b"x" * 65537
    async with serving() as server:
        raw = await said(server, b"POST /echo HTTP/1.1\r\nHost: x\r\n" + head + body)
        status, _, _ = await ask(server, "POST", "/echo", b"x" * 65536)
    assert statuses(raw) == [413]
    assert b"at most 65536 bytes" in raw
    assert status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,
        b"GET\r\n\r\n",
        b"GET /echo HTTP/9.9\r\n\r\n",
        b"GET /echo HTTP/1.1\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: "
        + b"9" * 5000
        + b"\r\n\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 9000 + b"\r\n",
        b"GET http://[:: HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[:24]),
)
@runs
async def test_what_is_no_http_is_refused_and_the_next_client_served(raw):
    async with serving() as server:
        answer = await said(server, raw)
        status, _, _ = await ask(server, "GET", "/echo")
    assert len(statuses(answer)) == 1
    assert statuses(answer)[0] in (400, 413, 431, 505)
    assert status == 200


@runs
async def test_a_client_that_leaves_halfway_is_forgotten(until):
    async with serving() as server:
        _, writer = await asyncio.open_connection(*server.address)
        writer.write(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
        await writer.drain()
        await until(lambda: server.clients == 1)
        writer.transport.abort()
        await until(lambda: server.clients == 0)


@runs
async def test_a_request_that_trickles_in_is_ended():
    async with serving(QUICK) as server:
        reader, writer = await asyncio.open_connection(*server.address)

        async def trickle():
            for byte in b"GET /echo HTTP/1.1\r\nX-Slow: " + b"a" * 10_000:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.02)

        slow = asyncio.create_task(trickle())
        async with asyncio.timeout(5):
            raw = await reader.read()
        slow.cancel()
        writer.close()
    assert statuses(raw) == [408]


@runs
async def test_a_silent_connection_is_closed():
    async with serving(QUICK) as server:
        assert await said(server, b"") == b""
        idle_after_one = b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"
        assert statuses(await said(server, idle_after_one)) == [200]


@runs
async def test_who_does_not_read_the_answer_is_dropped(until):
    async with serving(QUICK) as server:
        _, writer = await asyncio.open_connection(*server.address, limit=1)
        for _ in range(8):
            writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: server.clients == 1)
        await until(lambda: server.clients == 0)
        writer.transport.abort()


@runs
async def test_dawdlers_make_room_for_who_asks(until):
    async with serving(Limits(connections=4)) as server:
        dawdlers = []
        for _ in range(4):
            reader, writer = await asyncio.open_connection(*server.address)
            writer.write(b"GET /echo HTT")
            dawdlers.append((reader, writer))
        await until(lambda: server.clients == 4)
        for _ in range(3):
            assert (await ask(server, "GET", "/echo"))[0] == 200
        assert server.clients <= 4
        for _, writer in dawdlers:
            writer.close()


@runs
async def test_when_all_are_being_answered_one_more_is_told_to_come_again(until):
    go_on = asyncio.Event()
    begun = []

    async def wait(request):
        begun.append(request)
        await go_on.wait()
        return json_response({})

    server = HttpServer({"GET /wait": wait}, "127.0.0.1", 0, Limits(connections=2))
    await server.start()
    asks = [asyncio.create_task(ask(server, "GET", "/wait")) for _ in range(2)]
    await until(lambda: len(begun) == 2)
    assert (await ask(server, "GET", "/wait"))[0] == 503
    go_on.set()
    assert [status for status, _, _ in await asyncio.gather(*asks)] == [200, 200]
    await server.stop()


@runs
async def test_it_stops_with_clients_connected_and_starts_again_on_its_port():
    async with serving() as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(reader.readline(), 5)
        port = server.address[1]
    assert not server.is_serving
    again = HttpServer(ROUTES, "127.0.0.1", port)
    await again.start()
    assert again.address == ("127.0.0.1", port)
    assert (await ask(again, "GET", "/echo"))[0] == 200
    await again.stop()
    await again.stop()
    writer.close()
