#!/bin/sh
# imagequant 1.1.5 (libimagequant 2.15.1): the same picture given as a list of its colours with their numbers of pixels
# (liq_histogram_add_colors) gets a palette of fewer colours at the same quality than by liq_histogram_add_image with an
# importance map in which all pixels weigh the same.
# A good guess: a histogram of an image whose pixels all count alike is the list of its colours with their counts.
# Seen: at qualities 84 and 97 38 and 87 colours from the image, 25 and 51 from the list.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet imagequant==1.1.5 pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
import struct

from imagequant import ffi, lib
from PIL import Image, ImageDraw

image = Image.new("RGBA", (2560, 2560), "white")
draw = ImageDraw.Draw(image)
for number, color in enumerate(("#c33", "#36c", "#fb3", "#222", "#7b4")):
    draw.ellipse((300 * number, 280 * number, 300 * number + 900, 280 * number + 1100), fill=color, outline="black", width=9)
image = image.resize((640, 640), Image.Resampling.LANCZOS)
pixels, alike = image.tobytes(), b"\xff" * (640 * 640)
colors = image.getcolors(100_000)
listed = b"".join(struct.pack("=4BI", *color, count) for count, color in colors)


def choose(quality, *, by_list):
    attributes = lib.liq_attr_create()
    lib.liq_set_speed(attributes, 6)
    lib.liq_set_quality(attributes, 0, quality)
    histogram, result = lib.liq_histogram_create(attributes), ffi.new("liq_result**")
    if by_list:
        entries = ffi.from_buffer("liq_histogram_entry[]", listed)
        assert lib.liq_histogram_add_colors(histogram, attributes, entries, len(entries), 0) == 0
    else:
        held = lib.liq_image_create_rgba(attributes, ffi.from_buffer(pixels), *image.size, 0)
        assert lib.liq_image_set_importance_map(held, ffi.from_buffer(alike), len(alike), lib.LIQ_COPY_PIXELS) == 0
        assert lib.liq_histogram_add_image(histogram, attributes, held) == 0
    assert lib.liq_histogram_quantize(histogram, attributes, result) == 0
    return lib.liq_get_palette(result[0]).count


seen = {quality: (choose(quality, by_list=False), choose(quality, by_list=True)) for quality in (84, 97)}
print(lib.liq_version(), len(colors), "colours", seen)
assert lib.liq_version() == 21501
assert all(by_list < 0.75 * by_image for by_image, by_list in seen.values()), seen
PY
