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

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

from PIL import Image

from benchmarks import url_hits
from benchmarks.corpus import samples
from benchmarks.packages import unpack
from benchmarks.sources import SOURCES, Kind
from benchmarks.url_page import Compared, Pace, Round, Setting, write_page
from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.codecs.shared import vips
from imgopt.imaging.scores.ssimulacra2 import compare
from imgopt.sandbox.budget import PAGE_BYTES
from imgopt.sandbox.forking import FORK_SERVER, LARGE_PAGES
from imgopt.transform.making import make_variant
from imgopt.transform.options import TransformOptions
from imgopt.transform.sandboxed import VARIANT_MAKERS, make_variant_sandboxed
from imgopt.transform.variant import Output, TransformLimits, Variant
from local.environment import ROOT

PAGE = Path(__file__).parent / "URL.md"
SIDE, PROCESSES, REQUESTS = 512, 2, 4
FORMATS = ("jpg", "webp", "avif")
WANTED = TransformOptions(width=SIDE, height=SIDE)
LIMITS = TransformLimits(seconds=600)
UPLOAD_LIMITS = Limits(10**8, 1000, 10**9)
# Rounds of each format, and seconds of each of the three in one.
ROUNDS, SECONDS = 3, 3.0
QUICK_ROUNDS, QUICK_SECONDS = 1, 1.0
RANKED, RANKED_SCORE = ("jpg", "webp", "avif", "jxl", "png"), 80.0
RANKED_KINDS: tuple[Kind, ...] = ("photo", "screenshot", "chart", "art", "icon")
MISSES, WATCHED_EVERY = 5000, 500
QUICK_MISSES = 200


@cache
def sources() -> list[bytes]:
    """The sources: published files, JPEGs and a screenshot."""
    packages = [each for each in SOURCES if each.name.startswith("startbootstrap-")]
    picked = [
        path
        for package in packages
        for pick in package.picks
        for path in sorted(unpack(package).glob(pick.pattern))[: pick.count]
    ]
    samples = [ROOT / "samples" / name for name in ("landscape.jpg", "screenshot.png")]
    return [path.read_bytes() for path in (*picked, *samples)]


def make_bare(data: bytes, name: str) -> bytes:
    thumbnail = vips.library().Image.thumbnail_buffer(data, SIDE, height=SIDE, size="down")
    writers: dict[str, Callable[[], bytes]] = {
        "jpg": lambda: thumbnail.jpegsave_buffer(Q=80, optimize_coding=True, keep="none"),
        "webp": lambda: thumbnail.webpsave_buffer(Q=79, keep="none"),
        "avif": lambda: thumbnail.heifsave_buffer(Q=63, compression="av1", effort=1, keep="none"),
    }
    return bytes(writers[name]())


def make_of_new(data: bytes, name: str, wanted: TransformOptions = WANTED) -> Variant:
    return _make(data, read_header(BytesIO(data), UPLOAD_LIMITS), name, wanted)


def make_of_known(data: bytes, name: str) -> Variant:
    return _make(data, _known_header(data), name, WANTED)


def _make(data: bytes, header: ImageHeader, name: str, wanted: TransformOptions) -> Variant:
    return make_variant_sandboxed(data, header, wanted, Output(name, quality=80), LIMITS)


@cache
def _known_header(data: bytes) -> ImageHeader:
    return read_header(BytesIO(data), UPLOAD_LIMITS)


def loop_bare(name: str, seconds: float) -> None:
    """One process of the bare loop. It prints its pace."""
    files = sources()
    for data in files[:2]:
        make_bare(data, name)
    print("ready", flush=True)
    sys.stdin.readline()
    began, before, count = time.perf_counter(), time.process_time(), 0
    for data in cycle(files):
        make_bare(data, name)
        count += 1
        if time.perf_counter() - began > seconds:
            break
    print(count / (time.perf_counter() - began), (time.process_time() - before) * 1000 / count, flush=True)


