"""Why a file may look different here: one line for a file or a kind, with the specification's clause that decides."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Explanation:
    """`pattern` is of labels, as in "pillow: Tests/images/*.png". `reader` is the one that it is of, by a part of its
    name: another one's difference is not explained by it."""

    pattern: str
    reader: str
    reason: str


FONTS = "Text: which font draws it is left to the reader (CSS Fonts 4, 5.2); here it is always the same one."
EDGES = "Sides that are no whole pixels: the last column and row are drawn whole here, in part there."
CHROMA = "4:2:0 beside sharp edges: how chroma is made larger is nowhere specified (H.273, 8.7; ITU-T T.81, A.1.1)."

FLOATS = "Floats are amounts of light here, coded as sRGB for 8 bits (docs/formats.md)."
INTEGERS = "Numbers that are signed or of 32 bits, and all within 16 bits, take that range here (docs/formats.md)."
DEFAULT_IMAGE = "Skia alone shows the image for viewers without animation, browsers the frame (PNG 3rd ed., 4.9)."
OLDER_ALPHA = "Skia leaves out the alpha of headers before the fourth version; it is taken here (decision 36)."

EXPLANATIONS = (
    Explanation(
        "pillow: *_orientation_*.webp", "Skia",
        "EXIF's orientation in WebP is obeyed here, as in browsers (RFC 9649, 2.7.1.5; CSS Images 3, 6.1).",
    ),
    Explanation(
        "pillow: *avif/rot?mir?.avif", "FFmpeg",
        "FFmpeg doesn't turn by irot and imir, which readers have to obey (ISO/IEC 23008-12, 6.5.10 and 6.5.12).",
    ),
    Explanation(
        "pillow: *avif/xmp_tags_orientation.avif", "FFmpeg",
        "The ICC profile is obeyed here (ISO/IEC 14496-12, 12.1.5); FFmpeg hands on what is coded.",
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
        "A sample of which the file says nothing is no alpha (TIFF 6.0, section 18, ExtraSamples 0).",
    ),
    Explanation(
        "wand: *apple.ico", "Skia", "Of drawings of one size the deepest is taken here; Skia takes the first.",
    ),
    Explanation("pillow: *apng/s[ip]*.png", "Skia", DEFAULT_IMAGE),
    Explanation(
        "pillow: *apng/chunk_multi_actl.png", "Skia",
        "There are two acTL, which may stand once (PNG 3rd ed., 5.6): it is no animation here.",
    ),
    Explanation("pillow: *bmp/q/rgba32*.bmp", "Skia", OLDER_ALPHA),
    Explanation("pillow: *rgb32bf-abgr.bmp", "Skia", "Alpha that is 0 everywhere is none here (decision 36)."),
    Explanation(
        "pillow: *bmp/g/pal8v4.bmp", "Skia", "The gamma that the header states is obeyed here (BITMAPV4HEADER).",
    ),
    Explanation("pyglet: doc/*.svg", "librsvg", FONTS),
    Explanation("undraw-svg: *", "librsvg", EDGES),
    Explanation(
        "pillow: *apng/mode_grayscale_alpha.png", "FFmpeg",
        "FFmpeg doesn't lay grey with alpha over the frame before (PNG 3rd ed., 11.3.6.2, APNG_BLEND_OP_OVER).",
    ),
    Explanation(
        "pillow: *apng/mode_palette_1bit_alpha.png", "FFmpeg",
        "FFmpeg doesn't lay palettes with alpha over the frame before (PNG 3rd ed., 11.3.6.2, APNG_BLEND_OP_OVER).",
    ),
    Explanation(
        "pillow: *apng/syntax_num_frames_low.png", "FFmpeg",
        "acTL says one frame and two follow: the number of acTL counts (PNG 3rd ed., 11.3.6.1).",
    ),
    Explanation(
        "pillow: *bmp/b/badrle.bmp", "Skia", "Damaged on purpose: what to show instead is nowhere specified.",
    ),
    Explanation(
        "pillow: *hopper_bad_exif.jpg", "Skia",
        "libjpeg-turbo, as imagecodecs carries it, reads the same pixels as here to the last bit.",
    ),
    Explanation(
        "pillow: *icc_profile_big.jpg", "Skia",
        "A profile of tables: between their points each colour engine interpolates its own way (ICC.1, 10.12).",
    ),
    Explanation(
        "scikit-image: *page.png", "Skia",
        "A profile for grey (dot gain 20 %): it is obeyed here (PNG 3rd ed., 11.3.2.3), Skia leaves it out.",
    ),
    Explanation(
        "pillow: *tiff_wrong_bits_per_sample_3.tiff", "tifffile",
        "ExtraSamples is missing: the fourth sample is taken as alpha here, as by libtiff; tifffile takes three.",
    ),
    Explanation(
        "pillow: *tiff_tiled_jpeg_oob_read.tif", "tifffile", "Damaged: its tiles are of another size than it says.",
    ),
)  # fmt: skip


def explain(label: str, reader: str) -> str | None:
    found = (each for each in EXPLANATIONS if each.reader in reader and fnmatchcase(label, each.pattern))
    return next((each.reason for each in found), None)
