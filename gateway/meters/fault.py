"""What is wrong with a file that a person wrote, in words that name the place."""

from collections.abc import Sequence
from difflib import get_close_matches


class FileError(ValueError):
    """A file cannot be used; the message names file, place and remedy."""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `` (did you mean "x"?)`` for the nearest of `known`, or nothing.

    The last part of a path stands for the whole.
    """
    ends = [each for each in known if word and each.endswith(f"/{word}")]
    near = ends or get_close_matches(word, known, n=1)
    return f' (did you mean "{near[0]}"?)' if near else ""