def pace_bare(name: str, seconds: float) -> Pace:
    command = [sys.executable, "-m", "benchmarks.url", f"--bare={name}", f"--seconds={seconds}"]
    environment = os.environ | LARGE_PAGES | {"VIPS_CONCURRENCY": "1"}
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    for each in started:
        _readline(each)
    for each in started:
        if each.stdin:
            each.stdin.write("go\n")
            each.stdin.flush()
    paces = [tuple(map(float, _readline(each).split())) for each in started]
    for each in started:
        each.communicate()
    return Pace(sum(rate for rate, _ in paces), statistics.mean(cpu for _, cpu in paces))


def _readline(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline() if process.stdout else ""


def pace_ours(make: Callable[[bytes, str], Variant], name: str, seconds: float) -> Pace:
    files = sources()

    def work(offset: int) -> int:
        made = 0
        for data in islice(cycle(files), offset * len(files) // REQUESTS, None):
            if time.perf_counter() - began > seconds:
                break
            make(data, name)
            made += 1
        return made

    for data in files:
        make(data, name)
    with ThreadPoolExecutor(REQUESTS) as threads:
        began, before = time.perf_counter(), _cpu_seconds()
        count = sum(threads.map(work, range(REQUESTS)))
        return Pace(count / (time.perf_counter() - began), (_cpu_seconds() - before) * 1000 / count)


def _cpu_seconds() -> float:
    """Of this process, and of all that make variants, with those that have ended."""
    return time.process_time() + sum(_cpu_ticks(each) for each in _workers()) / os.sysconf("SC_CLK_TCK")


def _cpu_ticks(number: int) -> int:
    """User and system time of a process, and of its children that were waited for (proc_pid_stat(5))."""
    _, _, fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")
    return sum(map(int, fields.split()[11:15]))


def _workers() -> list[int]:
    server = FORK_SERVER.process_id
    return [server, *_children(server)] if server else []


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


def watch_memory(misses: int) -> list[tuple[int, float]]:
    """The memory of all processes in MB, by the number of variants."""
    files, seen = sources(), []
    with ThreadPoolExecutor(PROCESSES) as threads:
        for start in range(0, misses, WATCHED_EVERY):
            list(
                threads.map(
                    _make_one, islice(cycle(files), start, start + min(WATCHED_EVERY, misses)), range(start, misses)
                )
            )
            seen.append((min(start + WATCHED_EVERY, misses), _held_megabytes()))
    return seen


def _make_one(data: bytes, number: int) -> None:
    """Of many sizes and formats, so that no two follow each other."""
    side = 32 + number * 37 % 480
    make_of_new(data, FORMATS[number % 2], TransformOptions(width=side, height=side))


def _held_megabytes() -> float:
    pages = (int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in (os.getpid(), *_workers()))
    return sum(pages) * PAGE_BYTES / 1e6


def _children(number: int) -> Iterable[int]:
    return map(int, Path(f"/proc/{number}/task/{number}/children").read_text().split())


def rank_formats(most: int) -> str:
    """Bytes of each format at the same score, by those of JPEG; medians of so many pictures."""
    rows = []
    for kind in RANKED_KINDS:
        ratios: dict[str, list[float]] = {name: [] for name in RANKED}
        for sample in samples(kind, report=True)[:most]:
            made = {name: _make_scored(sample.path.read_bytes(), name) for name in RANKED}
            for name, data in made.items():
                ratios[name].append(len(data) / len(made["jpg"]))
        cells = (f"{statistics.median(each):.2f}" for each in ratios.values())
        rows.append(f"| {kind} | {len(ratios['jpg'])} | {' | '.join(cells)} |")
    head = f"| kind | pictures | {' | '.join(RANKED)} |"
    return "\n".join([head, "|" + "---|" * (len(RANKED) + 2), *rows])


def _make_scored(data: bytes, name: str) -> bytes:
    header = read_header(BytesIO(data), UPLOAD_LIMITS)
    return make_variant(data, header, WANTED, Output(name, target=RANKED_SCORE), LIMITS).data


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
