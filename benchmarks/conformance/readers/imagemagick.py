"""ImageMagick, where it is installed: all formats that its build reads, converted to sRGB by their profiles."""

import subprocess
from functools import cache
from shutil import which
from tempfile import NamedTemporaryFile

import numpy as np

from benchmarks.conformance.pictures import NotRead, Pixels
from imgopt.codecs.format import ImageHeader

SECONDS = 60
# Frames whole, upright, in sRGB, one behind the other.
STEPS = ("-coalesce", "-auto-orient", "-colorspace", "sRGB", "-depth", "8")
PREFIXES = {"jpg": "jpeg", "tiff": "tiff"}


@cache
def program() -> tuple[str, str] | None:
    """Its path and version; None where there is none, or another program has its name."""
    for name in ("magick", "convert"):
        path = which(name)
        if path is None:
            continue
        told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stdout
        if told.startswith("Version: ImageMagick"):
            return path, " ".join(told.split()[1:3])
    return None


def frames_of(data: bytes, header: ImageHeader) -> list[Pixels]:
    found = program()
    if found is None:
        raise NotRead("ImageMagick is not installed")
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        kind = "apng" if header.format == "png" and header.frames > 1 else PREFIXES.get(header.format, header.format)
        whole = f"{kind}:{file.name}" + ("" if header.frames > 1 else "[0]")
        command = [found[0], whole, *STEPS, "-set", "option:size", "%wx%h", "rgba:-"]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode or not done.stdout:
        raise NotRead((done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"])[-1][:100])
    pixels = np.frombuffer(done.stdout, np.uint8)
    if pixels.size % (header.width * header.height * 4):
        raise NotRead("another size")
    return list(pixels.reshape(-1, header.height, header.width, 4))
