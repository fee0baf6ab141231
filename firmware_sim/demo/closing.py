"""The end of the demo: hold, drain, wait for the totals, and make the ledger."""

import asyncio
import json
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Final, TypeVar

from firmware_sim.conductor import Emptied
from firmware_sim.demo import programs
from firmware_sim.demo.asks import Fleet
from firmware_sim.demo.configs import Installed
from firmware_sim.demo.ledger import Account
from firmware_sim.demo.processes import outputs_of
from firmware_sim.demo.stand import DemoError, Stand

_DRAIN_TIMEOUT_S: Final = 300.0
_ROLLUP_TIMEOUT_S: Final = 600.0
_LOOK_EVERY_S: Final = 2.0

_Result = TypeVar("_Result")


async def drain(stand: Stand) -> dict[str, Emptied]:
    """Stop polling and return when all that was produced has arrived.

    Raises:
        ConductorError: The buffers were not empty in time.
        DemoError: The totals were not made in time.
    """
    since_s = stand.screen.elapsed_s
    stand.screen.say("polling stops; buffers drain")
    holding = asyncio.create_task(stand.conductor.hold(_DRAIN_TIMEOUT_S))
    try:
        await _show(stand, "readings to send", holding, attrgetter("waiting"))
        emptied = await holding
    finally:
        holding.cancel()
    stand.lap("drain", since_s)
    since_s = stand.screen.elapsed_s
    stand.screen.say("every buffer is empty; the cloud finishes its totals")
    finishing = asyncio.create_task(
        stand.until(lambda: _is_rolled_up(stand), _ROLLUP_TIMEOUT_S, "totals made")
    )
    try:
        await _show(stand, "intervals to sum", finishing, attrgetter("dirty"))
        await finishing
    finally:
        finishing.cancel()
    stand.lap("rollup", since_s)
    return emptied


async def _show(
    stand: Stand,
    title: str,
    work: asyncio.Task[_Result],
    left: Callable[[Fleet], int],
) -> None:
    """Show how much is left until `work` is done."""
    most = 1
    with stand.screen.progress(title, most) as bar:
        while not (await asyncio.wait([work], timeout=_LOOK_EVERY_S))[0]:
            remaining = left(await stand.cloud.fleet())
            most = max(most, remaining)
            bar.at(most - remaining, f"{remaining:,} left", of=most)


async def _is_rolled_up(stand: Stand) -> bool:
    return (await stand.cloud.fleet()).dirty == 0


async def accounts(
    stand: Stand, emptied: Mapping[str, Emptied]
) -> tuple[dict[str, Account], list[str]]:
    """Stop the gateways; return their accounts and what does not fit together.

    What was produced comes from their databases at rest, what arrived from the cloud,
    which looks for doubles in the readings themselves.
    """
    complaints = await _stopped(stand)
    produced = await _produced(stand)
    fleet = await stand.cloud.fleet(verify=True)
    stand.counts.resent = fleet.resent
    found: dict[str, Account] = {}
    for name, (total, declared_lost) in produced.items():
        if name not in fleet.gateways:
            complaints.append(f"{name}: the cloud's fleet does not know it")
            continue
        seen = fleet.gateways[name].account
        found[name] = Account(total, seen.delivered, declared_lost, seen.duplicates)
        said = emptied.get(name)
        if said != Emptied(total, declared_lost):
            complaints.append(
                f"{name}: its database says {total} produced and {declared_lost} lost, "
                f"the daemon said {said}"
            )
        if (seen.produced, seen.declared_lost) != (total, declared_lost):
            complaints.append(
                f"{name}: its database says {total} produced and {declared_lost} lost, "
                f"the cloud {seen.produced} and {seen.declared_lost}"
            )
    return found, complaints


async def _stopped(stand: Stand) -> list[str]:
    names = [f"gateway-{gateway.name}" for gateway in stand.installation.gateways]
    codes = await stand.children.stop(*names)
    return [f"{name} ended with exit {code}" for name, code in codes.items() if code]


async def _produced(stand: Stand) -> dict[str, tuple[int, int]]:
    gateways = stand.installation.gateways
    outputs = await outputs_of([programs.gateway_status(each) for each in gateways])
    return {
        gateway.name: _totals(gateway, output)
        for gateway, output in zip(gateways, outputs, strict=True)
    }


def _totals(gateway: Installed, output: str) -> tuple[int, int]:
    match json.loads(output):
        case {"produced": int(produced), "declared_lost": int(declared_lost)}:
            return produced, declared_lost
        case other:
            raise DemoError(f"{gateway.name}: status without totals: {other}")
