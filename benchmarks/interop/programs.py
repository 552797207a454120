"""Readers that are programs, or libraries of the operating system."""

import ctypes
import json
import re
import subprocess
from collections.abc import Callable
from ctypes.util import find_library
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from benchmarks.interop.views import View, seen

PNG_END = b"IEND\xaeB`\x82"
VALIDATE = ("-validate", "-warning", "-error", "-a", "-json")
GDK_PIXBUF = "gdk_pixbuf-2.0"
Read = Callable[[str, Path], View]


def run_program(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise ValueError((done.stderr or done.stdout).decode(errors="replace").strip())
    return done


def by_ffmpeg(program: str, path: Path) -> View:
    """`showinfo` has a line for each frame."""
    shown = ("-map", "0:v:0", "-vf", "showinfo", "-fps_mode", "passthrough", "-pix_fmt", "rgba")
    asked = ("-hide_banner", "-loglevel", "level+info", "-i", path, *shown, "-c:v", "png", "-f", "image2pipe", "-")
    done = run_program(program, *asked)
    said = done.stderr.decode(errors="replace")
    images = [Image.open(BytesIO(part + PNG_END)) for part in done.stdout.split(PNG_END)[:-1]]
    seconds = re.findall(r" n: *\d+ pts:.* duration_time: *([\d.]+)", said)
    durations = [float(each) * 1000 for each in seconds] if len(images) > 1 and len(seconds) == len(images) else None
    return seen(images, durations=durations, words=_complaints(said))


def _complaints(said: str) -> str:
    """The warnings and errors about a file, without the memory addresses in them."""
    lines = [line for line in said.splitlines() if re.search(r"\[(warning|error|fatal)\]", line)]
    lines = [line for line in lines if "swscaler" not in line]  # which concerns ffmpeg's own formats
    return "; ".join(dict.fromkeys(re.sub(r" @ 0x[0-9a-f]+", "", line) for line in lines))


def by_exiftool(program: str, path: Path) -> View:
    (row,) = json.loads(run_program(program, *VALIDATE, "-ImageWidth#", "-ImageHeight#", path).stdout)
    if "ImageWidth" not in row:
        raise ValueError(str(row.get("Error", "no size")))
    warned = row.get("Warning", [])
    words = "; ".join(warned if isinstance(warned, list) else [warned])
    return View(_pixels(row["ImageWidth"]), _pixels(row["ImageHeight"]), words=words)


def _pixels(length: object) -> int:
    """The length in pixels, of a number or of an attribute of an SVG."""
    return round(float(str(length).removesuffix("px")))


def by_icotool(program: str, path: Path) -> View:
    with TemporaryDirectory() as folder:
        words = run_program(program, "--extract", "--output", folder, path).stderr.decode().strip()
        images = [Image.open(each) for each in Path(folder).iterdir()]
        return seen([max(images, key=lambda image: image.width)], words=words)


def by_pngcheck(program: str, path: Path) -> View:
    """pngcheck prints nothing for a valid file if it is asked to be quiet."""
    words = run_program(program, "-q", path).stdout.decode().strip()
    width, height = re.search(r"(\d+)x(\d+)", run_program(program, path).stdout.decode()).groups()  # type: ignore[union-attr]  # it is there
    return View(int(width), int(height), words=words)


def by_webpmux(program: str, path: Path) -> View:
    said = run_program(program, "-info", path).stdout.decode()
    width, height = map(int, re.search(r"Canvas size:? (\d+) x (\d+)", said).groups())  # type: ignore[union-attr]  # it is there
    rows = re.findall(r"^ *\d+: +\d+ +\d+ +\w+ +\d+ +\d+ +(\d+)", said, re.MULTILINE)
    loops = re.search(r"Loop Count *: *(\d+)", said)
    delays = tuple(map(int, rows))
    return View(width, height, len(delays) or 1, delays or None, int(loops[1]) if loops else None)


def by_webpinfo(program: str, path: Path) -> View:
    said = run_program(program, "-quiet", "-diag", path).stdout.decode().strip()
    return View(words="" if said.endswith("No error detected.") else said)


def by_rsvg(program: str, path: Path) -> View:
    done = run_program(program, path)
    return seen([Image.open(BytesIO(done.stdout))], words=done.stderr.decode().strip())


class GError(ctypes.Structure):
    """The first fields of GLib's structure."""

    _fields_ = (("domain", ctypes.c_uint32), ("code", ctypes.c_int), ("message", ctypes.c_char_p))


def by_gdk_pixbuf(_: str, path: Path) -> View:
    library = ctypes.CDLL(find_library(GDK_PIXBUF))
    library.gdk_pixbuf_new_from_file.restype = ctypes.c_void_p
    library.gdk_pixbuf_get_pixels.restype = ctypes.POINTER(ctypes.c_ubyte)
    error = ctypes.POINTER(GError)()
    pixbuf = library.gdk_pixbuf_new_from_file(str(path).encode(), ctypes.byref(error))
    if not pixbuf:
        raise ValueError(error.contents.message.decode())
    return seen([_of_pixbuf(library, ctypes.c_void_p(pixbuf))])


def _of_pixbuf(library: ctypes.CDLL, pixbuf: ctypes.c_void_p) -> Image.Image:
    width, height, stride, channels = (
        getattr(library, f"gdk_pixbuf_get_{name}")(pixbuf) for name in ("width", "height", "rowstride", "n_channels")
    )
    mode = "RGBA" if channels == 4 else "RGB"
    length = stride * (height - 1) + width * channels
    data = ctypes.string_at(library.gdk_pixbuf_get_pixels(pixbuf), length).ljust(stride * height, b"\0")
    return Image.frombytes(mode, (width, height), data, "raw", mode, stride)


PROGRAMS: dict[str, Read] = {
    "ffmpeg": by_ffmpeg,
    "exiftool": by_exiftool,
    "icotool": by_icotool,
    "pngcheck": by_pngcheck,
    "webpmux": by_webpmux,
    "webpinfo": by_webpinfo,
    "rsvg-convert": by_rsvg,
    GDK_PIXBUF: by_gdk_pixbuf,
}
