#!/bin/sh
# libjxl, as pillow-jxl-plugin 1.3.8 carries it: a screen of repeated words, without loss, takes four times the bytes of
# lossless WebP at effort 7, the default, twice at 9, and at 10, the most, a quarter more than at 9.
# A good guess: of the newest lossless format of all, fewer bytes than WebP, and fewer with each effort.
# Seen: a table of 640 x 480 pixels in 2,225 colours: 19,380 bytes as WebP; as JPEG XL 175,660 at effort 3, 80,400 at 7,
# 39,272 at 9, 49,799 at 10. A PNG of Pillow has 149,773.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0 pillow-jxl-plugin==1.3.8
"$folder/env/bin/python" - <<'PY'
from io import BytesIO

import pillow_jxl  # noqa: F401
from PIL import Image, ImageDraw, ImageFont

screen, font = Image.new("RGB", (640, 480), "white"), ImageFont.load_default(14)
pen = ImageDraw.Draw(screen)
for top in range(0, 480, 20):
    pen.rectangle((0, top, 640, top + 19), fill=(245, 245, 250) if top % 40 else "white")
    for left in range(5, 640, 90):
        pen.text((left, top + 2), f"row {top} {left * 7 % 101}", fill=(30, 30, left * 3 % 256), font=font)
for number in range(8):
    color = number * 30, 80, 200 - number * 20
    pen.rectangle((number * 70 + 10, 300, number * 70 + 60, 460), fill=color)


def bytes_of(name, **options):
    saved = BytesIO()
    screen.save(saved, name, lossless=True, **options)
    print(name, options, len(saved.getvalue()))
    return len(saved.getvalue())


webp = bytes_of("WEBP")
jxl = {effort: bytes_of("JXL", effort=effort) for effort in (3, 7, 9, 10)}
assert jxl[3] > jxl[7] > 3.5 * webp
assert jxl[9] > 1.8 * webp
assert jxl[10] > 1.15 * jxl[9]
PY
