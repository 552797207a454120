"""What a reader reports about a file. It is passed from one process to another as one line of JSON for each file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PIL import Image


@dataclass(frozen=True)
class View:
    """What a reader reports. None means that the reader does not report the value. `durations` are in milliseconds.

    `loops` is 0 for ever. In GIF it counts the plays after the first, in other formats all plays, as in the files.
    `pixels` are RGBA of 8 bits, frame by frame. `words` are the messages of a validator. After an `error` the other
    fields are not used.
    """

    width: int | None = None
    height: int | None = None
    frames: int | None = None
    durations: tuple[int, ...] | None = None
    loops: int | None = None
    dpi: int | None = None
    words: str = ""
    error: str = ""
    pixels: bytes | None = None


def seen(
    images: Sequence[Image.Image],
    *,
    durations: Sequence[float] | None = None,
    loops: int | None = None,
    dpi: int | None = None,
    words: str = "",
) -> View:
    """A view of whole frames."""
    width, height = images[0].size
    return View(
        *(width, height, len(images)),
        durations=None if durations is None else tuple(round(each) for each in durations),
        loops=loops,
        dpi=dpi,
        words=words,
        pixels=b"".join(image.convert("RGBA").tobytes() for image in images),
    )


def write_view(view: View, path: Path) -> str:
    """The line about a file. Pixels go into a file beside it, whose name the line has."""
    row = {**asdict(view), "pixels": None, "file": path.name}
    if view.pixels is not None:
        pixels = path.with_name(f"{path.name}.rgba")
        pixels.write_bytes(view.pixels)
        row["pixels"] = str(pixels)
    return json.dumps(row)


def read_view(line: str) -> tuple[str, View]:
    """The name of the file, and the view."""
    row = json.loads(line)
    name, pixels, durations = row.pop("file"), row.pop("pixels", None), row.pop("durations", None)
    view = View(**row, durations=None if durations is None else tuple(round(each) for each in durations))
    return name, replace(view, pixels=Path(pixels).read_bytes()) if pixels else view
