"""The bytes that a result saves, and whether these are enough."""

from imgopt_client.options import Options
from imgopt_client.responses import JsonObject
from imgopt_client.resume_state import Record

# A tolerance in bytes, because products of shares are not exact.
ROUNDING_ERROR = 0.001


def size_before(job: JsonObject, record: Record) -> int:
    """The size of the input in bytes. For a URL it is the server's."""
    return record.stamp[0] if record.stamp else int(job.get("original_size") or 0)


def saves_too_little(job: JsonObject, record: Record, options: Options) -> bool:
    return is_too_little(size_before(job, record), int(job.get("processed_size") or 0), options)


def is_too_little(before: int, after: int, options: Options) -> bool:
    """Whether a result of `after` bytes saves less than `min_saving`, or nothing."""
    if options.min_saving is None or not before:
        return False
    return after >= before or after > before * (1 - options.min_saving) + ROUNDING_ERROR
