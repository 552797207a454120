"""The torch evaluator of the benchmarks gives ONNX Runtime's results, layer by layer."""

import numpy
import pytest

from gpu_container.models.ncnn_conversion import convert_ncnn
from tests.upscale.reference_runtimes import by_onnx
from tests.upscale.test_ncnn_conversion import NETWORKS, text, weights

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("lines", NETWORKS.values(), ids=NETWORKS)
def test_torch_gives_what_onnx_runtime_gives(lines, tmp_path):
    from benchmarks.onnx_in_torch import InTorch

    path = tmp_path / "network.onnx"
    path.write_bytes(convert_ncnn(text(lines), weights(lines, halves=False)))
    image = numpy.random.default_rng(6).random((3, 12, 20), numpy.float32)
    with torch.inference_mode():
        found = InTorch(path)(torch.from_numpy(image[None]))[0].numpy()
    assert abs(found - by_onnx(str(path), image)).max() < 1e-5
