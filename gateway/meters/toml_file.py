"""TOML files from people: read, checked, and refused in words that name the place."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from gateway.meters.fault import FileError, did_you_mean


class Table(BaseModel):
    """A TOML table; keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_T = TypeVar("_T", bound=Table)


def read(path: Path) -> dict[str, Any]:
    """Return the tables of the file.

    Raises:
        FileError: No such file, not UTF-8, or not TOML; syntax errors name the line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 text: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"{path}: not valid TOML: {error}") from error


def checked(schema: type[_T], raw: Mapping[str, Any], path: Path) -> _T:
    """Return `raw` as a `schema`.

    Raises:
        FileError: Every fault in it, each on a line with table and key.
    """
    try:
        return schema.model_validate(raw)
    except ValidationError as error:
        known = sorted(set(_keys(schema)))
        tables = list(schema.model_fields)
        faults = [_fault(each, raw, known, tables) for each in _roots(error.errors())]
        raise FileError("\n".join(f"{path}: {fault}" for fault in faults)) from error


def _fault(
    fault: ErrorDetails, raw: object, known: Sequence[str], tables: Sequence[str]
) -> str:
    place, key = _place(fault, raw)
    known = tables if place == key else known
    match fault["type"]:
        case "extra_forbidden" if key in known:
            return f"{place}: has no meaning here; remove it"
        case "extra_forbidden":
            return f"{place}: unknown key{did_you_mean(key, known)}; correct or remove"
        case "missing":
            return f"{place}: is missing; add it"
        case "value_error":
            return f"{place}: {fault['ctx']['error']}"
        case "union_tag_not_found":
            return f"{place}.type: is missing; add it"
        case "union_tag_invalid":
            tags, tag = fault["ctx"]["expected_tags"], fault["ctx"]["tag"]
            near = did_you_mean(tag, _quoted(tags))
            return f"{place}.type: should be one of {tags}, not {tag!r}{near}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{place}: should be a table, not {_short(fault)}"
        case "literal_error" | "enum":
            near = did_you_mean(str(fault["input"]), _quoted(fault["ctx"]["expected"]))
            words = fault["msg"].removeprefix("Input ")
            return f"{place}: {words}, not {_short(fault)}{near}"
    words = re.sub(r"^[A-Z]\w+ (?=should )", "", fault["msg"])
    return f"{place}: {words}, not {_short(fault)}"


def _short(fault: ErrorDetails) -> str:
    return repr(str(fault["input"])[:60])


def _quoted(words: str) -> list[str]:
    """Return the words in a list of them for people."""
    return re.findall(r"'([^']+)'", words)


def _roots(faults: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Return `faults` without those that only follow from a fault further inside."""
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if not any(
            len(place) > len(fault["loc"])
            and place[: len(fault["loc"])] == fault["loc"]
            for place in places
        )
    ]


def _place(fault: ErrorDetails, raw: object) -> tuple[str, str]:
    """Return the dotted place and its last key; tags of unions are left out."""
    place, key, here = "", "", raw
    loc = fault["loc"]
    for number, step in enumerate(loc):
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) else None
            place += f"[{step + 1}]" + _named(here)
            continue
        is_lacking = fault["type"] == "missing" and number == len(loc) - 1
        if not isinstance(here, Mapping) or (step not in here and not is_lacking):
            continue
        here, key = here.get(step), step
        place += f".{step}" if place else step
    return place or "the file", key


def _named(table: object) -> str:
    if isinstance(table, Mapping):
        for key in ("name", "quantity"):
            if isinstance(table.get(key), str):
                return f' ("{table[key]}")'
    return ""


def _keys(schema: object) -> Iterator[str]:
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        for name, field in schema.model_fields.items():
            yield name
            yield from _keys(field.annotation)
    for argument in get_args(schema):
        yield from _keys(argument)
