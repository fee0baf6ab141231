"""The gateway under a conductor: it polls at each tick it is told, then goes live."""

import asyncio
import json
from pathlib import Path
from typing import Protocol


class NoConductorError(Exception):
    """Nobody conducts at this socket."""


class Stage(Protocol):
    """What the conductor moves."""

    async def tick(self, at_ms: int) -> int:
        """Poll everything at the simulated instant; return how many readings came."""

    async def go_live(self) -> None:
        """Follow the wall clock, and poll by it, from now on."""

    async def hold(self) -> dict[str, int]:
        """Stop polling; return the totals once the cloud has every batch."""


async def follow(conductor: Path, name: str, stage: Stage) -> None:
    """Do what the conductor at the socket says until it hangs up.

    One JSON object a line: `{"tick": ms}` is answered by `{"done": ms}`, `{"live":
    true}` by the same, `{"hold": true}` by `{"empty": true}` and the totals.

    Raises:
        NoConductorError: There is none at the socket.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(conductor)
    except OSError as error:
        raise NoConductorError(f"no conductor at {conductor}: {error}") from error
    try:
        await _say(writer, {"hello": "gateway", "name": name})
        while line := await reader.readline():
            await _say(writer, await _answer(stage, line))
    except ConnectionError:
        return
    finally:
        writer.close()


async def _answer(stage: Stage, line: bytes) -> dict[str, object]:
    match json.loads(line):
        case {"tick": int(at_ms)}:
            return {"done": at_ms, "readings": await stage.tick(at_ms)}
        case {"live": True}:
            await stage.go_live()
            return {"live": True}
        case {"hold": True}:
            return {"empty": True, **await stage.hold()}
    raise ValueError(f"the conductor said what no gateway knows: {line[:200]!r}")


async def _say(writer: asyncio.StreamWriter, message: dict[str, object]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()
