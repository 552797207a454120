"""Makes tags by small networks on this machine. They only contain what is certain."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from imgopt.detection.faces import find_faces, is_installed, open_face_detector
from imgopt.detection.open_images import can_score_things, open_second_detector, score_things
from imgopt.detection.things import can_find_things, find_things, open_thing_detector
from imgopt.imaging.kinds import PictureKind, kind_of
from imgopt.tagging.captions import Findings, describe_findings
from imgopt.tagging.classifier import CLASSIFIERS, classify_image, open_classifier
from imgopt.tagging.colors import measure_colors
from imgopt.tagging.model import OFFLINE_LANGUAGE, Briefing, ImageTags
from imgopt.tagging.ocr import open_engine, read
from imgopt.tagging.quoting import choose_quotes
from imgopt.tagging.scene_head import score_terms
from imgopt.tagging.scenes import Detections, find_scene
from imgopt.telemetry import logger

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class OfflineTagger:
    """Names the subject, quotes text and names the colours, each where it is certain.

    The networks are opened with the first image and kept. Threads may share a tagger; each network processes one image
    at a time.
    """

    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """Makes tags in English from the image only. A warning says where the briefing asks for more.

        Raises TaggingFailed where nothing is certain, NotConfigured where the networks or their runtime are missing.
        """
        from imgopt.codecs.shared.color import flatten

        flat = flatten(image)
        reading = read(flat)
        seen = run_networks(flat, reading.found)
        quotes = choose_quotes(reading, is_graphic=seen.is_graphic)
        found = Findings(find_scene(seen), quotes, measure_colors(image), image.size)
        return replace(describe_findings(found), warning=" ".join(_tell_left_out(briefing)) or None)


def open_all() -> None:
    """Opens all installed networks. Raises NotConfigured where a required one is missing."""
    open_engine()
    for classifier in CLASSIFIERS:
        open_classifier(classifier.name)
    detectors = (
        (can_find_things, open_thing_detector),
        (can_score_things, open_second_detector),
        (is_installed, open_face_detector),
    )
    for is_there, open_detector in detectors:
        if is_there():
            open_detector()


def _tell_left_out(briefing: Briefing) -> Iterator[str]:
    if briefing.language.lower().partition("-")[0] != OFFLINE_LANGUAGE:
        yield f"Offline tags are in English, not in {briefing.language}."
    if briefing.context:
        yield "Offline tags ignore output_seo_context."


def run_networks(image: "Image", lines: int) -> Detections:
    """Runs the networks on an image of mode L or RGB in which `lines` lines of text were found."""
    is_graphic = kind_of(image) is PictureKind.GRAPHIC
    if not (can_find_things() and can_score_things() and is_installed()):
        _note_missing_detectors()
    things = find_things(image) if can_find_things() else ()
    scores = score_things(image) if can_score_things() else {}
    faces = len(find_faces(image)) if is_installed() else 0
    looks = classify_image(image)
    return Detections(looks.classes, things, scores, score_terms(looks.features), faces, lines, is_graphic)


@cache
def _note_missing_detectors() -> None:
    """Logs, once per process, that detectors are missing. Tags contain less without them, but nothing wrong."""
    logger.warning("tags name fewer things and people, as not all detectors are installed")
