#!/bin/sh
# Pillow 13.0.0 with libwebp 1.6.0: an animation whose second frame leaves most of the canvas bare is written without the
# flag that says that it has alpha, as each rectangle that is stored is opaque. Pillow reads it as RGB: bare parts are black.
# A good guess: what was transparent when it was saved is transparent when it is read.
# Seen: a red frame, then a red square on nothing: alpha 255 beside the square after a round trip. With bit 0x10 of the VP8X
# chunk set, the same file is read with alpha 0 there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
from io import BytesIO

from PIL import Image

ALPHA_FLAG, FLAGS_AT = 0x10, 20


def corner(data: bytes) -> int:
    image = Image.open(BytesIO(data))
    image.seek(1)
    return image.convert("RGBA").getpixel((0, 0))[3]


first, second = Image.new("RGBA", (16, 16), "red"), Image.new("RGBA", (16, 16))
second.paste("red", (4, 4, 8, 8))
saved = BytesIO()
first.save(saved, "WEBP", save_all=True, append_images=[second], duration=100, lossless=True)
marked = bytearray(saved.getvalue())
marked[FLAGS_AT] |= ALPHA_FLAG
print(corner(saved.getvalue()), corner(bytes(marked)))
assert (corner(saved.getvalue()), corner(bytes(marked))) == (255, 0)
PY
