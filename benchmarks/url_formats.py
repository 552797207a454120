"""Which formats are the smallest at the same score: `python -m benchmarks.url --kinds`."""

import statistics
from io import BytesIO

from benchmarks.corpus import samples
from benchmarks.sources import Kind
from benchmarks.url_variants import LIMITS, UPLOAD_LIMITS, WANTED
from imgopt.codecs.header import read_header
from imgopt.transform.variant import Output
from imgopt.transform.variant_maker import make_variant

RANKED, RANKED_SCORE = ("jpg", "webp", "avif", "jxl", "png"), 80.0
RANKED_KINDS: tuple[Kind, ...] = ("photo", "screenshot", "chart", "art", "icon")


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
