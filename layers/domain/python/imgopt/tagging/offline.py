"""Words by small models on this machine: little, but nothing that is not certain."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.tagging.captions import Findings, put_into_words
from imgopt.tagging.classifier import look
from imgopt.tagging.colors import measure
from imgopt.tagging.model import Words
from imgopt.tagging.quoting import choose_quotes
from imgopt.tagging.reading import read
from imgopt.tagging.subjects import find_subject

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class OfflineTagger:
    """Names the subject, quotes text and tells the colours, each where it is certain.

    The networks are opened with the first image and kept. Threads may share it; each image takes one of them.
    """

    def tag(self, image: "Image", language: str) -> Words:
        """As a Tagger does, but always in English, which `language` of the words says: there is no other to be had.

        Raises NoWords where nothing is certain, and NotAvailable where the networks or what runs them is missing.
        """
        from imgopt.codecs.color import flatten

        flat = flatten(image)
        subject = find_subject(look(flat))
        return put_into_words(Findings(subject, choose_quotes(read(flat)), measure(image), image.size))
