"""The cases: inputs and settings. Every format is an input and an output at least once."""

from typing import TypedDict

from benchmarks.attack import Case


class SizeLimit(TypedDict):
    output_file_size_limit: int


LIMITED: SizeLimit = {"output_file_size_limit": 1}
FORMATS = ("jpg", "png", "webp", "avif", "gif", "svg", "ico")


def to(source: str, target: str, asked: str = "", stage: str = "pixels", **settings: object) -> Case:
    return Case(source, f"{target} {asked}".strip(), {"output_format": target, **settings}, stage)


CASES = (
    *(to("noise.jpg", target) for target in FORMATS),
    *(to("noise.png", target) for target in ("png", "webp", "gif")),
    *(to("noise alpha.png", target) for target in ("jpg", "png", "webp", "avif", "gif", "svg")),
    to("noise.jpg", "webp", "quality 100", output_quality=100),
    to("noise.jpg", "avif", "quality 100", output_quality=100),
    to("noise alpha.png", "webp", "quality 100", output_quality=100),
    *(to("noise.jpg", target, "1 byte", **LIMITED) for target in ("jpg", "png", "webp", "avif", "gif", "svg", "ico")),
    to("noise.jpg", "webp", "10 MB", output_file_size_limit=10_000_000),
    to("noise alpha.png", "webp", "10 MB", output_file_size_limit=10_000_000),
    to("noise.jpg", "avif", "10 MB", output_file_size_limit=10_000_000),
    *(to(name, target) for name in ("noise.jpg", "noise alpha.png") for target in ("auto", "jxl")),
    *(
        to("noise.jpg", target, "visually lossless", output_quality_target="visually_lossless")
        for target in ("jpg", "webp", "avif", "auto")
    ),
    to("photo 100 MP.jpg", "png"),
    to("photo 100 MP.jpg", "avif"),
    to("photo 100 MP.jpg", "webp", "5 MB", output_file_size_limit=5_000_000),
    to("noise 4:4:4 progressive.jpg", "jpg"),
    to("scans.jpg", "jpg"),
    to("scans.jpg", "jpg", "10 px", output_width=10),
    to("cmyk.jpg", "jpg"),
    to("interlaced.png", "jpg"),
    to("deep.png", "jpg"),
    to("noise.webp", "jpg"),
    to("noise.avif", "jpg"),
    to("noise.gif", "original"),
    to("strips.tiff", "jpg"),
    to("small tiles.tiff", "jpg"),
    to("jpeg.tiff", "jpg"),
    to("noise.bmp", "webp"),
    to("icon.ico", "webp"),
    to("noise.jpg", "jpg", "cropped", output_width=8000, output_height=2000, output_resize_behavior="crop"),
    *(
        to("one pixel.png", target, "8192 x 8192", output_width=8192, output_height=8192)
        for target in ("png", "webp", "avif", "gif", "svg")
    ),
    *(
        to(name, "original")
        for name in (
            "large frames.gif",
            "many frames.gif",
            "plain frames.gif",
            "large frames.png",
            "plain frames.png",
            "many frames.png",
            "large frames.webp",
            "many frames.webp",
            "large frames.avif",
        )
    ),
    *(to("plain frames.gif", target, "animated", keep_animation=True) for target in ("png", "webp", "avif")),
    *(to("many frames.gif", target, "animated", keep_animation=True) for target in ("webp", "avif")),
    to("large frames.gif", "webp", "animated, 1 byte", keep_animation=True, **LIMITED),
    to("many frames.gif", "gif", "1 frame", gif_frame_limit=1),
    to("many frames.png", "png", "1 frame", gif_frame_limit=1),
    to("many frames.gif", "gif", "1 byte", **LIMITED),
    to("large frames.webp", "webp", "1 byte", **LIMITED),
    *(
        to(f"{name}.svg", "png", "8192 px", output_width=8192)
        for name in (
            "turbulence",
            "blurs",
            "convolution",
            "morphology",
            "lighting",
            "filtered areas",
            "doubled",
            "layers",
            "masks",
            "patterns",
            "dashes",
            "shapes",
            "text",
            "rules",
            "variables",
            "own boxes",
        )
    ),
    *(
        to(f"{name}.svg", "original")
        for name in ("turbulence", "morphology", "doubled", "long path", "huge path", "shapes", "text")
    ),
    to("long path.svg", "original", "1 byte", **LIMITED),
    to("turbulence.svg", "webp", "1 byte", output_width=8192, **LIMITED),
    to("tiny text.png", "jpg", "tags", stage="words", output_seo_tag_gen=True),
    to("noise.png", "jpg", "tags", stage="words", output_seo_tag_gen=True),
    to("turbulence.svg", "jpg", "tags", stage="words", output_seo_tag_gen=True),
    to("photo 12 MP.jpg", "jpg", "2x", stage="upscale", output_upscale_factor=2),
    to("photo 12 MP.jpg", "jpg"),
    to("photo 12 MP.jpg", "webp"),
    to("photo 12 MP.jpg", "png"),
    to("photo 12 MP.jpg", "webp", "500 kB", output_file_size_limit=500_000),
)
