"""Results in owners' buckets. The metadata of each tells from which bytes, and by which settings, it was made."""

from collections.abc import Iterable
from hashlib import sha256

from imgopt.buckets.keys import result_key
from imgopt.buckets.model import Order, SourceObject
from imgopt.codecs.formats import FORMATS
from imgopt.imaging.artifact import ArtifactFile
from imgopt.storage import described_objects
from imgopt.storage.described_objects import Content, DescribedObject

# Keys of S3 metadata. `imgopt sync` reads and writes the same ones (imgopt_client/sync/marks.py).
OBJECT, SOURCE, PRESET = "imgopt-object", "imgopt-source", "imgopt-preset"
WIDTH, HEIGHT, SCORE = "imgopt-width", "imgopt-height", "imgopt-score"
# A new number causes all results to be made again: increase it where the same settings lead to better files.
GENERATION = 1


def mark_of(preset: str, options: str) -> str:
    """Returns a mark of a preset, by its name and its options. It changes with the options, so that results are made
    again.
    """
    return f"{preset} {sha256(f'{GENERATION}{options}'.encode()).hexdigest()[:16]}"


def object_of(source: SourceObject) -> str:
    """Returns a hash of an object's bucket and key. A key itself may be too long for metadata."""
    return sha256(f"{source.bucket}/{source.key}".encode()).hexdigest()[:32]


def is_result(found: DescribedObject) -> bool:
    return OBJECT in found.metadata


def is_of(found: DescribedObject, source: SourceObject) -> bool:
    """Returns whether a result was made from this object, in any version."""
    return found.metadata.get(OBJECT) == object_of(source)


def is_made(found: DescribedObject | None, order: Order, mark: str) -> bool:
    """Returns whether a result is what the order would make."""
    return found is not None and (found.metadata.get(SOURCE), found.metadata.get(PRESET)) == (order.source.etag, mark)


def find(order: Order, formats: Iterable[str]) -> dict[str, DescribedObject]:
    """Returns the existing objects at the keys that a result could have, by key."""
    extensions = sorted({FORMATS[each].extension for each in formats})
    keys = [result_key(order.rule, order.source.key, order.preset, each) for each in extensions]
    found = {key: described_objects.describe(order.rule.target, key) for key in keys}
    return {key: each for key, each in found.items() if each}


def content_of(made: ArtifactFile, order: Order, mark: str) -> Content:
    artifact = made.artifact
    source = {OBJECT: object_of(order.source), SOURCE: order.source.etag}
    known = {**source, PRESET: mark, WIDTH: str(artifact.width), HEIGHT: str(artifact.height)}
    scored = {SCORE: f"{artifact.score:.1f}"} if artifact.score is not None else {}
    return Content(made.data, artifact.mime_type, {**known, **scored})
