"""The actions of a C2PA manifest (C2PA 2.3, "Actions"), except that the source was opened, which the manifest says
itself.
"""

from collections.abc import Iterator
from typing import Any

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.provenance import ENHANCED, VOCABULARY
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior

# By how many pixels the proportions may differ through rounding where the aspect ratio was to be kept.
ROUNDED = 1.0


def describe_actions(
    artifact: Artifact, source: ImageHeader, options: ProcessingSettings, *, has_tags: bool
) -> list[dict[str, Any]]:
    """Returns the actions in the order of the steps. Actions of machines name a digital source type of IPTC."""
    return list(_describe(artifact, source, options, has_tags=has_tags))


def _describe(
    artifact: Artifact, source: ImageHeader, options: ProcessingSettings, *, has_tags: bool
) -> Iterator[dict[str, Any]]:
    if artifact.upscaling and artifact.upscaling.tiles:  # no tiles mean that no network has run
        yield _act("c2pa.enhanced")
    if (artifact.width, artifact.height) != (source.width, source.height):
        yield from _describe_size(artifact, source, options)
    if not artifact.original_returned:
        yield {"action": "c2pa.transcoded"}
    if has_tags:
        yield {"action": "c2pa.edited.metadata"}


def _describe_size(artifact: Artifact, source: ImageHeader, options: ProcessingSettings) -> Iterator[dict[str, Any]]:
    keeps_shape = abs(artifact.width * source.height / source.width - artifact.height) <= ROUNDED
    if not keeps_shape and options.output_resize_behavior is ResizeBehavior.CROP:
        yield _act("c2pa.cropped")
    yield {"action": "c2pa.resized.proportional"} if keeps_shape else _act("c2pa.resized")


def _act(name: str) -> dict[str, Any]:
    return {"action": name, "digitalSourceType": VOCABULARY + ENHANCED}
