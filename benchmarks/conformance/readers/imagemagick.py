"""ImageMagick, if it is installed. It reads all formats of its build, and converts them to sRGB by their profiles."""

import subprocess
from functools import cache
from shutil import which
from tempfile import NamedTemporaryFile

import imagecodecs
import numpy as np

from benchmarks.conformance.pictures import NotRead, Pixels
from imgopt.codecs.format import ImageHeader

SECONDS = 60
# Whole upright frames in sRGB, one after the other. If the file has a profile, it is converted from that profile.
WHOLE, PLAIN = ("-coalesce", "-auto-orient", "-intent", "Relative"), ("-colorspace", "sRGB", "-depth", "8", "rgba:-")
PREFIXES = {"jpg": "jpeg"}


@cache
def program() -> tuple[str, str] | None:
    """The path and version of ImageMagick. None if it is missing, or if another program has its name."""
    for name in ("magick", "convert"):
        path = which(name)
        if path is None:
            continue
        output = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stdout
        if output.startswith("Version: ImageMagick"):
            return path, " ".join(output.split()[1:3])
    return None


def frames_of(data: bytes, header: ImageHeader) -> list[Pixels]:
    found = program()
    if found is None:
        raise NotRead("ImageMagick is not installed")
    with NamedTemporaryFile() as file, NamedTemporaryFile(suffix=".icc") as profile:
        file.write(data)
        file.flush()
        profile.write(imagecodecs.cms_profile("srgb"))
        profile.flush()
        whole = f"{PREFIXES.get(header.format, header.format)}:{file.name}" + ("" if header.frames > 1 else "[0]")
        command = [found[0], whole, *WHOLE, "-profile", profile.name, *PLAIN]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode or not done.stdout:
        raise NotRead((done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"])[-1][:100])
    pixels = np.frombuffer(done.stdout, np.uint8)
    if pixels.size % (header.width * header.height * 4):
        raise NotRead("another size")
    return list(pixels.reshape(-1, header.height, header.width, 4))
