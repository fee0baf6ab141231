"""A simulator under a conductor: it goes to each instant it is told, then goes live."""

import asyncio
import json
from pathlib import Path
from typing import Protocol


class Stage(Protocol):
    """What the conductor moves."""

    def advance(self, at_ms: int) -> None:
        """Go to the simulated instant `at_ms`."""

    def go_live(self) -> None:
        """Follow the wall clock from now on."""

    def hold(self) -> None:
        """Stay at the step just played."""


async def follow(conductor: Path, name: str, stage: Stage) -> None:
    """Do what the conductor at the socket says until it hangs up.

    One JSON object a line: `{"tick": ms}` is answered by `{"done": ms}`, `{"live":
    true}` by the same, `{"hold": true}` by `{"held": true}`.
    """
    reader, writer = await asyncio.open_unix_connection(conductor)
    try:
        await _say(writer, {"hello": "simulator", "name": name})
        while line := await reader.readline():
            await _say(writer, _done(stage, line))
    except ConnectionError:
        return
    finally:
        writer.close()


def _done(stage: Stage, line: bytes) -> dict[str, object]:
    match json.loads(line):
        case {"tick": int(at_ms)}:
            stage.advance(at_ms)
            return {"done": at_ms}
        case {"live": True}:
            stage.go_live()
            return {"live": True}
        case {"hold": True}:
            stage.hold()
            return {"held": True}
    raise ValueError(f"the conductor said what no simulator knows: {line[:200]!r}")


async def _say(writer: asyncio.StreamWriter, message: dict[str, object]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()
