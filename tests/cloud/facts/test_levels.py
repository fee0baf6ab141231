"""Sums up the tree, against sums made one node at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.facts.levels import Levels, added, oldest, preferred

VALUES = st.one_of(st.none(), st.floats(-1e3, 1e3))


@st.composite
def trees(draw):
    """Parents (each before its children) and a value or None for each node."""
    size = draw(st.integers(1, 30))
    parents = [-1] + [draw(st.integers(0, n - 1)) for n in range(1, size)]
    values = [draw(VALUES) for _ in range(size)]
    return parents, values


def levels_of(parents):
    depth = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    order = [np.flatnonzero(np.array(depth) == d) for d in range(max(depth), -1, -1)]
    return Levels(np.array(parents, dtype=np.int64), order)


def by_hand(parents, values, node):
    if values[node] is not None:
        return values[node]
    below = [
        by_hand(parents, values, child)
        for child, parent in enumerate(parents)
        if parent == node
    ]
    known = [value for value in below if value is not None]
    return sum(known) if known else None


def array(values):
    return np.array([np.nan if v is None else v for v in values])


@given(trees())
def test_the_own_figure_wins_else_the_children_sum(tree):
    parents, values = tree
    total, _ = preferred(levels_of(parents), array(values))
    for node in range(len(parents)):
        expected = by_hand(parents, values, node)
        assert total[node] == pytest.approx(
            np.nan if expected is None else expected, nan_ok=True, abs=1e-9
        )


@given(trees())
def test_added_up_the_root_has_everything(tree):
    parents, values = tree
    known = [value for value in values if value is not None]
    total = added(levels_of(parents), array(values))
    expected = sum(known) if known else np.nan
    assert total[0] == pytest.approx(expected, nan_ok=True, abs=1e-9)


def test_the_oldest_is_of_the_figures_that_are_used():
    levels = levels_of([-1, 0, 1, 1, 0])
    at = array([None, None, 30.0, 20.0, 25.0])
    assert oldest(levels, at)[0] == 20.0
    at = array([None, 28.0, 30.0, 20.0, 25.0])  # node 1 has its own meter
    assert oldest(levels, at)[0] == 25.0
    assert np.isnan(oldest(levels, array([None] * 5))).all()
