"""Variants in S3: `variants/<hash>` of the source's bytes, all options, and the pipeline's version.

They never change. A lifecycle rule of the bucket deletes them, and missing ones are made again.
"""

import json
from contextlib import suppress
from dataclasses import asdict, astuple
from hashlib import sha256

from imgopt.errors import NotFound
from imgopt.image_urls.canonical import canonical
from imgopt.image_urls.model import SecurityOptions
from imgopt.jobs import results
from imgopt.settings import settings
from imgopt.storage import objects
from imgopt.storage.objects import NewObject
from imgopt.variants.model import SourceState, StoredVariant, VariantNotes, VariantPlan

# Raise it where the same options lead to other pixels or bytes: all variants are made again then.
PIPELINE_VERSION = 1
VARIANTS_FOLDER, SOURCES_FOLDER = "variants", "variants/sources"
KEY_LENGTH = 40


def variant_key(state: SourceState, plan: VariantPlan, limits: SecurityOptions, watermark: str = "") -> str:
    """Returns the key. `watermark` is the digest of the watermark's image."""
    parts: list[object] = [PIPELINE_VERSION, state.digest, plan.format or "source"]
    if plan.format:
        parts += [
            canonical(plan.options),
            plan.target,
            None if plan.target else plan.quality,
            astuple(limits),
            watermark,
        ]
    return f"{VARIANTS_FOLDER}/{name_by_hash(parts)}"


def description_key(state: SourceState) -> str:
    return f"{VARIANTS_FOLDER}/{name_by_hash([PIPELINE_VERSION, state.digest, 'description'])}"


def enlarged_key(state: SourceState, factor: int) -> str:
    return f"{SOURCES_FOLDER}/{name_by_hash([PIPELINE_VERSION, state.digest, factor])}"


def name_by_hash(parts: object) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:KEY_LENGTH]


def find(key: str) -> StoredVariant | None:
    """Returns a variant, with its bytes unless these are too many for an answer; None where it isn't stored."""
    bucket, most = settings().results_bucket, settings().inline_download_bytes
    with suppress(NotFound):
        known, data = objects.read_small(bucket, key, most)
        if known.record:
            return StoredVariant(key, VariantNotes(**json.loads(known.record)), known.size, data)
    return None


def keep(key: str, notes: VariantNotes, data: bytes) -> StoredVariant:
    made = NewObject(data, notes.mime_type, json.dumps(asdict(notes)))
    made.put(settings().results_bucket, key)
    is_small = len(data) <= settings().inline_download_bytes
    return StoredVariant(key, notes, len(data), data if is_small else None)


def keep_enlarged(key: str, data: bytes, mime_type: str) -> None:
    NewObject(data, mime_type).put(settings().results_bucket, key)


def read_enlarged(key: str) -> bytes | None:
    with suppress(NotFound):
        return objects.read(settings().results_bucket, key)
    return None


def presign_variant(variant: StoredVariant, disposition: str, seconds: int) -> str:
    return results.presign_result(variant.key, disposition=disposition, seconds=seconds)
