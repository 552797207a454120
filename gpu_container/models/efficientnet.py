"""Converts the classifiers EfficientNet-Lite1 and Lite2 from PyTorch's weights to ONNX.

Mingxing Tan and Quoc Le, "EfficientNet", 2019. The Lite variants leave out squeeze-and-excitation and take ReLU6:
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. Padding is TensorFlow's SAME.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from gpu_container.models.ncnn_param import UnknownNetwork
from gpu_container.models.onnx_graph import Graph, Tensor
from gpu_container.models.torch_weights import read_tensors

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# For each stage the number of blocks, and the stride of the first one.
NETWORK_STAGES = ((1, 1), (3, 2), (3, 2), (4, 2), (4, 1), (5, 2), (1, 1))
# The epsilon of batch normalization.
EPSILON = 1e-3
CLASSES = 1000
# The output of features, with its shape: the means of the last layer's channels.
FEATURES: Tensor = ("features", ["batch", 1280])
# The number of training batches of a normalization, which is not needed for inference.
UNUSED = ".num_batches_tracked"


def convert_efficientnet(data: bytes) -> bytes:
    """Converts the bytes of a .pth file to an ONNX file.

    It takes float32 RGB of shape (batch, 3, height, width), (value - 127) / 128 of 0-255, and was trained on
    240 x 240 pixels (Lite1) or 260 x 260 (Lite2). It gives the probabilities of the 1000 classes of ImageNet, of shape
    (batch, 1000), and the features that they are worked out from, of shape (batch, 1280).
    """
    tensors = read_tensors(data)
    network = _Network({name: tensors[name] for name in tensors if not name.endswith(UNUSED)})
    result = network.build("image")
    network.finish()
    entry: Tensor = ("image", ["batch", 3, "height", "width"])
    return network.graph.serialize(entry, (result, ["batch", CLASSES]), FEATURES)


class _Network:
    """Builds the graph. Each tensor is used once, so that unused ones are detected."""

    def __init__(self, tensors: "dict[str, NDArray[numpy.generic]]") -> None:
        self.graph, self._tensors = Graph(), tensors

    def build(self, entry: str) -> str:
        """Builds the graph, and returns the name of the output of probabilities."""
        self._limits = [self.graph.constant(name, _number(value)) for name, value in (("zero", 0), ("six", 6))]
        features = self._activate(self._convolve(entry, "_conv_stem", "_bn0", strides=[2, 2]))
        for number, (stride, adds) in enumerate(_blocks()):
            block = self._add_block(f"_blocks.{number}", features, stride)
            features = self.graph.add("Add", [block, features], f"{block}.sum") if adds else block
        features = self._activate(self._convolve(features, "_conv_head", "_bn1"))
        return self._classify(features)

    def finish(self) -> None:
        if self._tensors:
            raise UnknownNetwork(f"{len(self._tensors)} tensors are left over")

    def _add_block(self, name: str, entry: str, stride: int) -> str:
        """Adds a block: expansion, depthwise convolution, projection."""
        wide = entry
        if f"{name}._expand_conv.weight" in self._tensors:
            wide = self._activate(self._convolve(entry, f"{name}._expand_conv", f"{name}._bn0"))
        group = len(self._tensors[f"{name}._depthwise_conv.weight"])
        filtered = self._convolve(
            wide, f"{name}._depthwise_conv", f"{name}._bn1", strides=[stride, stride], group=group
        )
        return self._convolve(self._activate(filtered), f"{name}._project_conv", f"{name}._bn2")

    def _convolve(self, entry: str, name: str, normalization: str, **attributes: Any) -> str:
        """Adds a convolution. The batch normalization after it is folded into its weights."""
        kernel = self._take(f"{name}.weight")
        scale, shift, mean, variance = (
            self._take(f"{normalization}.{part}") for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = scale / (variance + EPSILON) ** 0.5
        weights = self._constant(f"{name}.weights", kernel * factor[:, None, None, None])
        biases = self._constant(f"{name}.biases", shift - mean * factor)
        return self.graph.add("Conv", [entry, weights, biases], f"{name}.out", auto_pad="SAME_UPPER", **attributes)

    def _activate(self, entry: str) -> str:
        return self.graph.add("Clip", [entry, *self._limits], f"{entry}.relu6")

    def _classify(self, features: str) -> str:
        pooled = self.graph.add("GlobalAveragePool", [features], "pooled")
        flat = self.graph.add("Flatten", [pooled], FEATURES[0])
        parameters = [self._constant(name, self._take(name)) for name in ("_fc.weight", "_fc.bias")]
        logits = self.graph.add("Gemm", [flat, *parameters], "logits", transB=1)
        return self.graph.add("Softmax", [logits], "probabilities", axis=1)

    def _take(self, name: str) -> "NDArray[numpy.float64]":
        if name not in self._tensors:
            raise UnknownNetwork(f"there is no tensor {name}")
        return self._tensors.pop(name).astype("<f8")

    def _constant(self, name: str, value: "NDArray[numpy.float64]") -> str:
        return self.graph.constant(name, value.astype("<f4"))


def _blocks() -> Iterator[tuple[int, bool]]:
    """The stride of each block, and whether it has a residual connection."""
    for count, stride in NETWORK_STAGES:
        yield stride, False
        yield from [(1, True)] * (count - 1)


def _number(value: float) -> "NDArray[numpy.float32]":
    import numpy

    return cast("NDArray[numpy.float32]", numpy.array(value, "<f4"))
