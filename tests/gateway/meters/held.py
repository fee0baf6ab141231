"""Golden registers: what a device holds, in its maker's own numbering.

Each file in `golden` was written from the source it names and not from the model;
`first` is the number the source gives to address 0.
"""

import tomllib
from pathlib import Path

from gateway.meters import Space

GOLDEN = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "golden").glob("*.toml"))
}


def memory(golden):
    """Return what the device holds: the word at each place."""
    space, held = Space(golden["table"]), {}
    for number, text in golden["registers"].items():
        words = bytes.fromhex(text)
        for place in range(0, len(words), 2):
            address = int(number, 0) - golden["first"] + place // 2
            held[space, address] = words[place : place + 2]
    return held
