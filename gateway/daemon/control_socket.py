"""The daemon's Unix socket: what commands ask of the gateway while it runs."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_NAME: Final = "control.sock"
_MAX_LINE: Final = 1024 * 1024

Answer = Callable[[Mapping[str, object]], Awaitable[Mapping[str, object]]]


class NotRunningError(Exception):
    """No daemon listens in this data directory."""


class NoAnswerError(Exception):
    """A daemon runs in this data directory, but does not answer in time."""


async def serve(data_dir: Path, answer: Answer) -> None:
    """Answer each line of JSON with another, until cancelled."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await _answered(answer, line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            return
        finally:
            writer.close()

    listener = socket.socket(socket.AF_UNIX)
    with _short(data_dir) as path:
        (data_dir / _NAME).unlink(missing_ok=True)
        listener.bind(path)
    (data_dir / _NAME).chmod(0o600)
    try:
        server = await asyncio.start_unix_server(meet, sock=listener, limit=_MAX_LINE)
        async with server:
            await server.serve_forever()
    finally:
        (data_dir / _NAME).unlink(missing_ok=True)


def ask(
    data_dir: Path, question: Mapping[str, object], within_s: float = 15.0
) -> dict[str, object]:
    """Return the running daemon's answer.

    Raises:
        NotRunningError: None runs.
        NoAnswerError: It does not answer in time.
    """
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(within_s)
        try:
            with _short(data_dir) as path:
                caller.connect(path)
            caller.sendall(json.dumps(question).encode() + b"\n")
            with caller.makefile("rb") as stream:
                line = stream.readline(_MAX_LINE)
        except TimeoutError as error:
            raise NoAnswerError(
                f"the gateway in {data_dir} did not answer within {within_s:g} s; see"
                " its log, and start it again if it stays so"
            ) from error
        except OSError as error:
            raise NotRunningError(f"no gateway runs in {data_dir}") from error
    match json.loads(line or b"null"):
        case dict(answer):
            return answer
    raise NotRunningError(f"the gateway in {data_dir} is just stopping")


async def _answered(answer: Answer, line: bytes) -> Mapping[str, object]:
    with suppress(ValueError):
        match json.loads(line):
            case dict(question):
                return await answer(question)
    return {"error": "not a question: send one JSON object a line"}


@contextmanager
def _short(data_dir: Path) -> Iterator[str]:
    """Yield a name of the socket that fits into the 108 bytes of an address."""
    descriptor = os.open(data_dir, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{_NAME}"
    finally:
        os.close(descriptor)
