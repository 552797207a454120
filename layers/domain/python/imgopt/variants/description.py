"""Descriptions of sources, which are made once and stored like variants."""

import json
from dataclasses import replace

from imgopt.image_urls.model import ImageUrl
from imgopt.variants import alt_texts, pixels, records, sources, store
from imgopt.variants.admission import UrlAdmission
from imgopt.variants.misses import readable_refusals
from imgopt.variants.model import ReadSource, StoredVariant, VariantAnswer, VariantNotes
from imgopt.variants.single_flight import make_once

DESCRIPTION_TYPE = "application/json"


def describe_source(image: ImageUrl, admission: UrlAdmission) -> VariantAnswer:
    """Returns the description of a source as JSON. Options of the image URL have no effect. Raises as
    `service.find_answer` does.
    """
    most = pixels.most_bytes(image.limits)
    snapshot = sources.look_up(image.source, most, admission.admit)
    key = store.description_key(snapshot.state)

    def make() -> StoredVariant:
        admission.admit()
        return _describe(image, key, sources.read_bytes(image.source, snapshot, most))

    described = store.find(key) or make_once(key, lambda: store.find(key), make)
    answer = VariantAnswer(described, snapshot.state.believed_until)
    if not image.response.words:
        return answer
    alt = alt_texts.find_or_request(image.source, snapshot, most)
    return replace(answer, alt=alt or "", seconds=alt_texts.alt_text_cache_seconds(alt))


def _describe(image_url: ImageUrl, key: str, read: ReadSource) -> StoredVariant:
    image = read.state.image
    with readable_refusals():
        seen = pixels.describe_pixels(read.data, image, image_url.limits)
    records.note_changes(image_url.source, read.state.digest, kind=seen.kind.value, has_alpha=seen.has_alpha)
    fields = {
        "format": image.format,
        "mime_type": image.mime_type,
        "size": read.state.size,
        "width": seen.width,
        "height": seen.height,
        "frames": seen.frames,
        "has_alpha": seen.has_alpha,
        "kind": seen.kind.value,
        "exif": seen.exif,
        "thumbhash": seen.thumbhash,
        "dominant_colors": list(seen.colors),
    }
    notes = VariantNotes("json", DESCRIPTION_TYPE, seen.width, seen.height, seen.width, seen.height)
    return store.keep(key, notes, json.dumps(fields).encode())
