#!/bin/sh
# ssimulacra2 0.3.0 (Python): the score of an image of less than 256 pixels means something else than that of a larger
# one. The metric has six scales, and 108 weights for them; a small image has fewer scales, and the weights are taken
# one after the other, so those of the missing scales of one channel go to the next channel.
# A good guess: a texture that is repeated has about the score of its tile, so icons, thumbnails and tiles can be
# judged by the threshold for photos.
# Seen: a JPEG of quality 50 of one tile scores 85, 45, 18 and 76 at 16, 32, 64 and 128 pixels; the same two tiles
# repeated to 512 pixels score 30, 60, 63 and 61.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet ssimulacra2==0.3.0 numpy==2.4.6 scipy==1.17.1 pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
import io

import numpy as np
from PIL import Image
from ssimulacra2.ssimulacra2 import compute_ssimulacra2


def draw(size):
    """A square of waves and noise that can be repeated."""
    y, x = np.mgrid[0:size, 0:size] * (2 * np.pi / size)
    noise = np.random.default_rng(1).normal(0, 12, (size, size))
    planes = [128 + 90 * np.sin(x * waves) * np.cos(y * (waves + 1)) + noise for waves in (1, 2, 3)]
    return np.clip(np.stack(planes, 2), 0, 255).astype(np.uint8)


def damage(pixels):
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "JPEG", quality=50)
    return np.asarray(Image.open(kept).convert("RGB"))


def file(pixels):
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "PNG")
    return kept


scores = {}
for size in (16, 32, 64, 128):
    tile = draw(size)
    pair = tile, damage(tile)
    scores[size] = [
        round(compute_ssimulacra2(*(file(np.tile(each, (times, times, 1))) for each in pair)), 1)
        for times in (1, 512 // size)
    ]
    print(size, *scores[size])
seen = {16: (85, 30), 32: (45, 60), 64: (18, 63), 128: (76, 61)}
assert all(abs(got - told) < 2 for size in seen for got, told in zip(scores[size], seen[size])), scores
PY
