#!/bin/sh
# Pillow 13.0.0 blends frames of an APNG by mixing their alpha, too: half-transparent green over opaque red becomes
# half transparent, where the PNG specification (3rd edition, 11.3.6.2) leaves it opaque.
# A good guess: blend_op 1 composites as Image.alpha_composite does.
# Seen: alpha 191 in the second frame, of a file by Pillow itself; ffmpeg 5.1 shows 255.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
from io import BytesIO

from PIL import Image

red, green = Image.new("RGBA", (4, 4), (255, 0, 0, 255)), Image.new("RGBA", (4, 4), (0, 255, 0, 120))
saved = BytesIO()
red.save(saved, "PNG", save_all=True, append_images=[green], blend=1)
image = Image.open(saved)
image.seek(1)
seen, composited = image.convert("RGBA").getpixel((0, 0)), Image.alpha_composite(red, green).getpixel((0, 0))
print(seen, composited)
assert seen[3] < 255 == composited[3]
PY
