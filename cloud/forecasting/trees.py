"""Trees that ONNX computes as scikit-learn does."""

from typing import Final

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor

from cloud.forecasting.filling import Rows
from contract.origins import Floats

_TREES: Final = 20
_SMALLEST_LEAF: Final = 8  # rows
_MOST_LEAVES: Final = 1_000  # of a tree; more rows make larger leaves


def extra_trees(filled: Rows, target: Floats) -> ExtraTreesRegressor:
    """Return extremely randomised trees (Geurts, Ernst, Wehenkel 2006), bounded."""
    model = ExtraTreesRegressor(
        _TREES,
        min_samples_leaf=max(_SMALLEST_LEAF, len(filled) // _MOST_LEAVES),
        max_features=0.5,
        random_state=0,
        n_jobs=1,
    )
    model.fit(filled, target)
    return model


def boosting(
    rows: Rows, target: Floats, rounds: int = 250, leaves: int = 15, rate: float = 0.03
) -> HistGradientBoostingRegressor:
    """Return boosted trees whose thresholds are float32, as the rows are.

    A threshold between two neighbouring float32 values is the same for every row as the
    lower of them; so ONNX, which has float32 only, goes the same way at each branch.
    """
    model = HistGradientBoostingRegressor(
        max_iter=rounds,
        max_leaf_nodes=leaves,
        learning_rate=rate,
        max_features=0.3,
        random_state=0,
        early_stopping=False,
    )
    model.fit(rows, target)
    for (tree,) in model._predictors:  # noqa: SLF001 thresholds are nowhere else
        exact = tree.nodes["num_threshold"]
        with np.errstate(over="ignore"):
            near = exact.astype(np.float32)
        below = np.nextafter(near, np.float32(-np.inf))
        tree.nodes["num_threshold"] = np.where(near > exact, below, near)
    return model
