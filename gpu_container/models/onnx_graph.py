"""Builds an ONNX graph of nodes and constants. The file is deterministic, because it is checked by hash."""

from typing import TYPE_CHECKING, Any

from onnx import NodeProto, TensorProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

OPSET, IR_VERSION = 17, 9
PRODUCER = "imgopt"
# A name and a shape. Dimensions of any length have names.
Tensor = tuple[str, list[int | str]]


class Graph:
    """Tensors keep the names that they have where they come from, with suffixes for those that are not named there."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Adds a node, and returns the name of its output."""
        node = helper.make_node(operator, inputs, [output], name=f"{operator}:{output}", **attributes)
        self._nodes.append(node)
        return output

    def constant(self, name: str, value: "NDArray[numpy.float32]") -> str:
        self._constants.append(numpy_helper.from_array(value, name))
        return name

    def serialize(self, entry: Tensor, *results: Tensor) -> bytes:
        """The bytes of an ONNX file with one float32 input and some outputs."""
        ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (entry, *results)]
        graph = helper.make_graph(self._nodes, PRODUCER, ends[:1], ends[1:], self._constants)
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name=PRODUCER)
        checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))
