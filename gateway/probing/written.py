"""What was found as a configuration, ready to be checked and used."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from gateway.probing import Found, Table

_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 40
_HEAD: Final = """\
# Change what does not fit, then run: voltonic-gateway check --config FILE
[gateway]
name = {name}
node = "site/building" # where this gateway stands, from the site down
data_dir = "data"

[cloud]
url = "https://energy.example.org" # the address of your cloud
"""


def head(host: str) -> str:
    """Return the tables a file of its own needs, for a gateway on `host`."""
    return _HEAD.format(name=json.dumps(slug(host) or "gateway"))


def section(
    found: Sequence[Found], lines: Iterable[str] = (), devices: Iterable[str] = ()
) -> str:
    """Return lines and devices; their names avoid those of `lines` and `devices`."""
    names, taken = _line_names(found, set(lines)), set(devices)
    rows: list[str] = []
    for key, name in names.items():
        here = [each for each in found if _key(each.line) == key]
        rows += _table(f"[lines.{name}]", here[0].line)
        for each in here:
            rows += _device(each, name, taken)
    return "\n".join(rows)


def slug(text: str) -> str:
    """Return `text` as a name in a configuration; empty if nothing of it may stay."""
    return _NO_SLUG.sub("-", text.lower()).strip("-")[:_LONGEST]


def _line_names(found: Sequence[Found], taken: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in found:
        key = _key(each.line)
        if key in names:
            continue
        place = str(each.line.get("host") or each.line["port"])
        if "host" not in each.line:
            place = place.removeprefix("/dev/").removeprefix("serial/by-id/")
        names[key] = _free(slug(place) or "line", taken)
    return names


def _device(each: Found, line: str, taken: set[str]) -> Iterator[str]:
    words = (f"{each.title}: {each.certainty}", *each.values, *each.notes)
    yield f"# {each.where}, {'; '.join(words)}".replace("\n", " ")
    if each.also:
        yield f"# it may also be {', '.join(each.also)}"
    if each.device is None:
        yield "# add a model for it, or name the one it is, to read it"
        yield ""
        return
    kind = each.device.get("model") or each.line["type"]
    name = _free(slug(f"{kind}-{each.device.get('unit', '')}"), taken)
    yield from _table("[[devices]]", {"name": name, "line": line} | dict(each.device))


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _key(line: Table) -> str:
    return json.dumps(line, sort_keys=True)


def _table(header: str, values: Mapping[str, object]) -> Iterator[str]:
    yield header
    for key, value in values.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    yield ""
