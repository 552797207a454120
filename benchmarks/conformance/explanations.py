"""The reasons why the service and the second decoder read a file differently, with the clause of the specification."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Explanation:
    """The reason for files whose labels match `pattern`, such as "pillow: Tests/images/*.png".

    It applies only to the second decoder whose name contains `reader`.
    """

    pattern: str
    reader: str
    reason: str


FONTS = "A reader may choose the font of a text (CSS Fonts 4, 5.2). The service always uses the same font."
EDGES = "The sides are no whole numbers of pixels. The service draws the last column and row in full, librsvg in part."
CHROMA = "No specification says how to enlarge 4:2:0 chroma at sharp edges (H.273, 8.7; ITU-T T.81, A.1.1)."

FLOATS = "The service reads floats as linear light, and codes them as sRGB in 8 bits (docs/formats.md)."
INTEGERS = "Signed or 32-bit numbers that all fit into 8 or 16 bits have the range of that depth (docs/formats.md)."
DEFAULT_IMAGE = "Skia shows the image for viewers without animation, the service the frame (PNG 3rd ed., 4.9)."
OLDER_ALPHA = "Skia ignores alpha if the header is older than the fourth version. The service uses it (decision 36)."

EXPLANATIONS = (
    Explanation(
        "pillow: *_orientation_*.webp", "Skia",
        "The service applies the EXIF orientation of WebP, as browsers do (RFC 9649, 2.7.1.5; CSS Images 3, 6.1).",
    ),
    Explanation(
        "pillow: *avif/rot?mir?.avif", "FFmpeg",
        "FFmpeg does not apply irot and imir, as readers must (ISO/IEC 23008-12, 6.5.10 and 6.5.12).",
    ),
    Explanation(
        "pillow: *avif/xmp_tags_orientation.avif", "FFmpeg",
        "The service applies the ICC profile (ISO/IEC 14496-12, 12.1.5). FFmpeg returns the coded values.",
    ),
    Explanation("pillow: *avif/hopper.avif", "FFmpeg", CHROMA),
    Explanation("filetype: *sample.avif", "FFmpeg", CHROMA),
    Explanation("imagesize: *test*.tiff", "tifffile", CHROMA),
    Explanation("pillow: *old-style-jpeg-compression*.tif", "tifffile", CHROMA),
    Explanation("imagecodecs: tests/data/tiff/gray*.f[248].tif", "tifffile", FLOATS),
    Explanation("scikit-image: *multipage_rgb.tif", "tifffile", FLOATS),
    Explanation("pillow: *10ct_32bit_128.tiff", "tifffile", FLOATS),
    Explanation("imagecodecs: tests/data/tiff/gray*.[iu][24].tif", "tifffile", INTEGERS),
    Explanation("pillow: *16_bit_binary_pgm.tiff", "tifffile", INTEGERS),
    Explanation(
        "imagecodecs: tests/data/tiff/gray.separate.u1.tif", "tifffile",
        "The service does not read a sample of unspecified meaning as alpha (TIFF 6.0, section 18, ExtraSamples 0).",
    ),
    Explanation(
        "wand: *apple.ico", "Skia", "Of images of the same size, the service reads that with the most bits per pixel.",
    ),
    Explanation("pillow: *apng/s[ip]*.png", "Skia", DEFAULT_IMAGE),
    Explanation(
        "pillow: *apng/chunk_multi_actl.png", "Skia",
        "A file with two acTL chunks is invalid (PNG 3rd ed., 5.6). The service shows no animation.",
    ),
    Explanation("pillow: *bmp/q/rgba32*.bmp", "Skia", OLDER_ALPHA),
    Explanation("pillow: *rgb32bf-abgr.bmp", "Skia", "The service ignores alpha that is 0 everywhere (decision 36)."),
    Explanation(
        "pillow: *bmp/g/pal8v4.bmp", "Skia", "The service applies the gamma that the header states (BITMAPV4HEADER).",
    ),
    Explanation("pyglet: doc/*.svg", "librsvg", FONTS),
    Explanation("undraw-svg: *", "librsvg", EDGES),
    Explanation(
        "pillow: *apng/mode_grayscale_alpha.png", "FFmpeg",
        "FFmpeg does not blend grey with alpha over the previous frame (PNG 3rd ed., 11.3.6.2).",
    ),
    Explanation(
        "pillow: *apng/mode_palette_1bit_alpha.png", "FFmpeg",
        "FFmpeg does not blend palettes with alpha over the previous frame (PNG 3rd ed., 11.3.6.2).",
    ),
    Explanation(
        "pillow: *apng/syntax_num_frames_low.png", "FFmpeg",
        "acTL states one frame, and two follow. The service reads as many as acTL states (PNG 3rd ed., 11.3.6.1).",
    ),
    Explanation(
        "pillow: *bmp/b/badrle.bmp", "Skia", "The file was damaged on purpose. No specification says what to show.",
    ),
    Explanation(
        "pillow: *hopper_bad_exif.jpg", "Skia",
        "The libjpeg-turbo in imagecodecs reads exactly the same pixels as the service.",
    ),
    Explanation(
        "pillow: *icc_profile_big.jpg", "Skia",
        "Each colour engine interpolates the tables of a profile in its own way (ICC.1, 10.12).",
    ),
    Explanation(
        "scikit-image: *page.png", "Skia",
        "The service applies the profile for grey, dot gain 20 % (PNG 3rd ed., 11.3.2.3). Skia ignores it.",
    ),
    Explanation(
        "pillow: *tiff_wrong_bits_per_sample_3.tiff", "tifffile",
        "ExtraSamples is missing. The service and libtiff read the fourth sample as alpha, tifffile does not.",
    ),
    Explanation(
        "pillow: *tiff_tiled_jpeg_oob_read.tif", "tifffile", "The file is damaged: its tiles have another size.",
    ),
)  # fmt: skip


def explain(label: str, reader: str) -> str | None:
    found = (each for each in EXPLANATIONS if each.reader in reader and fnmatchcase(label, each.pattern))
    return next((each.reason for each in found), None)
