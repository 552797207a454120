"""For each field of `TransformOptions`, a URL without the option and one with it, whose images differ."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """`source` is one of the images of tests/transform/test_options_are_done.py."""

    before: str
    after: str
    source: str = "photo"


CHANGES = {
    "resizing_type": Change("s:20:20", "s:20:20/rt:fill"),
    "width": Change("", "w:20"),
    "height": Change("", "h:20"),
    "min_width": Change("w:10", "w:10/mw:20"),
    "min_height": Change("h:10", "h:10/mh:20"),
    "zoom_x": Change("rs:force:10:10", "rs:force:10:10/z:1.5:1"),
    "zoom_y": Change("rs:force:10:10", "rs:force:10:10/z:1:1.5"),
    "dpr": Change("w:10", "w:10/dpr:2"),
    "enlarge": Change("w:200", "w:200/el:1"),
    "extend": Change("s:20:30", "s:20:30/ex:1"),
    "extend_aspect_ratio": Change("s:20:30", "s:20:30/exar:1"),
    "gravity": Change("rs:fill:10:30", "rs:fill:10:30/g:we"),
    "crop": Change("", "c:20"),
    "trim": Change("", "t:10", "framed"),
    "padding": Change("", "pd:4"),
    "auto_rotate": Change("", "ar:0", "turned"),
    "rotate": Change("", "rot:90"),
    "flip_horizontal": Change("", "fl:1"),
    "flip_vertical": Change("", "fl::1"),
    "background": Change("", "bg:00f", "clear"),
    "blur": Change("", "bl:2"),
    "sharpen": Change("", "sh:2"),
    "pixelate": Change("", "pix:8"),
    "watermark": Change("", "wm:0.5"),
    "strip_metadata": Change("", "sm:0", "signed"),
    "keep_copyright": Change("", "kcr:0", "signed"),
    "strip_color_profile": Change("", "scp:0", "profiled"),
    "preserve_hdr": Change("", "ph:1", "bright"),
    "enforce_thumbnail": Change("", "eth:1"),
    "quality": Change("", "q:10"),
    "format_quality": Change("", "fq:jpg:10"),
    "max_bytes": Change("", "mb:400"),
    "format": Change("", "f:webp"),
    "target": Change("", "target:40"),
    "upscale": Change("", "upscale:2"),
}
