"""Our programs as child processes: started with a log each, ended with their groups."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

_STOP_TIMEOUT_S: Final = 20.0
_LOG_TAIL_LINES: Final = 15
_POLL_S: Final = 0.05
_OTHERS_SETTINGS: Final = frozenset(
    {
        "CO2_KG_PER_KWH",
        "COST_PER_KWH",
        "CURRENCY",
        "DATABASE_URL",
        "FLASK_ENV",
        "SESSION_SECRET",
        "VOLTONIC_DATA",
        "WEATHER_KEY",
        "WEATHER_MINUTES",
        "WEATHER_PAST_URL",
        "WEATHER_PROVIDER",
        "WEATHER_URL",
    }
)


class ProgramError(Exception):
    """A program failed, or was not ready in time; the message quotes its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: one of our modules with its arguments."""

    name: str
    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> tuple[str, ...]:
        """The command line."""
        return (sys.executable, "-m", self.module, *self.arguments)

    @property
    def full_environment(self) -> dict[str, str]:
        """Our environment without settings of another cloud, and its own."""
        ours = {k: v for k, v in os.environ.items() if k not in _OTHERS_SETTINGS}
        return {**ours, "PYTHONUNBUFFERED": "1", **self.environment}


class Child:
    """One running program, leader of a process group of its own."""

    def __init__(
        self, program: Program, process: asyncio.subprocess.Process, log: Path
    ) -> None:
        self.program = program
        self.log = log
        self._process = process

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        self._signal(signal.SIGKILL)

    async def ended(self) -> int:
        """Wait for its end; return the exit code, negative for a signal."""
        return await self._process.wait()

    async def stop(self, timeout_s: float = _STOP_TIMEOUT_S) -> int:
        """Ask it to end, and insist after a while; return the exit code."""
        if self.is_running:
            self._process.terminate()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._process.wait()
            except TimeoutError:
                self.kill()
        code = await self._process.wait()
        self._signal(signal.SIGKILL)  # whatever it left behind in its group
        return code

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return


class Children:
    """All programs of the demo; nothing else is ever signalled."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self._running: dict[str, Child] = {}
        log_dir.mkdir(parents=True, exist_ok=True)

    def __getitem__(self, name: str) -> Child:
        return self._running[name]

    async def start(self, program: Program) -> Child:
        """Start `program`, or start it again; its log goes on in the same file."""
        log = self._log_dir / f"{program.name}.log"
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *_leash(),
                *program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                env=program.full_environment,
            )
        child = self._running[program.name] = Child(program, process, log)
        return child

    async def stop(self, *names: str) -> dict[str, int]:
        """Stop these programs together; return their exit codes."""
        children = [self._running[name] for name in names if name in self._running]
        codes = await asyncio.gather(*(child.stop() for child in children))
        return {
            child.program.name: code
            for child, code in zip(children, codes, strict=True)
        }

    async def stop_all(self) -> None:
        """Stop whatever still runs."""
        await self.stop(*self._running)

    def obituaries(self) -> str:
        """Return the end of the log of each program that has ended."""
        dead = [child for child in self._running.values() if not child.is_running]
        return "\n".join(tail(child.log) for child in dead)

    def require_running(self, *names: str) -> None:
        """Return if these programs run.

        Raises:
            ProgramError: One has ended.
        """
        for name in names:
            child = self._running[name]
            if not child.is_running:
                raise ProgramError(f"{name} has ended by itself\n{tail(child.log)}")


def _leash() -> tuple[str, ...]:
    """Return what makes a program end with us even if we are killed, where we can."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


async def line_in_log(child: Child, marker: str, timeout_s: float) -> str:
    """Return the first line with `marker` in the log of `child`, once it is there.

    Raises:
        ProgramError: The program ended, or the time is up.
    """
    with child.log.open(errors="replace") as log:
        try:
            async with asyncio.timeout(timeout_s):
                return await _found(child, log, marker)
        except TimeoutError as error:
            raise ProgramError(
                f"{child.program.name} did not say {marker!r} within {timeout_s:g} s\n"
                f"{tail(child.log)}"
            ) from error


async def _found(child: Child, log: IO[str], marker: str) -> str:
    rest = ""
    while True:
        was_running = child.is_running
        *lines, rest = (rest + log.read()).split("\n")
        for line in lines:
            if marker in line:
                return line
        if not was_running:
            raise ProgramError(f"{child.program.name} has ended\n{tail(child.log)}")
        await asyncio.sleep(_POLL_S)


async def output_of(program: Program, timeout_s: float = 120.0) -> str:
    """Run `program` to its end and return what it printed.

    Raises:
        ProgramError: It failed; the message quotes its errors.
    """
    process = await asyncio.create_subprocess_exec(
        *program.command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=program.full_environment,
    )
    try:
        async with asyncio.timeout(timeout_s):
            output, errors = await process.communicate()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode:
        command = " ".join((program.module, *program.arguments))
        raise ProgramError(f"{command}: exit {process.returncode}\n{errors.decode()}")
    return output.decode()


async def outputs_of(programs: Sequence[Program]) -> list[str]:
    """Run `programs`, two at a time, and return what each printed."""
    few = asyncio.Semaphore(2)

    async def output(program: Program) -> str:
        async with few:
            return await output_of(program)

    return await asyncio.gather(*map(output, programs))


def tail(log: Path, lines: int = _LOG_TAIL_LINES) -> str:
    """Return the end of `log`, with its path."""
    last: Sequence[str] = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join((f"  the end of {log}:", *(f"  | {line}" for line in last)))
