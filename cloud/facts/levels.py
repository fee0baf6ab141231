"""Sums up the tree, for all nodes at once; NaN is what nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Levels:
    """The shape of the tree.

    Attributes:
        parent: Place of each node's parent; -1 for a site.
        deepest_first: Places of the nodes of each level.
    """

    parent: Integers
    deepest_first: Sequence[Integers]


def added(levels: Levels, own: Floats) -> Floats:
    """Return what each node and everything below it has together."""
    total = own.copy()
    for level in levels.deepest_first:
        _pass_up(levels, level, total, total)
    return total


def preferred(levels: Levels, own: Floats) -> tuple[Floats, Floats]:
    """Return each node's own figure, else its children's sum; and that sum beside it.

    This is how a main meter wins over the rooms behind it.
    """
    below = np.full_like(own, np.nan)
    total = own.copy()
    for level in levels.deepest_first:
        total[level] = np.where(np.isnan(own[level]), below[level], own[level])
        _pass_up(levels, level, total, below)
    return total, below


def oldest(levels: Levels, own_at: Floats) -> Floats:
    """Return the oldest instant among the figures that `preferred` uses."""
    below = np.full_like(own_at, np.inf)
    used = own_at.copy()
    for level in levels.deepest_first:
        used[level] = np.where(np.isnan(own_at[level]), below[level], own_at[level])
        up = levels.parent[level]
        np.minimum.at(below, up[up >= 0], used[level][up >= 0])
    return np.where(np.isfinite(used), used, np.nan)


def _pass_up(levels: Levels, level: Integers, source: Floats, target: Floats) -> None:
    child = level[levels.parent[level] >= 0]
    if not len(child):
        return
    parents, place = np.unique(levels.parent[child], return_inverse=True)
    passed = source[child].reshape(len(child), -1)
    before = target[parents].reshape(len(parents), -1)
    for column in range(passed.shape[1]):
        known = ~np.isnan(passed[:, column])
        there = np.bincount(place[known], minlength=len(parents)) > 0
        weights = passed[known, column]
        sums = np.bincount(place[known], weights, minlength=len(parents))
        plus = np.nan_to_num(before[:, column]) + sums
        before[:, column] = np.where(there, plus, before[:, column])
    target[parents] = before.reshape(target[parents].shape)
