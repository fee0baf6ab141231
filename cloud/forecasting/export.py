"""The forest as ONNX, and the proof that it computes the same."""

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from contract.features import SEED_NEXT_HOUR

TOLERANCE_KW: Final = 1e-3
"""Most that ONNX may differ from scikit-learn, on any row. [kW]"""

_RANDOM_ROWS: Final = 2_000
_OPSET: Final = {"": 18, "ai.onnx.ml": 3}
Matrix = NDArray[np.float32]


def to_onnx(forest: RandomForestRegressor) -> bytes:
    """Return `forest` as the bytes of an ONNX file with input `row`."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    row = FloatTensorType([None, len(SEED_NEXT_HOUR)])
    converted = convert_sklearn(
        forest, initial_types=[("row", row)], target_opset=_OPSET
    )
    return cast(bytes, converted.SerializeToString())


def largest_difference_kw(
    forest: RandomForestRegressor, onnx: bytes, trained_on: Matrix
) -> float:
    """Return the most that the two differ, on the training rows and around them.

    Beside those, random rows reach past the training range, and rows stand on each
    threshold of the forest and one float32 to either side of it.
    """
    import onnxruntime

    rows = np.vstack((trained_on, _random(trained_on), _on_edges(forest, trained_on)))
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"row": rows})
    difference = np.abs(np.asarray(answer)[:, 0] - forest.predict(rows))
    return float(np.max(difference))


def _random(rows: Matrix) -> Matrix:
    low, high = rows.min(axis=0), rows.max(axis=0)
    margin = 0.2 * (high - low) + 1
    shape = _RANDOM_ROWS, rows.shape[1]
    drawn = np.random.default_rng(0).uniform(low - margin, high + margin, shape)
    return drawn.astype(np.float32)


def _on_edges(forest: RandomForestRegressor, rows: Matrix) -> Matrix:
    tree = forest.estimators_[0].tree_
    inner = np.flatnonzero(tree.feature >= 0)
    threshold = tree.threshold[inner].astype(np.float32)
    edges = [
        threshold,
        np.nextafter(threshold, np.float32(np.inf)),
        np.nextafter(threshold, np.float32(-np.inf)),
    ]
    picked = rows[np.arange(3 * len(inner)) % len(rows)].copy()
    picked[np.arange(len(picked)), np.tile(tree.feature[inner], 3)] = np.hstack(edges)
    return picked
