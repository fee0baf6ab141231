"""Which charge points are let in, and what is told of the others."""

import pytest
from websockets.asyncio.client import connect

from firmware_sim.charge_point import ChargePoint
from gateway.drivers.ocpp.central import CentralSystem
from gateway.lines import LineDownError
from tests.gateway.drivers.benches.ocpp import VALUES
from tests.gateway.drivers.ocpp_central import (
    NOW,
    central,
    run,
    until_error,
    until_values,
)


def test_an_unknown_charge_point_is_refused_and_named():
    async def scenario():
        async with central() as (_, devices, url):
            stranger = ChargePoint("CP9", lambda _: VALUES[0])
            await stranger.start(url)
            said = await until_error(devices[0], "CP9")
            assert '"CP9" from 127.0.0.1 tries, but is not in the config' in said
            assert "charge point CP1 is not connected; it has to connect to ws" in said
            assert "404" in stranger.refused
            await stranger.stop()

    run(scenario)


def test_a_charge_point_of_another_version_is_refused_and_named():
    async def scenario():
        async with central() as (_, devices, url):
            with pytest.raises(Exception, match="400"):
                async with connect(
                    f"{url}/CP1", subprotocols=["ocpp2.0.1"], proxy=None
                ):
                    pass
            await until_error(devices[0], "speaks ocpp2.0.1 only")

    run(scenario)


def test_only_the_right_password_lets_a_charge_point_in(tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_text("CP1:secret of one\nCP2:other\n")
    passwords.chmod(0o600)

    async def scenario():
        async with central(password_file=passwords) as (_, devices, url):
            right = ChargePoint("CP1", lambda _: VALUES[0], password="secret of one")
            wrong = ChargePoint("CP2", lambda _: VALUES[1], password="secret of one")
            for point in (right, wrong):
                await point.start(url)
            assert (await until_values(devices[0]))["active_power_kw"] == pytest.approx(
                11.04
            )
            await until_error(devices[1], "gives another password")
            assert "401" in wrong.refused
            for point in (right, wrong):
                await point.stop()

    run(scenario)


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("CP1:x", 0o644, "chmod 600"),
        ("CP1", 0o600, "a line id:password"),
        (None, 0, "cannot be read"),
    ],
)
def test_a_password_file_that_cannot_be_used_is_told(tmp_path, text, mode, words):
    path = tmp_path / "passwords"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)

    async def scenario():
        with pytest.raises(LineDownError, match=words):
            async with central(password_file=path):
                pass

    run(scenario)


def test_a_port_that_is_taken_is_told():
    async def scenario():
        async with central() as (system, _, _):
            again = CentralSystem(system.line, NOW)
            with pytest.raises(LineDownError, match="cannot listen on ws://"):
                await again.connect()

    run(scenario)
