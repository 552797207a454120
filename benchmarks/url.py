"""`make bench-url` compares new variants of image URLs with a bare loop of libvips with the same sizes.

Both have two processes on two cores, one thread each, and the same allocator. The loop makes a thumbnail of at most 512
pixels, and writes it as imgproxy does by default: JPEG of quality 80, WebP of 79, AVIF of 63 at speed 8. The service
gives the source to a confined process, and writes at quality 80 of its scale. It reads the header of a new source
first; for a known source, a record has the values of the header. There are twice as many requests as processes, so that
one request waits for each process. The two alternate in one run, and their bytes and scores are reported, too. The
sources are the published JPEGs of the corpus' packages, and `samples/`.

Then 5,000 variants of many sizes are made while memory is measured, and `url_hits` measures variants that exist
already. The results are written to URL.md. `--quick` takes seconds and only prints. `--kinds` prints which formats are
the smallest.
"""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks import url_hits
from benchmarks.url_formats import rank_formats
from benchmarks.url_memory import watch_memory
from benchmarks.url_pace import PROCESSES, loop_bare, pace_bare, pace_ours
from benchmarks.url_page import Compared, Round, Setting, write_page
from benchmarks.url_variants import FORMATS, SIDE, make_bare, make_of_known, make_of_new, sources
from imgopt.codecs.shared import vips
from imgopt.imaging.scores.ssimulacra2 import compare
from imgopt.transform.sandboxed import VARIANT_MAKERS

PAGE = Path(__file__).parent / "URL.md"
# Rounds of each format, and seconds of each of the three in one.
ROUNDS, SECONDS = 3, 3.0
QUICK_ROUNDS, QUICK_SECONDS = 1, 1.0
MISSES, QUICK_MISSES = 5000, 200


def compare_format(name: str, rounds: int, seconds: float) -> Compared:
    def take_turns() -> Round:
        known, new = (pace_ours(make, name, seconds) for make in (make_of_known, make_of_new))
        return Round(known, new, pace_bare(name, seconds))

    paces = [take_turns() for _ in range(rounds)]
    sizes, scores = [], []
    for data in sources():
        made = make_of_known(data, name).data, make_bare(data, name)
        reference = vips.to_pillow(_thumbnail(data))
        sizes.append((len(made[0]), len(made[1])))
        scores.append((_score(reference, made[0]), _score(reference, made[1])))
    return Compared(name, paces, sizes, scores)


def _thumbnail(data: bytes) -> object:
    made = vips.library().Image.thumbnail_buffer(data, SIDE, height=SIDE, size="down").colourspace("srgb")
    return made.flatten(background=255) if made.hasalpha() else made


def _score(reference: Image.Image, data: bytes) -> float:
    with Image.open(BytesIO(data)) as image:
        return compare(reference, image.convert("RGB"))


def main() -> None:
    options = dict(each.removeprefix("--").partition("=")[::2] for each in sys.argv[1:])
    if "bare" in options:
        loop_bare(options["bare"], float(options["seconds"]))
        return
    if "kinds" in options:
        print(rank_formats(int(options["kinds"] or 12)))
        return
    is_quick = "quick" in options
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if is_quick else (ROUNDS, SECONDS)
    compared = []
    for name in FORMATS:
        compared.append(compare_format(name, rounds, seconds))
        print(*compared[-1].rows(), sep="\n", flush=True)
    memory = watch_memory(QUICK_MISSES if is_quick else MISSES)
    VARIANT_MAKERS.close()
    page = write_page(Setting(len(sources()), SIDE, PROCESSES), compared, memory, url_hits.measure_hits())
    print(page)
    if not is_quick:
        PAGE.write_text(page)


if __name__ == "__main__":
    main()
