#!/bin/sh
# Pillow 13.0.0 scales grey PNGs of 2 and 4 bits to 8, but not the colour that tRNS names, and takes RGB of 16 bits to 8
# before the colour is looked for: nothing, or too much, is transparent.
# A good guess: info["transparency"] is in the samples that the image has.
# Seen: a grey pixel of 15 in 4 bits with a tRNS of 15 is opaque after convert("RGBA").
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
import struct
import zlib
from io import BytesIO

from PIL import Image


def chunk(kind, body=b""):
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 4, 0, 0, 0, 0))
parts = header, chunk(b"tRNS", b"\0\x0f"), chunk(b"IDAT", zlib.compress(b"\0\xf0")), chunk(b"IEND")
pixel = Image.open(BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(parts))).convert("RGBA").getpixel((0, 0))
print(pixel)
assert pixel == (255, 255, 255, 255)
PY
