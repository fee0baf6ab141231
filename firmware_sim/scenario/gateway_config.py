"""The gateway.toml that fits what is played, as a technician would write it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from firmware_sim.line import Wiring

_INTERVAL_S: Final = 5
_MAX_AGE_S: Final = 60

_OWN: Final = ("mirror",)
"""What the ports tell of a line that no gateway wants to know."""


def write_config(path: Path, name: str, wiring: Wiring, cloud_url: str) -> None:
    """Write the configuration; data is kept in `data` beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "data").mkdir(exist_ok=True)
    path.write_text("\n".join(_tables(name, wiring, cloud_url)), encoding="utf-8")


def _tables(name: str, wiring: Wiring, cloud_url: str) -> Iterator[str]:
    yield from _table(
        "[gateway]", {"name": name, "node": wiring.node, "data_dir": "data"}
    )
    yield from _table("[cloud]", {"url": cloud_url})
    yield from _table("[poll]", {"interval_s": _INTERVAL_S, "max_age_s": _MAX_AGE_S})
    yield from _table("[status_page]", {"host": "127.0.0.1", "port": 0})
    for line, played in wiring.lines.items():
        words = {k: v for k, v in played.address().items() if k not in _OWN}
        yield from _table(f"[lines.{line}]", words | {"simulated": True})
    for device in wiring.devices:
        yield from _table("[[devices]]", device.to_json())


def _table(header: str, values: Mapping[str, object]) -> Iterator[str]:
    yield header
    for key, value in values.items():
        if value not in (None, ""):
            yield f"{key} = {_toml(value)}"
    yield ""


def _toml(value: object) -> str:
    """Return a value as TOML; strings and numbers are written as in JSON."""
    match value:
        case dict():
            inside = (
                f"{_key(str(key))} = {_toml(each)}" for key, each in value.items()
            )
            return "{ " + ", ".join(inside) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key)
