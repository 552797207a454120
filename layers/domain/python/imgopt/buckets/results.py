"""Results as they lie in an owner's bucket: each says of which bytes and by which settings it was made."""

from collections.abc import Iterable
from hashlib import sha256

from imgopt.buckets.keys import result_key
from imgopt.buckets.model import Order, SourceObject
from imgopt.codecs.formats import FORMATS
from imgopt.imaging.artifact import Made
from imgopt.storage import described_objects
from imgopt.storage.described_objects import Content, DescribedObject

# In metadata of objects. `imgopt sync` reads and writes the same (imgopt_client/sync/marks.py).
OBJECT, SOURCE, PRESET = "imgopt-object", "imgopt-source", "imgopt-preset"
WIDTH, HEIGHT, SCORE = "imgopt-width", "imgopt-height", "imgopt-score"
# Another one makes all results anew: to be counted up where the same settings come to better files.
GENERATION = 1


def mark_of(preset: str, options: str) -> str:
    """A preset by its name and by what it asks: one that is changed makes its results anew."""
    return f"{preset} {sha256(f'{GENERATION}{options}'.encode()).hexdigest()[:16]}"


def object_of(source: SourceObject) -> str:
    """An object whatever it holds. Keys themselves may be longer than metadata."""
    return sha256(f"{source.bucket}/{source.key}".encode()).hexdigest()[:32]


def is_result(found: DescribedObject) -> bool:
    return OBJECT in found.metadata


def is_of(found: DescribedObject, source: SourceObject) -> bool:
    """Whether it was made of that object, whatever that held then."""
    return found.metadata.get(OBJECT) == object_of(source)


def is_made(found: DescribedObject | None, order: Order, mark: str) -> bool:
    """Whether an object is what the order would come to."""
    return found is not None and (found.metadata.get(SOURCE), found.metadata.get(PRESET)) == (order.source.etag, mark)


def find(order: Order, formats: Iterable[str]) -> dict[str, DescribedObject]:
    """What lies where a result could go, by its key."""
    extensions = sorted({FORMATS[each].extension for each in formats})
    keys = [result_key(order.rule, order.source.key, order.preset, each) for each in extensions]
    found = {key: described_objects.describe(order.rule.target, key) for key in keys}
    return {key: each for key, each in found.items() if each}


def content_of(made: Made, order: Order, mark: str) -> Content:
    artifact = made.artifact
    source = {OBJECT: object_of(order.source), SOURCE: order.source.etag}
    known = {**source, PRESET: mark, WIDTH: str(artifact.width), HEIGHT: str(artifact.height)}
    scored = {SCORE: f"{artifact.score:.1f}"} if artifact.score is not None else {}
    return Content(made.data, artifact.mime_type, {**known, **scored})
