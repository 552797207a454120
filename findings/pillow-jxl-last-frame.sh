#!/bin/sh
# pillow-jxl-plugin 1.3.8 with Pillow 13.0.0: an animated JPEG XL is opened as a still of its last frame.
# A good guess: as of other animations that a plugin can't play, the first frame, or an error.
# Seen: of a red, a green and a blue frame, written by imagecodecs 2026.3.6, which reads all three, Pillow shows blue, with
# n_frames 1 and is_animated False.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0 pillow-jxl-plugin==1.3.8 imagecodecs==2026.3.6
"$folder/env/bin/python" - <<'PY'
from io import BytesIO

import imagecodecs
import numpy
import pillow_jxl  # noqa: F401
from PIL import Image

frames = numpy.zeros((3, 16, 16, 3), numpy.uint8)
for channel in range(3):
    frames[channel, ..., channel] = 255
saved = imagecodecs.jpegxl_encode(frames, lossless=True, photometric="RGB")
assert (imagecodecs.jpegxl_decode(saved) == frames).all()
shown = Image.open(BytesIO(saved))
print(shown.n_frames, shown.is_animated, shown.convert("RGB").getpixel((8, 8)))
assert (shown.n_frames, shown.is_animated, shown.convert("RGB").getpixel((8, 8))) == (1, False, (0, 0, 255))
PY
