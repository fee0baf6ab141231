"""What every search of `voltonic-gateway probe` needs: progress, refusal, report."""

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import click

from gateway.config import ConfigError, Settings, load
from gateway.daemon.control_socket import NoAnswerError, NotRunningError, ask
from gateway.lines import LineDownError
from gateway.meters import Models
from gateway.meters.loader import load_all
from gateway.probing import Found, Step
from gateway.probing.written import head, section

_LABEL_WIDTH: Final = 44
_REDRAW_S: Final = 0.1
_RETELL_S: Final = 5.0


class Report:
    """Tells what was found, and where it goes.

    Attributes:
        settings: The configuration on this machine; None if there is none to use.
    """

    def __init__(self, config: Path, out: Path | None, *, as_json: bool) -> None:
        self._out, self._as_json = out, as_json
        self.settings = _loaded(config)
        if out is not None and out.exists():
            raise click.ClickException(f"{out} exists; name a file that does not")

    @cached_property
    def models(self) -> Models:
        """The meter models to look for."""
        return load_all() if self.settings is None else self.settings.models

    def refuse_owned(self, place: str) -> None:
        """Return unless the running gateway uses the port or host at `place`."""
        settings = self.settings
        if settings is None or not _is_running(settings):
            return
        for name, line in settings.lines.items():
            if _same(str(line), place):
                raise click.ClickException(
                    f"the running gateway uses {place} for its line {name}, and a line"
                    " has one owner; stop the gateway (sudo systemctl stop"
                    " voltonic-gateway), and probe again"
                )

    def tell(self, found: Sequence[Found], where: str, advice: str) -> None:
        """Print what was found, and write its tables; `advice` is for no answer."""
        tables = self._tables(found) if found else ""
        if self._as_json:
            rows = [each.to_json() for each in found]
            text = json.dumps({"found": rows, "config": tables}, ensure_ascii=False)
            click.echo(text)
        else:
            click.echo(_in_one_line(found, where, advice), err=True)
            for each in found:
                click.echo(_row(each), err=True)
        if not found:
            raise click.exceptions.Exit(1)
        if self._out is not None:
            self._out.write_text(tables, encoding="utf-8")
            click.echo(f"wrote {self._out}", err=True)
        elif not self._as_json:
            click.echo(tables, nl=False)

    def _tables(self, found: Sequence[Found]) -> str:
        """Return what to add to the configuration, or a whole one if there is none."""
        if self.settings is None:
            return head(socket.gethostname()) + "\n" + section(found)
        names = [each.entry.name for each in self.settings.devices]
        return section(found, self.settings.lines, names)


@contextmanager
def progress(steps: int) -> Iterator[Step]:
    """Yield what to tell each step; drawn in place on a terminal."""
    is_shown = sys.stderr.isatty()
    done, told_at = 0, 0.0
    started = time.monotonic()

    def step(words: str, count: int) -> None:
        nonlocal done, told_at
        done += count
        now = time.monotonic()
        if now - told_at < (_REDRAW_S if is_shown else _RETELL_S):
            return
        told_at = now
        share = min(1.0, done / steps)
        bar = ("#" * round(20 * share)).ljust(20, "-")
        text = f"[{bar}] {share:4.0%} {now - started:4.0f} s  {words[:_LABEL_WIDTH]}"
        click.echo(f"\r\x1b[K{text}" if is_shown else text, nl=not is_shown, err=True)

    try:
        yield step
    finally:
        if is_shown:
            click.echo("\r\x1b[K", nl=False, err=True)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a port that cannot be used into words for the command line."""
    try:
        yield
    except LineDownError as error:
        raise click.ClickException(str(error)) from error


def run(search: Coroutine[Any, Any, list[Found]]) -> list[Found]:
    """Return what the search finds."""
    with in_words():
        return asyncio.run(search)


def _loaded(config: Path) -> Settings | None:
    if not config.exists():
        return None
    try:
        return load(config)
    except ConfigError as error:
        click.echo(f"{config} is not usable and left aside: {error}", err=True)
        return None


def _is_running(settings: Settings) -> bool:
    try:
        ask(settings.data_dir, {"status": True})
    except NotRunningError:
        return False
    except NoAnswerError:
        return True
    return True


def _same(one: str, other: str) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def _in_one_line(found: Sequence[Found], where: str, advice: str) -> str:
    if not found:
        return f"nothing answered {where}; check {advice}"
    known = sum(each.device is not None for each in found)
    return f"{len(found)} answered {where}, {known} known:"


def _row(each: Found) -> str:
    setting = each.line.get("baudrate")
    at = (
        f" at {setting} 8{each.line.get('parity', 'E')}1"
        if setting
        else f" at {each.line.get('host')}:{each.line.get('port')}"
    )
    rows = [f"  {each.where}{at}: {each.title} ({each.certainty})"]
    rows += [f"      {words}" for words in (", ".join(each.values), *each.notes)]
    if each.also:
        rows.append(f"      it may also be {', '.join(each.also)}")
    return "\n".join(filter(str.strip, rows))
