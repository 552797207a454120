"""Writes networks in ncnn's format: a .param with the layers, and a .bin with their weights in 16 bits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_container.models.ncnn_bin import ALIGNMENT, FLOAT16, TAG_BYTES
from gpu_container.models.ncnn_param import FIRST_ARRAY, MAGIC, Layer, Value

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

BILINEAR = 2
# Parameters of a convolution: its activation, the activation's parameters, and the activation "clip".
ACTIVATION, ACTIVATION_VALUES, CLIP = 9, 10, 3


@dataclass(frozen=True)
class FilterWindow:
    """The window of a convolution or a pooling: the side of its square, its step, and the added margins in pixels.

    The margin is `before` at the left and above, and `after` at the right and below. If a convolution has a `limit`,
    its results are clipped to 0-`limit`.
    """

    side: int
    step: int
    before: int
    after: int
    limit: float | None = None


class NcnnWriter:
    """Collects layers. Tensors have the shape (channels, height, width), and are identified by name."""

    def __init__(self, entry: str) -> None:
        self._layers = [Layer("Input", entry, (), (entry,), {})]
        self._weights = bytearray()

    def convolve(
        self,
        name: str,
        entry: str,
        kernel: "NDArray[numpy.floating]",
        biases: "NDArray[numpy.floating]",
        window: FilterWindow,
    ) -> str:
        """Adds a convolution. `kernel` has the shape (out, in, side, side); for a depthwise one `in` is 1."""
        out, inner = kernel.shape[:2]
        is_depthwise = inner == 1 and out > 1
        values: dict[int, Value] = {0: out, 1: window.side, 3: window.step, 5: 1, 6: kernel.size}
        values |= {4: window.before, 14: window.before, 15: window.after, 16: window.after}
        if window.limit is not None:
            values |= {ACTIVATION: CLIP, ACTIVATION_VALUES: (0.0, window.limit)}
        self._weights += FLOAT16.to_bytes(TAG_BYTES, "little") + _padded(kernel.astype("<f2").tobytes())
        self._weights += biases.astype("<f4").tobytes()
        kind = "ConvolutionDepthWise" if is_depthwise else "Convolution"
        return self.add(kind, name, [entry], values | ({7: out} if is_depthwise else {}))

    def pool(self, name: str, entry: str, window: FilterWindow) -> str:
        """A maximum pooling. Padding is ignored."""
        values: dict[int, Value] = {0: 0, 1: window.side, 2: window.step, 5: 1}
        values |= {3: window.before, 13: window.before, 14: window.after, 15: window.after}
        return self.add("Pooling", name, [entry], values)

    def rectify(self, name: str, entry: str, slope: float = 0.0) -> str:
        return self.add("ReLU", name, [entry], {0: slope})

    def sum(self, name: str, entries: Sequence[str]) -> str:
        return self.add("BinaryOp", name, entries, {0: 0})

    def concat(self, name: str, entries: Sequence[str]) -> str:
        return self.add("Concat", name, entries, {0: 0})

    def resize(self, name: str, entry: str, side: int) -> str:
        """Adds a linear interpolation to a square, with half-pixel centres."""
        return self.add("Interp", name, [entry], {0: BILINEAR, 3: side, 4: side})

    def add_channels(self, name: str, entry: str, count: int) -> str:
        """Appends channels of zeros."""
        return self.add("Padding", name, [entry], {4: 0, 5: 0.0, 8: count})

    def add(self, kind: str, name: str, entries: Sequence[str], values: Mapping[int, Value]) -> str:
        self._layers.append(Layer(kind, name, tuple(entries), (name,), dict(values)))
        return name

    def finish(self) -> dict[str, bytes]:
        """The files by suffix. Tensors that no layer uses are outputs of the network."""
        layers = list(_split_shared(self._layers))
        names = {name for layer in layers for name in layer.outputs}
        lines = [MAGIC, f"{len(layers)} {len(names)}", *map(_show, layers)]
        return {"param": ("\n".join(lines) + "\n").encode(), "bin": bytes(self._weights)}


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)


def _split_shared(layers: Sequence[Layer]) -> Iterator[Layer]:
    """Adds Split layers: in ncnn only one layer can use a tensor."""
    takers = Counter(name for layer in layers for name in layer.inputs)
    given: Counter[str] = Counter()
    for layer in layers:
        yield replace(layer, inputs=tuple(_take(name, takers, given) for name in layer.inputs))
        (output,) = layer.outputs
        if takers[output] > 1:
            copies = tuple(f"{output}/{number}" for number in range(1, takers[output] + 1))
            yield Layer("Split", f"{output}/copies", (output,), copies, {})


def _take(name: str, takers: Mapping[str, int], given: Counter[str]) -> str:
    """The name of the tensor's next copy, if it has copies."""
    given[name] += 1
    return f"{name}/{given[name]}" if takers[name] > 1 else name


def _show(layer: Layer) -> str:
    ends = [layer.kind, layer.name, str(len(layer.inputs)), str(len(layer.outputs)), *layer.inputs, *layer.outputs]
    return " ".join([*ends, *(_show_setting(key, value) for key, value in layer.values.items())])


def _show_setting(key: int, value: Value) -> str:
    if isinstance(value, tuple):
        return f"{FIRST_ARRAY - key}={','.join(map(str, (len(value), *value)))}"
    return f"{key}={value}"
