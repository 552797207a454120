"""Tags by small models on this machine: little, but nothing that is not certain."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.imaging.kinds import PictureKind, kind_of
from imgopt.tagging.captions import Findings, describe_findings
from imgopt.tagging.classifier import classify_looks
from imgopt.tagging.colors import measure_colors
from imgopt.tagging.model import ImageTags
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

    def tag(self, image: "Image", language: str) -> ImageTags:
        """As a Tagger does, but always in English, which `language` of the tags says: there is no other to be had.

        Raises TaggingFailed where nothing is certain, NotConfigured where the networks or what runs them is missing.
        """
        from imgopt.codecs.shared.color import flatten

        flat = flatten(image)
        return describe_findings(Findings(_find(flat), choose_quotes(read(flat)), measure_colors(image), image.size))


def _find(image: "Image") -> Subject | None:
    subject = find_subject(classify_looks(image))
    if subject and subject.name not in GRAPHIC and kind_of(image) is PictureKind.GRAPHIC:
        return None
    return subject
