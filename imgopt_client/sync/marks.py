"""The metadata of a result: the object, bytes and settings that it was made from.

The server's function for buckets writes the same metadata, so that neither repeats the other's work
(imgopt/buckets/results.py; tests/client/sync/test_sync.py compares both).
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from imgopt_client.responses import JsonObject

OBJECT, SOURCE, PRESET = "imgopt-object", "imgopt-source", "imgopt-preset"
WIDTH, HEIGHT, SCORE = "imgopt-width", "imgopt-height", "imgopt-score"
GENERATION = 1


def mark_of(preset: str, options: str) -> str:
    """The mark of a preset: its name, and a hash of its options in `GET /config`."""
    return f"{preset} {sha256(f'{GENERATION}{options}'.encode()).hexdigest()[:16]}"


def object_of(bucket: str, key: str) -> str:
    return sha256(f"{bucket}/{key}".encode()).hexdigest()[:32]


def is_made(noted: Mapping[str, str], etag: str, mark: str) -> bool:
    return (noted.get(SOURCE), noted.get(PRESET)) == (etag, mark)


def metadata_of(job: JsonObject, *, made_of: str, etag: str, mark: str) -> dict[str, str]:
    score: Any = job.get("score")
    return {
        OBJECT: made_of,
        SOURCE: etag,
        PRESET: mark,
        WIDTH: str(job["processed_width"]),
        HEIGHT: str(job["processed_height"]),
        **({SCORE: f"{score:.1f}"} if score is not None else {}),
    }
