"""Readers from PyPI. Each opens a file and returns its view of the file. An exception is its error message."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence

from benchmarks.interop.views import View, seen

WHITE = 255


def by_pillow(path: Path) -> View:
    with Image.open(path) as image:
        images = [frame.convert("RGBA") for frame in ImageSequence.Iterator(image)]
        delays = [_delay_of(image, number) for number in range(len(images))] if len(images) > 1 else None
        dpi = image.info.get("dpi")
        return seen(images, durations=delays, loops=image.info.get("loop"), dpi=dpi and round(dpi[0]))


def _delay_of(image: Image.Image, number: int) -> float:
    image.seek(number)
    image.load()
    return float(image.info["duration"])


def by_pyvips(path: Path) -> View:
    import pyvips

    try:
        image = pyvips.Image.new_from_file(str(path), n=-1)
    except pyvips.Error:  # loaders of single pages accept no page number
        image = pyvips.Image.new_from_file(str(path))
    height = image.get("page-height") if "page-height" in image.get_fields() else image.height
    whole = from_pixels(image.colourspace("srgb").cast("uchar").numpy())
    frames = [whole.crop((0, top, image.width, top + height)) for top in range(0, image.height, height)]
    fields = image.get_fields()
    return seen(
        frames,
        durations=image.get("delay") if "delay" in fields and len(frames) > 1 else None,
        loops=stored(image.get("loop"), path) if "loop" in fields else None,
        dpi=round(image.xres * 25.4) if path.suffix in (".jpg", ".png") else None,
    )


def from_pixels(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> Image.Image:
    """RGBA of 8 bits, from one to four channels in the order of RGBA. Of 16 bits, the upper 8 are taken."""
    values = np.asarray(pixels)
    if values.dtype == np.uint16:
        values = values // 257
    if values.dtype == np.bool_:
        values = values * WHITE
    values = values.astype(np.uint8)
    return Image.fromarray(values[..., 0] if values.ndim == 3 and values.shape[2] == 1 else values).convert("RGBA")


def stored(plays: int, path: Path) -> int:
    """The stored number of plays. A GIF stores the number of plays after the first."""
    return max(0, plays - 1) if path.suffix == ".gif" else plays


def by_opencv(path: Path) -> View:
    import cv2

    opened, animation = cv2.imreadanimation(str(path))
    still = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if still is None:
        raise ValueError("imread answers nothing")
    if not opened or len(animation.frames) < 2:
        return seen([_of_opencv(still)])
    frames = [_of_opencv(frame) for frame in animation.frames]
    return seen(frames, durations=list(animation.durations), loops=stored(animation.loop_count, path))


def _of_opencv(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> Image.Image:
    if pixels.ndim < 3 or pixels.shape[2] == 1:
        return from_pixels(pixels)
    return from_pixels(pixels[..., [2, 1, 0, *range(3, pixels.shape[2])]])


def by_imageio(path: Path) -> View:
    import imageio.v3

    return seen([from_pixels(frame) for frame in imageio.v3.imiter(path)])


def by_imagecodecs(path: Path) -> View:
    import imagecodecs

    name = {"jpg": "jpeg8", "png": "apng"}.get(path.suffix[1:], path.suffix[1:])
    pixels = getattr(imagecodecs, f"{name}_decode")(path.read_bytes())
    return seen([from_pixels(frame) for frame in (pixels if _has_frames(pixels) else [pixels])])


def _has_frames(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> bool:
    return pixels.ndim == 4 or (pixels.ndim == 3 and pixels.shape[2] > 4)


def by_imagesize(path: Path) -> View:
    import imagesize

    width, height = imagesize.get(str(path))
    if width < 0:
        raise ValueError("no size")
    dpi = imagesize.getDPI(str(path))[0] if path.suffix in (".jpg", ".png") else None
    return View(width, height, dpi=dpi if dpi and dpi > 0 else None)


def by_cairosvg(path: Path) -> View:
    import cairosvg

    return seen([Image.open(BytesIO(cairosvg.svg2png(url=str(path))))])


def by_pymupdf(path: Path) -> View:
    import pymupdf

    if path.suffix != ".svg":
        pixmap = pymupdf.Pixmap(str(path))
        if pixmap.colorspace is not None and pixmap.colorspace.n == 1:
            pixmap = pymupdf.Pixmap(pymupdf.csRGB, pixmap)
    else:
        pixmap = pymupdf.open(path)[0].get_pixmap(alpha=True)
    return seen([Image.open(BytesIO(pixmap.tobytes("png")))])


def by_python_docx(path: Path) -> View:
    import docx
    from docx.image.image import Image as Picture

    document = docx.Document()
    document.add_picture(str(path))
    document.save(BytesIO())
    image = Picture.from_file(str(path))
    return View(image.px_width, image.px_height, dpi=image.horz_dpi)


def by_python_pptx(path: Path) -> View:
    import pptx

    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[6])
    image = slide.shapes.add_picture(str(path), 0, 0).image
    slides.save(BytesIO())
    width, height = image.size
    return View(width, height, dpi=image.dpi[0])


def by_openpyxl(path: Path) -> View:
    from openpyxl import Workbook
    from openpyxl.drawing.image import Image as Picture

    book = Workbook()
    picture = Picture(path)
    book.active.add_image(picture, "A1")
    book.save(BytesIO())
    return View(round(picture.width), round(picture.height))


def by_reportlab(path: Path) -> View:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    image, canvas = ImageReader(str(path)), Canvas(BytesIO())
    canvas.drawImage(image, 0, 0, mask="auto")
    canvas.save()
    return View(*image.getSize())


def by_img2pdf(path: Path) -> View:
    import img2pdf
    import pymupdf

    pages = pymupdf.open("pdf", img2pdf.convert(str(path)))
    _, _, width, height, *_ = pages[0].get_images()[0]
    return View(width, height)


def by_qt(path: Path) -> View:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication, QImage, QImageReader

    application = QGuiApplication.instance() or QGuiApplication([])
    reader, images, delays = QImageReader(str(path)), [], []
    for _ in range(max(1, reader.imageCount())):  # canRead stays true for a GIF that loops for ever
        image = reader.read()
        if image.isNull():
            break
        images.append(image.convertToFormat(QImage.Format.Format_RGBA8888))
        delays.append(reader.nextImageDelay())
    del application
    if not images:
        raise ValueError(reader.errorString())
    moving = len(images) > 1 and reader.supportsAnimation()
    shown = images if moving else images[:1]
    loops = stored(reader.loopCount() + 1, path) if moving else None
    return seen([_of_qt(image) for image in shown], durations=delays if moving else None, loops=loops)


def _of_qt(image: Any) -> Image.Image:
    width, height = image.width(), image.height()
    return Image.frombytes("RGBA", (width, height), bytes(image.constBits()))


PACKAGES: dict[str, Callable[[Path], View]] = {
    "pillow": by_pillow,
    "pyvips": by_pyvips,
    "opencv-python-headless": by_opencv,
    "imageio": by_imageio,
    "imagecodecs": by_imagecodecs,
    "imagesize": by_imagesize,
    "cairosvg": by_cairosvg,
    "pymupdf": by_pymupdf,
    "python-docx": by_python_docx,
    "python-pptx": by_python_pptx,
    "openpyxl": by_openpyxl,
    "reportlab": by_reportlab,
    "img2pdf": by_img2pdf,
    "pyside6-essentials": by_qt,
}
