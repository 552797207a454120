"""An ONNX graph that grows by nodes and constants, always the same way: its file is checked by hash."""

from typing import TYPE_CHECKING, Any

from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

OPSET, IR_VERSION = 17, 9
PRODUCER = "imgopt"


class Graph:
    """Tensors keep the names that they have in ncnn, with suffixes for those that ncnn doesn't name."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """The name of the node's output, for the next node."""
        node = helper.make_node(operator, inputs, [output], name=f"{operator}:{output}", **attributes)
        self._nodes.append(node)
        return output

    def constant(self, name: str, value: "NDArray[numpy.float32]") -> str:
        self._constants.append(numpy_helper.from_array(value, name))
        return name

    def model(self, entry: str, result: str) -> ModelProto:
        """From images to images, float32 RGB from 0 to 1 of shape (batch, 3, height, width), in any number and size."""
        ends = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 3, f"height{suffix}", f"width{suffix}"])
            for name, suffix in ((entry, ""), (result, "_out"))
        ]
        graph = helper.make_graph(self._nodes, PRODUCER, ends[:1], ends[1:], self._constants)
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name=PRODUCER)
        checker.check_model(model, full_check=True)
        return model
