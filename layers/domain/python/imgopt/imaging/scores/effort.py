"""How many pixels are compared for a score: as many as a small share of the job's own time allows."""

from dataclasses import dataclass

from imgopt.codecs.format import Format
from imgopt.imaging.scores.ssimulacra2 import LEAST_NANOSECONDS, NANOSECONDS_COMPARED
from imgopt.imaging.scores.tiles import TILE_PIXELS

# The share of a job's CPU time for scoring; the time of a process in nanoseconds, and per pixel that it decodes.
SHARE_OF_JOB, PROCESS_NANOSECONDS, READ_NANOSECONDS = 0.135, 22e6, 8.0
# Fewer pixels, or a smaller share, are not representative; more don't change the score.
LEAST_COMPARED, LEAST_PART, MOST_COMPARED = 9 * TILE_PIXELS, 0.04, 2_000_000


@dataclass(frozen=True)
class ScoringEffort:
    """The number of compared pixels. With `decodes` the result is decoded; otherwise a sample is encoded separately."""

    pixels: float
    decodes: bool
    seconds: float


def effort_for(read: int, made: int, target: Format, grounds: int) -> ScoringEffort:
    """Returns the effort for a job, by decoded and encoded pixels, and by the number of backgrounds."""
    job = PROCESS_NANOSECONDS + READ_NANOSECONDS * read + target.encode_nanoseconds * made
    spend = SHARE_OF_JOB * job - LEAST_NANOSECONDS
    decoding, each = target.decode_nanoseconds * made, NANOSECONDS_COMPARED * grounds
    apart = target.encode_nanoseconds + target.decode_nanoseconds
    least = min(made, LEAST_COMPARED)
    decodes = not target.encode_sample or decoding <= max(apart * least, spend - each * least)
    pixels = (spend - decoding) / each if decodes else spend / (apart + each)
    return _bounded(pixels, made, target, each, decodes=decodes)


def whole_effort(made: int, target: Format, grounds: int) -> ScoringEffort:
    """Returns the effort of a search by score: all pixels, up to `MOST_COMPARED`."""
    return _bounded(MOST_COMPARED, made, target, NANOSECONDS_COMPARED * grounds, decodes=True)


def _bounded(pixels: float, made: int, target: Format, each: float, *, decodes: bool) -> ScoringEffort:
    pixels = min(max(pixels, LEAST_COMPARED, LEAST_PART * made), MOST_COMPARED, made)
    encoding = 0.0 if decodes else target.encode_nanoseconds * pixels
    decoding = target.decode_nanoseconds * (made if decodes else pixels)
    return ScoringEffort(pixels, decodes, (encoding + decoding + each * pixels + LEAST_NANOSECONDS) / 1e9)
