"""How far a state of charge went."""

import numpy as np
import pytest

from cloud.maintenance.cycles import swings


@pytest.mark.parametrize(
    ("soc", "expected"),
    [
        ([], (0.0, 0.0)),
        ([0.5], (0.0, 0.0)),
        ([0.2, 0.5, 0.9, 0.6, 0.3], (0.7, 0.6)),
        ([0.9, 0.2, 0.9, 0.2], (0.7, 1.4)),
        ([0.5, 0.51, 0.5, 0.51, 0.5], (0.0, 0.0)),
        ([0.2, 0.4, 0.39, 0.6, 0.59, 0.8], (0.6, 0.0)),
    ],
)
def test_turns_count_and_trembling_does_not(soc, expected):
    assert swings(np.array(soc)) == pytest.approx(expected)
