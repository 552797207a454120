#!/bin/sh
# pillow-jxl-plugin 1.3.8 with Pillow 13.0.0: a JPEG that was opened by its path, drawn on and saved as JPEG XL is saved
# without what was drawn, and whatever quality was asked for.
# A good guess: the pixels in memory are what is saved; the plugin's warning speaks of JPEG reconstruction alone.
# Seen: a red JPEG that was painted blue is red in the JPEG XL, with no option, quality=40 and lossless=True, in the same
# number of bytes each; the file on the disk is read again. Opened as a stream, or with lossless_jpeg=False, it is blue.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0 pillow-jxl-plugin==1.3.8
"$folder/env/bin/python" -W ignore - "$folder/red.jpg" <<'PY'
import sys
from io import BytesIO
from pathlib import Path

import pillow_jxl  # noqa: F401
from PIL import Image, ImageDraw

path = sys.argv[1]
Image.new("RGB", (64, 64), "red").save(path)


def save_painted(source, **options):
    picture, saved = Image.open(source), BytesIO()
    ImageDraw.Draw(picture).rectangle((0, 0, 63, 63), fill="blue")
    picture.save(saved, "JXL", **options)
    red, _, blue = Image.open(saved).convert("RGB").getpixel((32, 32))
    print(options, "red" if red > blue else "blue", len(saved.getvalue()))
    return "red" if red > blue else "blue", len(saved.getvalue())


kept = {save_painted(path, **options) for options in ({}, {"quality": 40}, {"lossless": True})}
assert [colour for colour, _ in kept] == ["red"]
assert save_painted(path, lossless_jpeg=False)[0] == "blue"
assert save_painted(BytesIO(Path(path).read_bytes()))[0] == "blue"
PY
