"""GIFs: the service at its default quality, compared with sharp, and with gifsicle without loss."""

from bisect import bisect
from io import BytesIO
from itertools import accumulate

from PIL import Image, ImageSequence

from benchmarks.corpus import Sample
from benchmarks.matching import Match
from benchmarks.peers.programs import run_sharp
from benchmarks.results import Outcome
from benchmarks.ssimulacra2 import score
from benchmarks.trials import cpu_seconds
from imgopt.codecs.gif import codec as gif
from imgopt.codecs.gif import gifsicle

QUALITY = 80
TARGET = 0.80
MOMENTS = 3


def compare_gifs(animations: list[Sample]) -> list[Outcome]:
    """Compares with sharp, and with gifsicle -O3 without loss, which shows what lossy encoding saves and costs."""
    rated = [rate_moments(each, gif.rewrite(each.path.read_bytes(), QUALITY).data) for each in animations]
    note = f"not at equal quality: our frames score {min(rated):.0f} to {max(rated):.0f} against the original"
    name = f"GIF at quality {QUALITY}"
    return [
        Outcome(f"{name} / sharp", [match_sharp(each) for each in animations], TARGET, note=note),
        Outcome(f"{name} / gifsicle -O3", [match_gifsicle(each) for each in animations]),
    ]


def match_sharp(sample: Sample) -> Match:
    own, seconds = optimize(sample, QUALITY)
    asked = {"input": str(sample.path), "format": "gif", "options": {}, "animated": True, "fixed": True}
    (peer,) = run_sharp(asked, [QUALITY], 1)
    return Match(sample.name, sample.kind, {0: own / len(peer.data)}, seconds / peer.seconds)


def match_gifsicle(sample: Sample) -> Match:
    (own, seconds), (peer, peer_seconds) = optimize(sample, QUALITY), without_loss(sample)
    return Match(sample.name, sample.kind, {0: own / peer}, seconds / peer_seconds)


def optimize(sample: Sample, quality: int) -> tuple[int, float]:
    """The size in bytes and the CPU seconds."""
    data = sample.path.read_bytes()
    began = cpu_seconds()
    size = len(gif.rewrite(data, quality).data)
    return size, cpu_seconds() - began


def without_loss(sample: Sample) -> tuple[int, float]:
    data = sample.path.read_bytes()
    began = cpu_seconds()
    size = len(gifsicle.run_gifsicle(["-O3"], data)[0])
    return size, cpu_seconds() - began


def rate_moments(sample: Sample, data: bytes) -> float:
    """The lowest score at some times. Frames are compared by time, because encoders may merge frames."""
    before, after = timeline(sample.path.read_bytes()), timeline(data)
    moments = [before[-1][0] * (2 * index + 1) / (2 * MOMENTS) for index in range(MOMENTS)]
    return min(score(shown(before, moment), shown(after, moment)) for moment in moments)


def timeline(data: bytes) -> list[tuple[int, Image.Image]]:
    """Each frame with the time at which it ends, in milliseconds."""
    with Image.open(BytesIO(data)) as animation:
        frames = [(frame.info.get("duration", 0), frame.convert("RGBA")) for frame in ImageSequence.Iterator(animation)]
    ends = accumulate(duration or 1 for duration, _ in frames)
    return list(zip(ends, (image for _, image in frames), strict=True))


def shown(frames: list[tuple[int, Image.Image]], moment: float) -> Image.Image:
    return frames[min(bisect([end for end, _ in frames], moment), len(frames) - 1)][1]
