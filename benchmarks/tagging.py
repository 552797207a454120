"""`python -m benchmarks.tagging` prints what the offline tagger says of twenty images that nothing was tuned on.

They are spread over the half of the corpus for reporting; sources.py says where that comes from. What is in them was
written down by hand. Whether what was said is right, is for the reader.
"""

import time

from benchmarks.corpus import Sample, samples
from benchmarks.sources import Kind
from imgopt.codecs.shared.color import normalize
from imgopt.tagging.model import Briefing, TaggingFailed
from imgopt.tagging.offline import OfflineTagger

COUNTS: dict[Kind, int] = {"photo": 12, "screenshot": 3, "chart": 2, "art": 2, "icon": 1}
CONTENTS = {
    "admin-lte-photo1": "narrow cobbled street between old houses",
    "admin-lte-photo2": "dining table and white chairs in a room",
    "scikit-image-camera": "man with a film camera on a tripod, in greys",
    "scikit-image-hubble_deep_field": "galaxies on black",
    "scipy-face": "raccoon among leaves",
    "startbootstrap-business-casual-intro": "laughing woman at the counter of a café",
    "startbootstrap-business-casual-products-02": "hand with a croissant on a wooden tray",
    "startbootstrap-business-casual-products-03": "heap of printed jute sacks",
    "startbootstrap-creative-bg-masthead": "laptop and mouse on a dark desk, chair before it",
    "startbootstrap-grayscale-bg-signup": "wooded mountainside in fog, in greys",
    "startbootstrap-landing-page-bg-showcase-1": "back of a black mobile phone on yellow",
    "startbootstrap-landing-page-testimonials-2": "smiling man in a cap",
    "iobroker.echarts-admin": "part of a window with a line chart",
    "iobroker.javascript-javascript_Einstellungen-Javascript": "settings of a program, in German",
    "iobroker.sourceanalytix-cumulativeReading-Reset": "part of a window with a table",
    "cartopy-global_pcolor_wrap": "waves of colour over a map of the world",
    "iobroker.echarts-radar": "radar chart on black",
    "arcade-back-buildings": "skyline of a city at night, drawn in pixels",
    "undraw-svg-focus": "drawing of a woman with a camera under a tree",
    "arcade-alienBlue_climb1": "drawing of a blue alien from behind",
}


def main() -> None:
    tagger = OfflineTagger()
    first, *others = (sample for kind, count in COUNTS.items() for sample in _spread(kind, count))
    _say(tagger, first)  # opens the networks
    print("| image | what is in it | what was said | seconds |\n|---|---|---|---|")
    for sample in (first, *others):
        words, seconds = _say(tagger, sample)
        print(f"| {sample.name} | {CONTENTS[sample.name]} | {words} | {seconds:.1f} |", flush=True)


def _spread(kind: Kind, count: int) -> list[Sample]:
    found = samples(kind, report=True)
    return [found[index * len(found) // count] for index in range(count)]


def _say(tagger: OfflineTagger, sample: Sample) -> tuple[str, float]:
    image = normalize(sample.open())
    start = time.perf_counter()
    try:
        said = tagger.tag(image, Briefing()).alt_text
    except TaggingFailed:
        said = "-"
    return said, time.perf_counter() - start


if __name__ == "__main__":
    main()
