#!/bin/sh
# thumbhash 0.1.2, a port of ThumbHash: every picture with a transparent pixel raises TypeError, as an unpacking takes
# a conditional for its last part alone; opaque pictures come out as by the reference implementation.
# A good guess: transparency, which ThumbHash is known for, works.
# Seen: "type tuple doesn't define __round__ method" for 8 x 8 pixels of which one is transparent.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet thumbhash==0.1.2
"$folder/env/bin/python" - <<'PY'
from thumbhash import rgba_to_thumb_hash

opaque = [200, 100, 50, 255] * 64
print("opaque:", bytes(rgba_to_thumb_hash(8, 8, opaque)).hex())
try:
    rgba_to_thumb_hash(8, 8, [*opaque[:-1], 0])
except TypeError as error:
    print("one transparent pixel:", error)
else:
    raise SystemExit("transparency works now")
PY
