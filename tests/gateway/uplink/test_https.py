import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract.envelope import Envelope, pack
from contract.signing import is_signed_by, new_private_key, public_key
from gateway.uplink.https import HttpsUplink, UplinkError
from tests.receiver import Receiver

KEY = new_private_key()


def certificate(name, issuer_name, key, issuer_key, *, is_ca):
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer_name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    ca_key, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    authority = certificate("own CA", "own CA", ca_key, ca_key, is_ca=True)
    server = certificate("cloud", "own CA", key, ca_key, is_ca=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(
        server.public_bytes(pem)
        + key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "ca.pem"


@asynccontextmanager
async def serving(application, context=None):
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    _, port = runner.addresses[0]
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def uplink_to(url, ca_file=None, gateway="physics"):
    uplink = HttpsUplink(url, ca_file, gateway, KEY)
    try:
        yield uplink
    finally:
        await uplink.close()


def envelope(number=1):
    return pack(Envelope("physics", "ab" * 16, number, 0, "cd" * 32))


def answering(status, body, headers=None, content_type="application/problem+json"):
    async def answer(request):
        return web.Response(
            status=status, text=body, headers=headers, content_type=content_type
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def failure_of(application):
    async def scenario():
        async with serving(application) as url, uplink_to(url) as uplink:
            with pytest.raises(UplinkError) as caught:
                await uplink.upload(envelope())
            return caught.value

    return asyncio.run(scenario())


def test_an_upload_over_tls_with_an_own_ca_brings_a_receipt(tls):
    context, ca_file = tls
    receiver = Receiver({"physics": public_key(KEY)})

    async def scenario():
        async with (
            serving(receiver.application(), context) as url,
            uplink_to(url, ca_file) as uplink,
        ):
            return await uplink.upload(envelope(number=7))

    assert asyncio.run(scenario()).upload == 7


def test_a_certificate_of_a_stranger_is_refused(tls):
    context, _ = tls

    async def scenario():
        async with (
            serving(Receiver({}).application(), context) as url,
            uplink_to(url) as uplink,
        ):
            with pytest.raises(UplinkError, match="not trusted") as caught:
                await uplink.upload(envelope())
            return caught.value.status

    assert asyncio.run(scenario()) is None


def test_a_file_is_asked_for_with_a_signature_over_path_and_time():
    async def config(request):
        time_ms = request.headers["X-Voltonic-Time"]
        message = f"GET {request.path} {time_ms}".encode()
        signature = request.headers["X-Voltonic-Signature"]
        assert is_signed_by(public_key(KEY), signature, message)
        return web.Response(body=b"{}")

    app = web.Application()
    app.router.add_get("/api/v1/gateways/physics/config", config)

    async def scenario():
        async with serving(app) as url, uplink_to(url) as uplink:
            return await uplink.fetch("config")

    assert asyncio.run(scenario()) == b"{}"


def test_a_problem_is_told_in_its_own_words():
    error = failure_of(answering(401, '{"title": "x", "detail": "not this key"}'))
    assert (str(error), error.status) == ("HTTP 401: not this key", 401)


def test_an_error_page_is_told_by_its_status():
    error = failure_of(answering(500, "<html>", content_type="text/html"))
    assert str(error) == "HTTP 500: Internal Server Error"


def test_retry_after_is_heard():
    error = failure_of(answering(503, "{}", headers={"Retry-After": "17"}))
    assert error.retry_after_s == 17


def test_a_redirect_is_not_followed():
    error = failure_of(answering(302, "", headers={"Location": "http://example.org"}))
    assert error.status == 302


def test_a_receipt_that_is_none_is_no_receipt():
    error = failure_of(answering(200, "[]"))
    assert "unreadable" in str(error)


def failure_at(url):
    async def scenario():
        async with uplink_to(url) as uplink:
            with pytest.raises(UplinkError) as caught:
                await uplink.upload(envelope())
            return caught.value

    return asyncio.run(scenario())


def test_nobody_there_is_told_in_plain_words_and_without_a_status(free_port):
    url = f"http://127.0.0.1:{free_port.getsockname()[1]}"
    error = failure_at(url)
    assert (str(error), error.status) == (f"{url}: Connection refused", None)


def test_a_name_that_nobody_knows_is_told_in_plain_words():
    error = failure_at("https://cloud.invalid")
    assert str(error) == "https://cloud.invalid: its name is not known here"


@pytest.mark.parametrize("url", ["http://example.org", "ftp://127.0.0.1"])
def test_only_this_machine_is_spoken_to_in_the_clear(url):
    async def scenario():
        with pytest.raises(UplinkError, match="is not https"):
            HttpsUplink(url, None, "physics", KEY)

    asyncio.run(scenario())


def test_a_ca_file_that_is_not_there_is_named(tmp_path):
    async def scenario():
        with pytest.raises(UplinkError, match=r"ca_file.*gone\.pem"):
            HttpsUplink("https://cloud", tmp_path / "gone.pem", "physics", KEY)

    asyncio.run(scenario())


@asynccontextmanager
async def speaking(answer):
    """Serve each connection with one `answer`, then hang up; yield URL and requests."""
    requests = asyncio.Queue()

    async def serve(reader, writer):
        requests.put_nowait(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if not answer:
            requests.put_nowait(await reader.read())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


def test_a_connection_that_the_cloud_hung_up_is_opened_again():
    async def scenario():
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        async with speaking(answer) as (url, requests), uplink_to(url) as uplink:
            for _ in range(3):
                assert await uplink.fetch("config") == b"{}"
            return requests.qsize()

    assert asyncio.run(scenario()) == 3


def test_half_an_answer_is_none():
    async def scenario():
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"
        async with speaking(answer) as (url, _), uplink_to(url) as uplink:
            with pytest.raises(UplinkError, match="breaks off"):
                await uplink.fetch("config")

    asyncio.run(scenario())


def test_whoever_gives_up_waiting_does_not_keep_the_connection():
    async def scenario():
        async with speaking(b"") as (url, requests), uplink_to(url) as uplink:
            asking = asyncio.create_task(uplink.fetch("config"))
            async with asyncio.timeout(5):
                await requests.get()
                asking.cancel()
                return await requests.get()

    assert asyncio.run(scenario()) == b""
