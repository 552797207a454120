"""ONNX Runtime sends no telemetry."""

import os
import subprocess
import sys

CODE = """
import imgopt
import numpy, onnx, onnxruntime
from onnx import TensorProto, helper
entry, result = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("in", "out"))
graph = helper.make_graph([helper.make_node("Neg", ["in"], ["out"])], "small", [entry], [result])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
print(session.run(None, {"in": numpy.ones(1, numpy.float32)})[0][0])
"""


def test_onnx_runtime_keeps_no_id_and_no_events(tmp_path):
    unset = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment = {**unset, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "-1.0"
    assert list(tmp_path.iterdir()) == []
