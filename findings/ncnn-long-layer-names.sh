#!/bin/sh
# ncnn 1.0.20261020: a .param whose layers have names of more than 255 letters is refused ("parse layer_name failed"),
# and names of exactly 255 are taken. The .param is text, and nothing of its format sets a limit.
# A good guess: names of tensors can be taken over as they are, when a network is converted. TFLite's converter joins the
# names of all that it merges by ";", and so makes names of 300 letters and more.
# Seen: 255 letters: loaded; 256 letters: not loaded.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet ncnn==1.0.20261020 numpy
cd "$folder"
"$folder/env/bin/python" - <<'PY'
from pathlib import Path

import ncnn

loaded = {}
for length in (255, 256):
    name = "n" * length
    Path("net.param").write_text(f"7767517\n2 2\nInput in 0 1 in\nReLU {name} 1 1 in out\n")
    loaded[length] = ncnn.Net().load_param("net.param") == 0
print(loaded)
assert loaded == {255: True, 256: False}, loaded
PY
