"""Falling edges on a pin, counted by the kernel, which also takes out the bounces."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import gpiod
from gpiod.line import Bias, Edge

from gateway.drivers.pulse.line import GpioPin
from gateway.lines import LineDownError


class Pin:
    """A pin that is watched."""

    def __init__(
        self,
        pin: GpioPin,
        min_pulse_s: float,
        fell: Callable[[int, float], None],
        lost: Callable[[], None],
    ) -> None:
        """Watch the pin.

        Args:
            fell: Called with a number of pulses and the instant of the last. [s]
            lost: Called when the pin cannot be watched any more.

        Raises:
            LineDownError: It cannot be watched; the message says why.
        """
        if not Path(pin.chip).exists():
            raise LineDownError(f"GPIO controller {pin.chip} does not exist")
        settings = gpiod.LineSettings(
            edge_detection=Edge.FALLING,
            bias=Bias.PULL_UP,
            debounce_period=timedelta(seconds=min_pulse_s),
        )
        try:
            self._request = gpiod.request_lines(
                pin.chip, {pin.line: settings}, consumer="voltonic-gateway"
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise LineDownError(f"cannot watch {pin}: {why}") from error
        self._fell, self._lost = fell, lost
        self._told = 0
        asyncio.get_running_loop().add_reader(self._request.fd, self._readable)

    def close(self) -> None:
        """Leave the pin alone."""
        with suppress(OSError, RuntimeError, ValueError, gpiod.RequestReleasedError):
            asyncio.get_running_loop().remove_reader(self._request.fd)
        with suppress(OSError, gpiod.RequestReleasedError):
            self._request.release()

    def _readable(self) -> None:
        try:
            events = self._request.read_edge_events()
        except (OSError, gpiod.RequestReleasedError):
            self._lost()
            return
        if events:  # the numbers also count those for which the kernel had no room
            newest = events[-1]
            count, self._told = newest.line_seqno - self._told, newest.line_seqno
            self._fell(count, newest.timestamp_ns * 1e-9)
