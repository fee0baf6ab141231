"""Members as one ONNX graph: input `row`, output `members`."""

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, compose, helper
from onnx.numpy_helper import from_array
from sklearn.base import RegressorMixin

from cloud.forecasting.filling import Filling, Rows
from cloud.forecasting.members import (
    HOUR,
    Member,
    Members,
)
from contract.origins import Floats

TOLERANCE: Final = 1e-3
"""Most that ONNX may differ from scikit-learn, on any row, by scale."""
ROWS: Final = 10_000
"""Rows that the two are compared on."""

_OPSET: Final = {"": 18, "ai.onnx.ml": 3}
_IR: Final = 9


def to_onnx(members: Members) -> bytes:
    """Return `members` as the bytes of an ONNX file."""
    graph = _Graph()
    _filled(graph, members.filling, "own")
    _line(graph, members)
    said = ["line", *(_member(graph, each, "own") for each in members.own)]
    if members.shared is not None:
        _filled(graph, members.shared.filling, "site")
        said += [_member(graph, each, "site") for each in members.shared.members]
    graph.node("Concat", said, "members", axis=1)
    return graph.finished(len(members.columns), len(said))


def largest_difference(members: Members, onnx: bytes, trained_on: Rows) -> float:
    """Return the most that the graph and the members differ, on `ROWS` rows.

    A third of them are training rows, a third are around those, a third of either has
    unknown values.
    """
    import onnxruntime

    rows = _tried(trained_on)
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"row": rows})
    difference: Floats = np.abs(np.asarray(answer) - members.predict(rows))
    return float(difference.max())


def _tried(trained_on: Rows) -> Rows:
    random = np.random.default_rng(0)
    rows = trained_on[random.integers(0, len(trained_on), ROWS)].copy()
    third = ROWS // 3
    known = np.where(np.isfinite(trained_on), trained_on, 0)
    low, high = known.min(axis=0), known.max(axis=0)
    margin = 0.2 * (high - low)
    shape = third, rows.shape[1]
    rows[:third] = random.uniform(low - margin, high + margin, shape)
    blank = np.flatnonzero(random.random(ROWS) < 1 / 3)
    rows[blank] = np.where(random.random(rows[blank].shape) < 0.3, np.nan, rows[blank])
    rows[-1] = np.nan
    return rows


class _Graph:
    """A graph that grows from `row` to `members`."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, values: NDArray[Any] | np.float32) -> None:
        self._constants.append(from_array(np.asarray(values), name))

    def node(self, kind: str, given: Sequence[str], told: str, **how: int) -> None:
        made = helper.make_node(kind, list(given), [told])
        made.attribute.extend(map(helper.make_attribute, how.keys(), how.values()))
        self._nodes.append(made)

    def model(self, name: str, model: RegressorMixin, given: str) -> str:
        """Add a converted model; return the name of what it says, n × 1."""
        converted = compose.add_prefix(_converted(model), f"{name}_")
        self.node("Identity", [given], converted.graph.input[0].name)
        self._nodes.extend(converted.graph.node)
        self._constants.extend(converted.graph.initializer)
        return str(converted.graph.output[0].name)

    def finished(self, columns: int, members: int) -> bytes:
        row = helper.make_tensor_value_info("row", TensorProto.FLOAT, [None, columns])
        told = helper.make_tensor_value_info(
            "members", TensorProto.FLOAT, [None, members]
        )
        graph = helper.make_graph(
            self._nodes, "members", [row], [told], self._constants
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid(*each) for each in _OPSET.items()],
            ir_version=_IR,
        )
        checker.check_model(model)
        return cast(bytes, model.SerializeToString())


def _member(graph: _Graph, member: Member, rows: str) -> str:
    """Add one member; return the name of what it says."""
    given = "known" if member.reads_unknown else "filled"
    said = graph.model(member.name, member.model, f"{rows}_{given}")
    if not member.corrects_line:
        return said
    graph.node("Add", ["line", said], f"{member.name}_sum")
    return f"{member.name}_sum"


def _filled(graph: _Graph, filling: Filling, of: str) -> None:
    """Add what `Filling` does: `known` and `filled` columns of `row`."""
    graph.constant(f"{of}_kept", filling.kept)
    graph.constant(f"{of}_fill", filling.fill[None])
    graph.constant(f"{of}_flagged", filling.flagged)
    graph.node("Gather", ["row", f"{of}_kept"], f"{of}_known", axis=1)
    graph.node("IsNaN", [f"{of}_known"], f"{of}_unknown")
    names = [f"{of}_unknown", f"{of}_fill", f"{of}_known"]
    graph.node("Where", names, f"{of}_values")
    graph.node("Gather", [f"{of}_unknown", f"{of}_flagged"], f"{of}_flag", axis=1)
    graph.node("Cast", [f"{of}_flag"], f"{of}_flags", to=TensorProto.FLOAT)
    graph.node("Concat", [f"{of}_values", f"{of}_flags"], f"{of}_filled", axis=1)


def _line(graph: _Graph, members: Members) -> None:
    """Add what `HourlyRidge` does: `line` of `filled` and the row's hour."""
    ridge = members.ridge
    graph.constant("weights", ridge.weights)
    graph.constant("intercepts", ridge.intercepts)
    graph.constant("hour_column", np.array([members.columns.index(HOUR)]))
    for name, value in (("first", 0.0), ("last", len(ridge.weights) - 1.0)):
        graph.constant(name, np.float32(value))
    for name, value in (("low", ridge.low), ("high", ridge.high)):
        graph.constant(name, np.float32(value))
    graph.constant("across", np.array([1], dtype=np.int64))
    graph.node("Gather", ["row", "hour_column"], "clock", axis=1)
    graph.node("IsNaN", ["clock"], "no_clock")
    graph.node("Where", ["no_clock", "first", "clock"], "some_clock")
    graph.node("Clip", ["some_clock", "first", "last"], "clipped")
    graph.node("Cast", ["clipped"], "hour", to=TensorProto.INT64)
    graph.node("Squeeze", ["hour", "across"], "which")
    graph.node("Gather", ["weights", "which"], "slopes", axis=0)
    graph.node("Gather", ["intercepts", "hour"], "start", axis=0)
    graph.node("Mul", ["own_filled", "slopes"], "parts")
    graph.node("ReduceSum", ["parts", "across"], "sum", keepdims=1)
    graph.node("Add", ["sum", "start"], "unbounded")
    graph.node("Clip", ["unbounded", "low", "high"], "line")


def _converted(model: RegressorMixin) -> ModelProto:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    row = FloatTensorType([None, model.n_features_in_])
    return cast(
        ModelProto,
        convert_sklearn(model, initial_types=[("row", row)], target_opset=_OPSET),
    )
