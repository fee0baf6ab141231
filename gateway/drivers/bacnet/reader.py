"""Properties of one device: many in one request, or one by one where it cannot."""

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.drivers.bacnet.refusal import RefusedError
from gateway.drivers.bacnet.stack import Stack
from gateway.drivers.bacnet.values import Key, Results

_MOST_AT_ONCE: Final = 20
"""Keeps an answer below the 480 bytes that devices behind routers often have."""


class Reader:
    """How a device is read; it learns what the device cannot."""

    def __init__(self) -> None:
        self._reads_many = True

    async def read(self, stack: Stack, where: str, keys: Sequence[Key]) -> Results:
        """Return what each property holds, or why it was not told.

        Raises:
            DeviceError: The device told none.
        """
        results: Results = {}
        for part in _parts(keys):
            results |= await self._read_part(stack, where, part)
        return results

    async def _read_part(
        self, stack: Stack, where: str, keys: Sequence[Key]
    ) -> Results:
        if self._reads_many and len(keys) > 1:
            try:
                return await stack.read_many(where, keys)
            except RefusedError as error:
                self._reads_many = not error.is_about_the_service
        results: Results = {}
        for name, prop in keys:
            try:
                results[name, prop] = await stack.read(where, name, prop)
            except RefusedError as error:
                if error.is_busy:
                    raise
                results[name, prop] = error
        return results


def _parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _MOST_AT_ONCE):
        yield keys[start : start + _MOST_AT_ONCE]
