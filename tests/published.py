"""Models as small as can be, published as the cloud does, for tests of both ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from contract import bundle, features
from contract.manifest import Manifest, hash_of
from contract.promise import Horizon, Kind, Promise
from contract.signing import public_key
from contract.track import Track

KEY = "5e" * 32
"""The cloud's private key."""
PUBLIC_KEY = public_key(KEY)
SUBJECT = "campus/science/physics"
MADE = datetime(2026, 3, 2, 12, tzinfo=UTC)


def onnx_of(columns, weights=None, constant=0.0):
    """A model of one member: the sum of some columns, weighted, and a constant.

    What is not known counts as nothing.
    """
    rows = np.vstack((np.zeros(len(columns)), np.eye(len(columns)))).astype(np.float32)
    chosen = np.array([(weights or {}).get(name, 0.0) for name in columns])
    nothing = SimpleImputer(strategy="constant", fill_value=0.0)
    line = make_pipeline(nothing, LinearRegression()).fit(rows, rows[:, 0])
    line[-1].coef_, line[-1].intercept_ = chosen, constant
    row = FloatTensorType([None, len(columns)])
    made = convert_sklearn(
        line,
        initial_types=[("row", row)],
        target_opset={"": 18, "ai.onnx.ml": 3},
    )
    made.graph.output[0].name = "members"
    made.graph.node[-1].output[0] = "members"
    return made.SerializeToString()


def promise(**changes):
    """What a model of ours with one member for each horizon promises."""
    made = Promise(
        kind=Kind.OURS,
        feature_version=features.VERSION,
        next_hour=Horizon(1, features.NEXT_HOUR, ("line",), 5.0, 9.0),
        day_ahead=Horizon(24, features.DAY_AHEAD, ("line",), 8.0, 12.0),
        trained_at=MADE.isoformat(),
        trained_from=(MADE - timedelta(days=30)).isoformat(),
        trained_to=MADE.isoformat(),
        rows=720,
        left_out=("3 without load",),
        quarter_shape=((1.0,) * 96,) * 2,
        quarter_miss=0.02,
    )
    return replace(made, **changes)


SEED = Horizon(1, features.SEED_NEXT_HOUR, ("seed_forest",), 5.0, 9.0)


def seed_promise(**changes):
    return promise(kind=Kind.SEED_FOREST, next_hour=SEED, day_ahead=None, **changes)


def packed(promised, next_hour, day_ahead=None, **tracks):
    """Return the bundle of a model."""
    parts = {
        bundle.Part.PROMISE: promised.to_bytes(),
        bundle.Part.NEXT_HOUR: next_hour,
        bundle.Part.NEXT_HOUR_TRACK: Track(promised.next_hour.members, 1).to_bytes(),
    }
    if promised.day_ahead is not None:
        members = promised.day_ahead.members
        parts |= {
            bundle.Part.DAY_AHEAD: day_ahead,
            bundle.Part.DAY_AHEAD_TRACK: Track(members, 24).to_bytes(),
        }
    return bundle.pack(parts | tracks)


def manifest_of(content, promised, **changes):
    """Return the manifest of a bundle."""
    made = Manifest(
        subject=SUBJECT,
        version=3,
        rolls_back_to=None,
        sha256=hash_of(content),
        size_bytes=len(content),
        expires_at=(MADE + timedelta(days=30)).isoformat(),
        promise=promised,
    )
    return replace(made, **changes)
