"""The whole demo: set up, play, close, and leave nothing running."""

import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from firmware_sim.conductor import Conductor, ConductorError
from firmware_sim.demo import closing, csv_energy, replayed, twin
from firmware_sim.demo.asks import Cloud
from firmware_sim.demo.installation import set_up
from firmware_sim.demo.interrupts import Interrupts
from firmware_sim.demo.ledger import Ledger
from firmware_sim.demo.options import Options
from firmware_sim.demo.processes import Children
from firmware_sim.demo.screen import Screen
from firmware_sim.demo.stand import DemoError, Stand


async def run(options: Options, screen: Screen) -> Ledger | None:
    """Run the demo; return its ledger, or None when Ctrl-C ended it without one.

    Raises:
        DemoError: It could not go on.
        ProgramError: One of the programs failed.
    """
    with tempfile.TemporaryDirectory(prefix="voltonic-") as short, Interrupts() as stop:
        conductor = Conductor(Path(short) / "conductor.sock")
        children = Children(options.data / "logs")
        async with AsyncExitStack() as stack:
            stack.push_async_callback(children.stop_all)
            await conductor.start()
            stack.push_async_callback(conductor.close)
            stack.callback(screen.say, "stopping every program")
            screen.say(f"starting simulators, gateways and the cloud in {options.data}")
            try:
                installation = await set_up(options, children, conductor, stack)
                cloud = await stack.enter_async_context(
                    Cloud(installation.url, installation.keys.viewer)
                )
                return await _play(
                    Stand(installation, conductor, children, cloud, screen, stop)
                )
            except ConductorError as error:
                raise DemoError(f"{error}\n{children.obituaries()}") from error
    raise AssertionError("the stack swallows nothing")


async def _play(stand: Stand) -> Ledger | None:
    stand.took_s["start"] = round(stand.screen.elapsed_s, 1)
    folder = stand.installation.options.replay
    if folder is not None:
        return await _replay(stand, folder)
    calm_since = await twin.play(stand)
    if stand.is_left:
        return None
    step = await twin.last_step(stand, calm_since)
    ledger = await _close(stand)
    campus_kw, saved_kwh = await twin.compare(stand, step)
    return replace(ledger, campus_kw=campus_kw, saved_kwh=saved_kwh)


async def _replay(stand: Stand, folder: Path) -> Ledger | None:
    source = csv_energy.source(folder, stand.installation.options.site)
    reached = await replayed.play(stand)
    if stand.is_left:
        return None
    ledger = await _close(stand)
    months, unshown = await replayed.compare(stand, source, reached)
    return replace(
        ledger,
        replay=months,
        complaints=(*ledger.complaints, *unshown),
        extra={**ledger.extra, "replayed_to": reached.isoformat()},
    )


async def _close(stand: Stand) -> Ledger:
    emptied = await closing.drain(stand)
    accounts, complaints = await closing.accounts(stand, emptied)
    return Ledger(
        accounts,
        kills=stand.counts.kills,
        cuts=stand.counts.cuts,
        complaints=tuple(complaints),
        extra={"took_s": stand.took_s, "batches_resent": stand.counts.resent},
    )
