#!/bin/sh
# Pillow 13.0.0: Image.quantize(palette=...) takes an entry that the palette's image marks as transparent for a colour like
# the others. Opaque pixels of that colour get the entry, and are holes when the result is saved with the same transparency.
# A good guess: an index named by info["transparency"] is left out when opaque pixels are matched.
# Seen: black, opaque pixels; a palette with a transparent black at 0 and a dark grey at 1: all pixels get index 0, and are
# transparent after a round trip through PNG.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
from io import BytesIO

from PIL import Image

palette = Image.new("P", (1, 1))
palette.putpalette([0, 0, 0, 30, 30, 30, 255, 255, 255])
palette.info["transparency"] = 0
drawn = Image.new("RGB", (4, 4), "black").quantize(palette=palette, dither=Image.Dither.NONE)
saved = BytesIO()
drawn.save(saved, "PNG", transparency=0)
saved.seek(0)
alpha = Image.open(saved).convert("RGBA").getchannel("A").getextrema()
print(drawn.getextrema(), alpha)
assert (drawn.getextrema(), alpha) == ((0, 0), (0, 0))
PY
