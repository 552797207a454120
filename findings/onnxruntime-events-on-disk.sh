#!/bin/sh
# onnxruntime 1.32.0 for Python on Linux: importing it makes a database of events and an id of the machine in the user's
# cache, below Microsoft/DeveloperTools, and disable_telemetry_events() comes too late for that.
# A good guess: what the documents of other systems call telemetry is for Windows alone, and that function ends it.
# Seen: after the import and one session there are files there; after a call of the function right behind the import, too.
# With ORT_DISABLE_TELEMETRY=1 set before the import there are none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet onnxruntime==1.32.0 onnx==1.22.0
cat > "$folder/try.py" <<'PY'
import sys

import onnxruntime

if "switched off" in sys.argv[1]:
    onnxruntime.disable_telemetry_events()
from onnx import TensorProto, helper

one = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "ab"]
graph = helper.make_graph([helper.make_node("Neg", ["a"], ["b"])], "g", one[:1], one[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
PY
count() {
    mkdir "$folder/$1"
    env XDG_CACHE_HOME="$folder/$1" HOME="$folder/$1" ${2:-} "$folder/env/bin/python" "$folder/try.py" "$1"
    find "$folder/$1" -type f | sed "s|$folder/||"
    found=$(find "$folder/$1" -path '*Microsoft/DeveloperTools*' -type f | wc -l)
}
count "as it is"
test "$found" -ge 1
count "switched off"
test "$found" -ge 1
count "by the environment" ORT_DISABLE_TELEMETRY=1
test "$found" -eq 0
