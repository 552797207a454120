"""`python -m benchmarks.jpeg_steps [IMAGES]`: bytes of JPEGs at equal SSIMULACRA2, over the calibration half.

The first table compares jpegli with other quantization factors, with the service's factors, and with its defaults. The
second compares mozjpeg with jpegli for each drawing at some scores, beside the values by which
`imgopt.codecs.jpeg.choice` decides.
"""

import math
import sys
from collections.abc import Callable, Iterator

from benchmarks.calibrate import DRAWINGS, jpegli_encoder, mozjpeg_encoder
from benchmarks.corpus import Sample, samples
from benchmarks.matching import byte_ratios
from benchmarks.trials import Encoder, Trial, trials
from imgopt.codecs.jpeg import jpegli
from imgopt.codecs.jpeg.choice import flat_share
from imgopt.codecs.shared.chroma import visible_chroma_loss

QUALITIES = (20, 40, 60, 75, 85, 93, 97)
STEPS = (0.1, 0.12, 0.3)


def mean_ratio(encoder: Encoder, base: Encoder, images: list[Sample]) -> float:
    """The geometric mean of the ratios over the images."""
    found = (byte_ratios(trials(encoder, each, QUALITIES), trials(base, each, QUALITIES)) for each in images)
    logarithms = [math.log(sum(ratios.values()) / len(ratios)) for ratios in found if ratios]
    return math.exp(math.fsum(logarithms) / len(logarithms))


def print_factors(images: list[Sample]) -> None:
    base = jpegli_encoder(full_chroma=False)
    for factors in (None, *neighbours(jpegli.FACTORS)):
        ratio = mean_ratio(jpegli_encoder(full_chroma=False, factors=factors), base, images)
        print(f"{factors or 'as it comes'}: {ratio:.4f}", flush=True)


def neighbours(factors: jpegli.Factors) -> Iterator[jpegli.Factors]:
    """Sets of factors in which one factor is a step lower or higher."""
    for number, step in enumerate(STEPS):
        for change in (-step, step):
            luma, chroma, tilt = (value + change * (place == number) for place, value in enumerate(factors))
            yield luma, chroma, tilt


def print_choice(sample: Sample) -> None:
    image = sample.open().convert("RGB")
    both = [smallest(make, sample) for make in (jpegli_encoder, mozjpeg_encoder)]
    ratios = {score: f"{ratio:.2f}" for score, ratio in byte_ratios(both[1], both[0]).items()}
    print(f"{sample.name}: flat {flat_share(image):.2f}, loss {visible_chroma_loss(image):.4f}, {ratios}", flush=True)


def smallest(make: Callable[..., Encoder], sample: Sample) -> list[Trial]:
    """The trials with full and with halved chroma; `byte_ratios` takes the best of them."""
    return [each for full in (False, True) for each in trials(make(full_chroma=full), sample, QUALITIES)]


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 99
    print_factors(samples("photo", *DRAWINGS, report=False)[:most])
    for sample in samples(*DRAWINGS, report=False)[:most]:
        print_choice(sample)


if __name__ == "__main__":
    main()
