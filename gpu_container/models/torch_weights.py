"""Reads weights in PyTorch's legacy file format, without PyTorch and without running code that a file names.

Such a file is a magic number, a version, a description of the machine, the tensors by name, and the keys of their
storages, all pickled; then the storages themselves. Tensors are views into storages, in any order of dimensions.
Source: `_legacy_load` in torch/serialization.py.
"""

import io
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from gpu_container.models.ncnn_param import UnknownNetwork

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

TORCH_MAGIC, TORCH_VERSION = 0x1950A86A20F9469CFC6C, 1001
STORAGE_TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}
COUNT_BYTES = 8


@dataclass(frozen=True)
class View:
    """A tensor: `offset` and `strides` count numbers of its storage, not bytes."""

    storage: str
    kind: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_tensors(data: bytes) -> "dict[str, NDArray[numpy.generic]]":
    """Every tensor by its name, contiguous. Raises UnknownNetwork for other files."""
    file = io.BytesIO(data)
    if [_unpickle(file) for _ in range(2)] != [TORCH_MAGIC, TORCH_VERSION]:
        raise UnknownNetwork("not weights in the format that was expected")
    _machine, views, keys = (_unpickle(file) for _ in range(3))
    kinds = {view.storage: view.kind for view in views.values()}
    storages = {key: _read_storage(file, kinds[key]) for key in keys}
    if file.read(1):
        raise UnknownNetwork("bytes of weights are left over")
    return {name: _look(view, storages[view.storage]) for name, view in views.items()}


class _Unpickler(pickle.Unpickler):
    """An unpickler that allows dictionaries, numbers, strings and views into storages, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _view
        if module == "torch" and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise UnknownNetwork(f"weights that need {module}.{name}")

    def persistent_load(self, reference: tuple[Any, ...]) -> tuple[str, str]:
        _, kind, key, _device, _count, part = reference
        if part is not None:
            raise UnknownNetwork("a storage within a storage")
        return key, kind


def _unpickle(file: BinaryIO) -> Any:
    try:
        return _Unpickler(file).load()
    except (pickle.UnpicklingError, EOFError) as error:
        raise UnknownNetwork("not weights in the format that was expected") from error


def _view(storage: tuple[str, str], offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object) -> View:
    return View(*storage, offset, shape, strides)


def _read_storage(file: BinaryIO, kind: str) -> "NDArray[numpy.generic]":
    import numpy

    dtype, count = numpy.dtype(kind), int.from_bytes(file.read(COUNT_BYTES), "little")
    data = file.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise UnknownNetwork("the weights end too early")
    return numpy.frombuffer(data, dtype)


def _look(view: View, storage: "NDArray[numpy.generic]") -> "NDArray[numpy.generic]":
    import numpy

    last = view.offset + sum((side - 1) * stride for side, stride in zip(view.shape, view.strides, strict=True))
    if not 0 <= view.offset <= last < len(storage):
        raise UnknownNetwork("a tensor beyond the end of its storage")
    steps = [stride * storage.itemsize for stride in view.strides]
    return numpy.ascontiguousarray(numpy.lib.stride_tricks.as_strided(storage[view.offset :], view.shape, steps))
