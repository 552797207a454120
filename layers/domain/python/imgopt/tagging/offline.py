"""Tags by small models on this machine: little, but nothing that is not certain."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.imaging.kinds import PictureKind, kind_of
from imgopt.tagging.captions import Findings, describe_findings
from imgopt.tagging.classifier import classify_looks
from imgopt.tagging.colors import measure_colors
from imgopt.tagging.model import OFFLINE_LANGUAGE, Briefing, ImageTags
from imgopt.tagging.ocr import read
from imgopt.tagging.quoting import choose_quotes
from imgopt.tagging.subjects import Subject, find_subject

if TYPE_CHECKING:
    from PIL.Image import Image

# All that is said of drawings, charts and the like: the network was trained on photographs, and takes a curve for an
# oscilloscope and a skyline at night for a screen.
GRAPHIC = frozenset({"screenshot"})


@dataclass(frozen=True)
class OfflineTagger:
    """Names the subject, quotes text and tells the colours, each where it is certain.

    The networks are opened with the first image and kept. Threads may share it; each image takes one of them.
    """

    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """As a Tagger does, but always in English and of the image alone: a warning says where more was asked for.

        Raises TaggingFailed where nothing is certain, NotConfigured where the networks or what runs them is missing.
        """
        from imgopt.codecs.shared.color import flatten

        flat = flatten(image)
        found = Findings(_find(flat), choose_quotes(read(flat)), measure_colors(image), image.size)
        return replace(describe_findings(found), warning=" ".join(_tell_left_out(briefing)) or None)


def _tell_left_out(briefing: Briefing) -> Iterator[str]:
    if briefing.language.lower().partition("-")[0] != OFFLINE_LANGUAGE:
        yield f"Tags that are made offline are in English, not in {briefing.language}."
    if briefing.context:
        yield "Tags that are made offline make no use of output_seo_context."


def _find(image: "Image") -> Subject | None:
    subject = find_subject(classify_looks(image))
    if subject and subject.name not in GRAPHIC and kind_of(image) is PictureKind.GRAPHIC:
        return None
    return subject
