"""The same network by two runtimes without common code: float32 of shape (3, height, width)."""

from pathlib import Path

import numpy


def by_ncnn(param: Path, weights: Path, image: numpy.ndarray) -> numpy.ndarray:
    import ncnn

    network = ncnn.Net()
    network.opt.use_vulkan_compute, network.opt.num_threads = False, 1
    for shortcut in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(network.opt, f"use_{shortcut}", False)
    assert network.load_param(str(param)) == 0
    assert network.load_model(str(weights)) == 0
    extractor = network.create_extractor()
    extractor.input(network.input_names()[0], ncnn.Mat(image).clone())  # layers may work in place
    status, result = extractor.extract(network.output_names()[0])
    assert status == 0
    return numpy.array(result)


def by_onnx(model: bytes | str, image: numpy.ndarray) -> numpy.ndarray:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: image[None]})[0][0]
