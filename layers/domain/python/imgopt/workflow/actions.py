"""What was done with an image, in the words of C2PA 2.3, "Actions"; that its source was opened is said beside."""

from collections.abc import Iterator
from typing import Any

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.provenance import ENHANCED, VOCABULARY
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior

# By how much the proportions of whole pixels may differ from those that were asked to stay.
ROUNDED = 1.0


def describe_actions(
    artifact: Artifact, source: ImageHeader, options: ProcessingSettings, *, has_tags: bool
) -> list[dict[str, Any]]:
    """In the order of the steps. What machines did says by a digital source type of IPTC's, which kind it was."""
    return list(_describe(artifact, source, options, has_tags=has_tags))


def _describe(
    artifact: Artifact, source: ImageHeader, options: ProcessingSettings, *, has_tags: bool
) -> Iterator[dict[str, Any]]:
    if artifact.upscaling and artifact.upscaling.tiles:  # none where no network was run
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
