"""A port that is taken costs the page, not the gateway."""

import asyncio
import socket

from gateway.status_page.page import Page
from gateway.status_page.serving import Serving
from gateway.status_page.settings import PageSettings
from tests.gateway.status_page.house import House


def test_a_taken_port_is_told_once_and_tried_again(tmp_path, caplog, until):
    async def scenario():
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            loop = asyncio.get_running_loop()
            page = Page(House(), {}, (), tmp_path / "pin", loop.time)
            settings = PageSettings(host="127.0.0.1", port=port)
            serving = Serving(page, settings, again_after_s=0.05)
            running = asyncio.create_task(serving.run())
            await until(lambda: "cannot be used" in caplog.text)
            assert not running.done()
        await until(lambda: serving.url)
        assert serving.url == f"http://127.0.0.1:{port}/"
        running.cancel()
        await asyncio.wait([running])
        assert serving.url == ""

    asyncio.run(scenario())
    assert caplog.text.count("cannot be used") == 1
    assert "name another as status_page.port" in caplog.text
