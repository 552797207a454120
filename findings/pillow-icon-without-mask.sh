#!/bin/sh
# Pillow 13.0.0 writes bitmaps of 32 bits into icons without the mask that the doubled height promises: icotool 0.32 lists
# no picture of such a file ("incorrect total size of bitmap").
# A good guess: every bitmap of an icon ends with its mask, as those of 24 bits do.
# Seen: 16 x 16 pixels take 1064 bytes, header and colours; with the mask they are 1128.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
from io import BytesIO

from PIL import Image

saved = BytesIO()
Image.new("RGBA", (16, 16)).save(saved, "ICO", sizes=[(16, 16)], bitmap_format="bmp")
size = len(saved.getvalue()) - 22
print(size)
assert size == 40 + 16 * 16 * 4
PY
