"""Damage to telegrams, seeded, so that each run of a test meets the same.

A tenth of the frames by default, all of them with SIZE=release in the environment.
"""

import os
import random

from gateway.telegram import TelegramError

IS_RELEASE = os.environ.get("SIZE") == "release"
FRAMES = 1_000_000 if IS_RELEASE else 100_000
TELEGRAMS = 100_000 if IS_RELEASE else 10_000
CHANCE = 2**-16
"""Of damage that a check of 16 bits cannot see, where more than 16 bits are hit."""


def mangled(good, seed, times=FRAMES):
    """Yield `good` cut, grown, shuffled or overwritten, in every way at random."""
    dice = random.Random(seed)
    for _ in range(times):
        data = bytearray(good)
        for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
            start = dice.randrange(len(data) + 1)
            length = dice.choice((1, 1, 2, 4, dice.randrange(len(good) + 1)))
            match dice.randrange(6):
                case 0:
                    data[start : start + length] = b""
                case 1:
                    data[start:start] = dice.randbytes(min(length, 64))
                case 2:
                    data[start : start + length] = dice.randbytes(
                        len(data[start : start + length])
                    )
                case 3:
                    del data[start:]
                case 4:
                    data[start:start] = data[start : start + length]
                case _:
                    if start < len(data):
                        data[start] ^= 1 << dice.randrange(8)
        yield bytes(data)


def burst(good, seed, bits, times=FRAMES):
    """Yield `good` with up to `bits` neighbouring bits wrong: a glitch on the wire.

    A serial line sends the lowest bit of each byte first.
    """
    dice = random.Random(seed)
    whole = int.from_bytes(good, "little")
    for _ in range(times):
        length = dice.randrange(1, bits + 1)
        wrong = dice.getrandbits(length) | 1 << length - 1 | 1
        shift = dice.randrange(8 * len(good) - length + 1)
        yield (whole ^ wrong << shift).to_bytes(len(good), "little")


def believed(decode, data):
    """Return what `decode` takes for measured in `data`; nothing if it refuses."""
    try:
        return {
            (each.quantity, each.meter_id): each.value for each in decode(data).measured
        }
    except TelegramError:
        return {}


def wrong_values(decode, good, damaged):
    """Return the values believed in `damaged` that `good` does not hold."""
    truth = believed(decode, good)
    assert truth
    return [
        (name, value)
        for data in damaged
        for name, value in believed(decode, data).items()
        if truth.get(name) != value
    ]


def by_chance(times=FRAMES):
    """Return how many of so many damaged frames a check of 16 bits may let through."""
    return 3 + 3 * times * CHANCE
