"""Small pictures for tests: gradients, which show every orientation and colour."""

from functools import cache
from io import BytesIO
from types import SimpleNamespace

from PIL import Image, ImageChops, ImageCms

from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.scores.ssimulacra2 import NEEDS_NEWER_PYTHON

LIMITS = Limits(pixels=100_000_000, frames=1000, animation_pixels=400_000_000)

WIDTH, HEIGHT = 48, 32
CORNER = (250, 10, 10)

try:
    from imgopt.imaging.scores import plugin as scorer
except ImportError:
    scorer = None
HAS_SCORER = scorer is not None


def draw(mode: str = "RGB", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """A gradient with a red top left quarter; with alpha, the bottom right quarter is transparent."""
    width, height = size
    across = Image.frombytes("L", (width, 1), bytes(x * 255 // width for x in range(width)))
    down = Image.frombytes("L", (1, height), bytes(y * 255 // height for y in range(height)))
    greens, blues = (each.resize(size, Image.Resampling.NEAREST) for each in (across, down))
    image = Image.merge("RGB", (Image.new("L", size, 40), greens, blues))
    image.paste(CORNER, (0, 0, width // 2, height // 2))
    if mode in ("RGBA", "LA"):
        alpha = Image.new("L", size, 255)
        alpha.paste(0, (width // 2, height // 2, width, height))
        image.putalpha(alpha)
    return image.convert(mode)


def encode(image: Image.Image, pillow_name: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, pillow_name, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return encode(draw(), "JPEG", **{"quality": 95, **options})


def png(mode: str = "RGB", **options: object) -> bytes:
    return encode(draw(mode), "PNG", **options)


def webp(mode: str = "RGB", **options: object) -> bytes:
    return encode(draw(mode), "WEBP", **{"quality": 95, **options})


def gif(frames: int = 1, duration: int = 100, **options: object) -> bytes:
    """Frames that differ in one moving block."""
    pictures = []
    for number in range(frames):
        picture = draw()
        picture.paste((10, 250, 10), (number * 4 % WIDTH, 20, number * 4 % WIDTH + 4, 28))
        pictures.append(picture.quantize(64))
    return encode(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=duration, loop=0, **options)


def upright(image: Image.Image, orientation: int) -> bytes:
    """A JPEG stored turned, with the EXIF orientation that turns it back."""
    stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = image.transpose(stored) if stored is not None else image
    return encode(turned, "JPEG", quality=98, subsampling=0, exif=exif)


@cache
def swapped_profile() -> bytes:
    """An sRGB profile whose red and green primaries are exchanged: colours are wrong until it is applied.

    It is made once, as it tells the second in which it was made.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def open_image(data: bytes) -> Image.Image:
    """The decoded image. Pillow knows JPEG XL once this package has been imported."""
    import pillow_jxl  # noqa: F401

    image = Image.open(BytesIO(data))
    image.load()
    return image


def header(data: bytes) -> ImageHeader:
    return read_header(BytesIO(data), LIMITS)


def run(data: bytes, **settings: object) -> SimpleNamespace:
    """Processes an accepted file by the pipeline, and returns its `data` and the facts of its artifact."""
    made = optimize(data, header(data), ProcessingSettings(**settings))
    said = vars(made.artifact) | {"warning": without_missing_scorer(made.artifact.warning)}
    return SimpleNamespace(data=made.data, **said)


def without_missing_scorer(warning: str | None) -> str | None:
    """A Python that has no scorer warns of that with every result: what else is said counts."""
    if HAS_SCORER or warning is None:
        return warning
    return warning.replace(NEEDS_NEWER_PYTHON, "").strip() or None


def distance(first: Image.Image, second: Image.Image) -> float:
    """The mean difference of a channel, 0-255."""
    histogram = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).convert("L").histogram()
    return sum(value * count for value, count in enumerate(histogram)) / (first.width * first.height)
