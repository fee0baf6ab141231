"""Simulated devices in place of absent ones; their readings say so."""

import pytest

from contract.reading import Quality
from tests.faults.rig import configured, receiving
from tests.gateway_process import rig, run, running, stopped
from tests.receiver import Receiver


def origins(receiver):
    """Return whether devices and readings that arrived were simulated."""
    devices = [
        each.simulated for i in receiver.inventories.values() for each in i.devices
    ]
    readings = [
        bool(quality & Quality.SIMULATED)
        for batch in receiver.batches.values()
        for quality in batch.quality
    ]
    return set(devices), set(readings)


def when_absent(config):
    setting = 'simulate = "when_absent"\n[cloud]'
    config.write_text(config.read_text().replace("[cloud]", setting))


@pytest.mark.parametrize("how", ["--simulate", "when_absent"])
def test_absent_devices_are_simulated_and_marked(tmp_path, how):
    async def scenario():
        receiver = Receiver({})
        async with receiving(receiver) as url:
            config, receiver.keys["physics"] = configured(tmp_path, url)
            arguments = ("--simulate",) if how == "--simulate" else ()
            if not arguments:
                when_absent(config)
            async with running(config, arguments=arguments) as process:
                await receiver.until(lambda: len(receiver.rows) > 10)
                return receiver, *await stopped(process)

    receiver, code, errors = run(scenario)
    assert code == 0
    assert origins(receiver) == ({True}, {True})
    assert "SIMULATED" in errors


def test_a_device_that_answers_is_not_replaced(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (receiver, config):
            when_absent(config)
            async with running(config) as process:
                await receiver.until(lambda: len(receiver.rows) > 10)
                await stopped(process)
            return receiver

    assert origins(run(scenario)) == ({False}, {False})
