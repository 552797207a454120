"""The files that the service makes of the inputs, and the expected view of each."""

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageSequence

from benchmarks.interop.inputs import INPUTS, MadeInput
from benchmarks.interop.views import View
from imgopt.codecs.format import Limits
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.header import read_header
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings

LIMITS = Limits(pixels=100_000_000, frames=1000, animation_pixels=400_000_000)
WRITTEN = tuple(name for name, each in FORMATS.items() if each.encode)
# WebP and AVIF store a resolution only in EXIF, and the other formats none.
HOLD_DPI = ("jpg", "png")


@dataclass(frozen=True)
class MadeFile:
    source: MadeInput
    artifact: Artifact
    path: Path

    @property
    def format(self) -> str:
        return self.artifact.format

    @property
    def traits(self) -> frozenset[str]:
        """The traits of the input, without motion if the result is a still image."""
        return self.source.traits - (frozenset() if self.artifact.frames > 1 else frozenset({"animation"}))

    @cached_property
    def expected(self) -> View:
        """The expected view: size and frames of the service's answer, delays and resolution of the input.

        Pixels and loops are those that Pillow reads. Pixels of SVG are those that resvg draws.
        """
        frames, loops = drawn(self.path.read_bytes()) if self.format == "svg" else read(self.path)
        moving = self.artifact.frames > 1
        return View(
            *(self.artifact.width, self.artifact.height, self.artifact.frames),
            durations=self.source.delays if moving else None,
            loops=loops if moving else None,
            dpi=self.source.dpi if self.format in HOLD_DPI else None,
            pixels=b"".join(frame.tobytes() for frame in frames),
        )


def read(path: Path) -> tuple[list[Image.Image], int | None]:
    with Image.open(path) as image:
        return [frame.convert("RGBA") for frame in ImageSequence.Iterator(image)], image.info.get("loop")


def drawn(data: bytes) -> tuple[list[Image.Image], None]:
    import resvg_py

    png = bytes(resvg_py.svg_to_bytes(svg_string=data.decode()))
    return [Image.open(BytesIO(png)).convert("RGBA")], None


def make_files(folder: Path) -> list[MadeFile]:
    return [made(source, name, folder) for name in WRITTEN for source in INPUTS]


def made(source: MadeInput, format_name: str, folder: Path) -> MadeFile:
    data = source.make()
    options = ProcessingSettings.model_validate({"output_format": format_name, **source.settings})
    result = optimize(data, read_header(BytesIO(data), LIMITS), options)
    path = folder / f"{source.name}.{format_name}"
    path.write_bytes(result.data)
    return MadeFile(source, result.artifact, path)
