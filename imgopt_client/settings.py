"""Settings of images, by the names in the command line and in Python."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypedDict

# The server's name of each setting.
SETTING_OF_OPTION = {
    "format": "output_format",
    "quality": "output_quality",
    "target": "output_quality_target",
    "width": "output_width",
    "height": "output_height",
    "fit": "output_resize_behavior",
    "background": "output_background",
    "max_bytes": "output_file_size_limit",
    "upscale": "output_upscale_factor",
    "frames": "gif_frame_limit",
    "keep_animation": "keep_animation",
    "keep_faces": "keep_faces",
    "keep_metadata": "keep_metadata",
    "jpeg_reconstruction": "jpeg_reconstruction",
    "tags": "output_seo_tag_gen",
    "rename": "output_seo_rename",
    "write_tags": "write_tags",
    "mark_upscaled": "mark_upscaled",
    "language": "output_seo_language",
    "context": "output_seo_context",
}


class ImageSettings(TypedDict, total=False):
    """Settings of an image. All are optional; the server has the defaults, and checks combinations.

    Sizes are in pixels, `max_bytes` is in bytes, `quality` is 1 to 100. `target` is a score to reach in place of a
    quality: 30 to 100, or visually_lossless, high, medium, low. `upscale` is a factor, 0.1 to 10. `frames` is the
    largest number of frames of an animation. `fit` says how to reach both a width and a height: pad, crop or fit.
    `keep_metadata` selects EXIF, XMP and IPTC: none, all, or a list of copyright, creation, location.
    """

    format: str
    quality: int
    target: str | float
    width: int
    height: int
    fit: Literal["pad", "crop", "fit"]
    background: str
    max_bytes: int
    upscale: float
    frames: int
    keep_animation: bool
    keep_faces: bool
    keep_metadata: str | list[str]
    jpeg_reconstruction: bool
    tags: bool
    rename: bool
    write_tags: bool
    mark_upscaled: bool
    language: str
    context: str


def server_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings by the server's names. Raises TypeError for an unknown name, with the most similar known one."""
    for name in options:
        if name not in SETTING_OF_OPTION:
            near = get_close_matches(name, SETTING_OF_OPTION, n=1)
            raise TypeError(f"There is no setting {name!r}.{f' Did you mean {near[0]!r}?' if near else ''}")
    return {SETTING_OF_OPTION[name]: value for name, value in options.items()}
