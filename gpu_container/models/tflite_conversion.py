"""From TFLite to ncnn. Numbers of fields and operators are those of TensorFlow's schema:
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_container.models.flatbuffers import BufferTable, read_root_table
from gpu_container.models.ncnn_param import UnknownNetwork
from gpu_container.models.ncnn_writer import FilterWindow, NcnnWriter

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

ADD, CONCAT, CONVOLUTION, DEPTHWISE, DEQUANTIZE, POOL, RECTIFY, RESHAPE, RESIZE, PAD = 0, 2, 3, 4, 6, 17, 19, 22, 23, 34
SAME = 0
# The activation of a convolution or a sum, and the field of its options that states it.
AS_COMPUTED, RELU6 = 0, 3
ACTIVATION_FIELDS = {ADD: 0, CONVOLUTION: 3, DEPTHWISE: 4}
SIX = 6.0
FLOAT16_TYPE = 1


@dataclass(frozen=True)
class Operator:
    """An operator. `inputs` and `outputs` are indices of tensors."""

    code: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: BufferTable


def convert_tflite(data: bytes) -> dict[str, bytes]:
    """ncnn's files, by suffix, of a network with weights in 16 bits.

    It takes what the TFLite file takes, as (channels, height, width), and gives what that gives before it is flattened
    and what was flattened is joined.
    Raises UnknownNetwork for anything that it can't translate exactly.
    """
    return _Translation(read_root_table(data)).run()


class _Translation:
    def __init__(self, model: BufferTable) -> None:
        (self._graph,) = model.tables(2)
        self._buffers, self._tensors = model.tables(4), self._graph.tables(0)
        self._codes = [max(each.number(0, "b"), each.number(3)) for each in model.tables(1)]
        self._sources: dict[int, int] = {}
        self._left_out: set[int] = set()

    def run(self) -> dict[str, bytes]:
        (entry,) = self._graph.numbers(1)
        self._writer = NcnnWriter(self._name(entry))
        for table in self._graph.tables(3):
            operator = Operator(
                self._codes[table.number(0, "I")], table.numbers(1), table.numbers(2), self._options(table)
            )
            if operator.code not in TRANSLATIONS:
                raise UnknownNetwork(f"an operator of kind {operator.code}")
            TRANSLATIONS[operator.code](self, operator)
        return self._writer.finish()

    def alias(self, operator: Operator) -> None:
        """Skips operators that ncnn does not need: casts from 16 to 32 bits, and reshapes of outputs."""
        (result,), entry = operator.outputs, operator.inputs[0]
        self._sources[result] = self._source(entry)
        if entry in self._left_out:
            self._left_out.add(result)

    def leave_out(self, operator: Operator) -> None:
        """Skips the concatenation of outputs, which ncnn returns separately. No operator may follow it."""
        self._left_out.add(operator.outputs[0])

    def convolve(self, operator: Operator) -> None:
        entry, kernel, biases = operator.inputs
        values = self._values(kernel).transpose(0, 3, 1, 2)
        self._convolve(operator, entry, values, biases)

    def filter_channels(self, operator: Operator) -> None:
        """Converts a depthwise convolution, whose kernel has the shape (1, side, side, channels)."""
        entry, kernel, biases = operator.inputs
        values = self._values(kernel).transpose(3, 0, 1, 2)
        self._convolve(operator, entry, values, biases)

    def pool(self, operator: Operator) -> None:
        window = self._window(operator, operator.options.number(3))
        self._writer.pool(self._result(operator), self._entry(operator), window)

    def rectify(self, operator: Operator) -> None:
        self._writer.rectify(self._result(operator), self._entry(operator))

    def sum(self, operator: Operator) -> None:
        if self._limit(operator):
            raise UnknownNetwork("a sum with a limit")
        self._writer.sum(self._result(operator), [self._name(each) for each in operator.inputs])

    def resize(self, operator: Operator) -> None:
        _, height, width, _ = self._shape(operator.outputs[0])
        if height != width or operator.options.number(2, "b") or not operator.options.number(3, "b"):
            raise UnknownNetwork("an interpolation with pixels as points")
        self._writer.resize(self._result(operator), self._entry(operator), height)

    def pad(self, operator: Operator) -> None:
        before, after = self._shape(operator.inputs[0]), self._shape(operator.outputs[0])
        if before[:3] != after[:3]:
            raise UnknownNetwork("a margin")
        self._writer.add_channels(self._result(operator), self._entry(operator), after[3] - before[3])

    def _convolve(self, operator: Operator, entry: int, kernel: "NDArray[numpy.float16]", biases: int) -> None:
        window = replace(self._window(operator, kernel.shape[3]), limit=self._limit(operator))
        self._writer.convolve(self._result(operator), self._name(entry), kernel, self._values(biases), window)

    def _limit(self, operator: Operator) -> float | None:
        """The upper limit of an activation, whose lower limit is 0. None without an activation."""
        kind = operator.options.number(ACTIVATION_FIELDS[operator.code], "b")
        if kind not in (AS_COMPUTED, RELU6):
            raise UnknownNetwork(f"an activation of kind {kind}")
        return SIX if kind == RELU6 else None

    def _window(self, operator: Operator, side: int) -> FilterWindow:
        """The window of an operator. TensorFlow's padding SAME adds an odd pixel at the right and bottom."""
        step = operator.options.number(1)
        before, after = (self._shape(each)[1] for each in (operator.inputs[0], operator.outputs[0]))
        missing = max(0, (after - 1) * step + side - before) if operator.options.number(0, "b") == SAME else 0
        return FilterWindow(side, step, missing // 2, missing - missing // 2)

    def _options(self, operator: BufferTable) -> BufferTable:
        return operator.table(4) if operator.number(3, "B") else BufferTable(operator.data, operator.at)

    def _entry(self, operator: Operator) -> str:
        return self._name(operator.inputs[0])

    def _result(self, operator: Operator) -> str:
        return self._name(operator.outputs[0])

    def _name(self, tensor: int) -> str:
        if tensor in self._left_out:
            raise UnknownNetwork("results in one list that are worked on")
        """The first of those that a converter has joined, as ncnn reads no more than 255 letters."""
        return self._tensors[self._source(tensor)].text(3).partition(";")[0].replace(" ", "_")

    def _shape(self, tensor: int) -> tuple[int, ...]:
        return self._tensors[tensor].numbers(0)

    def _source(self, tensor: int) -> int:
        return self._sources.get(tensor, tensor)

    def _values(self, tensor: int) -> "NDArray[numpy.float16]":
        import numpy

        table = self._tensors[self._source(tensor)]
        if table.number(1, "b") != FLOAT16_TYPE:
            raise UnknownNetwork(f"{table.text(3)}: weights that are not in 16 bits")
        values = numpy.frombuffer(self._buffers[table.number(2, "I")].raw(0), "<f2")
        return values.reshape(table.numbers(0))


TRANSLATIONS: dict[int, Callable[[_Translation, Operator], None]] = {
    ADD: _Translation.sum,
    CONCAT: _Translation.leave_out,
    CONVOLUTION: _Translation.convolve,
    DEPTHWISE: _Translation.filter_channels,
    DEQUANTIZE: _Translation.alias,
    POOL: _Translation.pool,
    RECTIFY: _Translation.rectify,
    RESHAPE: _Translation.alias,
    RESIZE: _Translation.resize,
    PAD: _Translation.pad,
}
