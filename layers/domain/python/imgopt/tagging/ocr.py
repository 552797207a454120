"""Finds and reads lines of text in an image, by PP-OCRv6 through RapidOCR, whose package contains the networks.

It reads Latin letters with most diacritics, Greek, Chinese and Japanese. It doesn't read Cyrillic: capitals come out as
the Latin ones that look the same.
"""

from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from imgopt.errors import NotConfigured
from imgopt.tagging.classifier import NOT_INSTALLED
from imgopt.tagging.picture import LONGEST_SIDE

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
# Pixels of the longer side in which text is searched: enough for text worth quoting.
OCR_SIDE = 960
# Reading takes at least 30 ms a line, so that only the largest lines are read.
MOST_LINES = 12
STEP = 4 / 3
# Smaller text can't be read.
LEAST_SIDE = 8


@dataclass(frozen=True)
class Line:
    """A line of text with a score, 0 to 1, and its place in pixels of the searched image.

    `height` is that of its letters, in any direction of writing.
    """

    text: str
    score: float
    left: float
    right: float
    middle: float
    height: float


@dataclass(frozen=True)
class Reading:
    """The largest lines from top to bottom, the number of all lines found, and the width of the searched image in
    pixels.
    """

    lines: tuple[Line, ...]
    found: int
    width: int


def size_class(height: float) -> int:
    """Returns a size class: equal for heights that differ by less than about a third. Within a class upper lines come
    first.
    """
    return round(log(max(height, 1), STEP))


def read(image: "Image") -> Reading:
    """Returns all that looks like text, in an image of mode L or RGB.

    Raises NotConfigured where the networks or their runtime are not installed.
    """
    import numpy

    engine = open_engine()
    seen = image.convert("RGB")
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if min(seen.size) < LEAST_SIDE:
        return Reading((), 0, seen.width)
    pixels = numpy.ascontiguousarray(numpy.asarray(seen)[..., ::-1])
    boxes = engine.find(pixels)
    largest = sorted(range(len(boxes)), key=lambda number: -size_class(_height(boxes[number])))[:MOST_LINES]
    return Reading(tuple(engine.read(pixels, boxes[number]) for number in sorted(largest)), len(boxes), seen.width)


class _Engine:
    """The OCR engine. Its parts keep state, so that each processes one image at a time."""

    def __init__(self, finder: Any, reader: Any) -> None:
        self._finder, self._reader, self._lock = finder, reader, Lock()

    def find(self, pixels: "NDArray[numpy.uint8]") -> "NDArray[numpy.float32]":
        """Returns the corners of each line, from the top left one on, of shape (lines, 4, 2), from top to bottom."""
        import numpy

        with self._lock:
            boxes = self._finder(pixels).boxes
        return numpy.empty((0, 4, 2), numpy.float32) if boxes is None else numpy.asarray(boxes, numpy.float32)

    def read(self, pixels: "NDArray[numpy.uint8]", box: "NDArray[numpy.float32]") -> Line:
        from rapidocr.utils.process_img import get_rotate_crop_image

        with self._lock:
            found = self._reader(get_rotate_crop_image(pixels, box))
        text, score = (found.txts[0], float(found.scores[0])) if found.txts else ("", 0.0)
        across, down = box.T.tolist()
        return Line(text, score, min(across), max(across), sum(down) / len(down), _height(box))


@cache
def open_engine() -> _Engine:
    try:
        import rapidocr
    except ImportError as error:
        raise NotConfigured(NOT_INSTALLED) from error
    folder = Path(rapidocr.__file__).parent / "models"
    if not all((folder / name).exists() for name in (FINDER, READER)):
        raise NotConfigured(NOT_INSTALLED)
    finder = _options(folder / FINDER, folder / READER) | {"Global.use_rec": False}
    reader = _options(folder / FINDER, folder / READER) | {"Global.use_det": False, "Global.use_preprocess_img": False}
    return _Engine(rapidocr.RapidOCR(params=finder), rapidocr.RapidOCR(params=reader))


def _options(finder: Path, reader: Path) -> dict[str, Any]:
    """Returns the options. With the paths of its networks, RapidOCR downloads none."""
    return {
        "Global.log_level": "critical",
        "Global.text_score": 0.0,
        "Global.use_cls": False,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Det.model_path": str(finder),
        "Det.limit_type": "max",
        "Det.limit_side_len": OCR_SIDE,
        "Rec.model_path": str(reader),
    }


def _height(box: "NDArray[numpy.float32]") -> float:
    import numpy

    return float(numpy.linalg.norm(box - numpy.roll(box, 1, axis=0), axis=1).min())
