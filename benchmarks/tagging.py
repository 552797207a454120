"""`python -m benchmarks.tagging` prints the offline tagger's alt texts of labelled images, rated by the labels.

It prints the images that were not used for tuning, for benchmarks/WORDS.md. With `--tuning` it prints those for tuning,
and with `--later` those that were labelled after the terms for scenes were made. The verdict on an alt text is

right   if it names the subject, or quotes the text of a screenshot or a chart, and says nothing wrong
vague   if it is true, but names only secondary things or colours
nothing if it is empty
wrong   if it names something that is not in the picture, or quotes text that can't be read in it
"""

import re
import sys
import time
from collections import Counter
from difflib import SequenceMatcher
from statistics import median

from benchmarks.labelled.pictures import Picture, read_later_pictures, read_pictures
from imgopt.tagging.model import Briefing, TaggingFailed
from imgopt.tagging.offline import OfflineTagger

QUOTE = re.compile("\N{LEFT DOUBLE QUOTATION MARK}([^\N{RIGHT DOUBLE QUOTATION MARK}]*)")
TEXT = re.compile(r"(?:\b(?:with|and) )?(?:the |much )?\btext\b.*")
COLORS = re.compile(r"(?:mostly|all) ")
# The subjects whose text is quoted.
PAGES = frozenset({"screenshot", "chart"})
# The share of a quote that has to occur in one piece in the text of the label.
ENOUGH_OF_QUOTE = 0.7
SILENT = "nothing"
VERDICTS = ("right", "vague", SILENT, "wrong")


def main() -> None:
    tagger, pictures = OfflineTagger(), _read_pictures(sys.argv[1:])
    _say(tagger, pictures[0])  # opens the networks
    print("| picture | contents | tags | verdict | ms |\n|---|---|---|---|---|")
    verdicts, spent = Counter[str](), []
    for picture in pictures:
        words, seconds = _say(tagger, picture)
        verdict = judge(picture, words)
        verdicts[verdict] += 1
        spent.append(seconds)
        said = words or "-"
        print(f"| {picture.name} | {picture.contents} | {said} | {verdict} | {1000 * seconds:.0f} |", flush=True)
    shares = ", ".join(f"{name} {verdicts[name]} ({verdicts[name] / len(pictures):.0%})" for name in VERDICTS)
    print(f"\n{len(pictures)} pictures: {shares}. CPU time: {1000 * median(spent):.0f} ms (median).")


def _read_pictures(options: list[str]) -> list[Picture]:
    return read_later_pictures() if "--later" in options else read_pictures(report="--tuning" not in options)


def judge(picture: Picture, words: str) -> str:
    """The rating of an alt text: one of VERDICTS."""
    said = words.partition(". Colours:")[0]
    quotes = QUOTE.findall(said)
    name = TEXT.sub("", said.lower()).strip()
    if COLORS.match(name) or not said:
        return "vague" if said else SILENT
    if not all(_can_be_read(quote, picture) for quote in quotes):
        return "wrong"
    if name and name not in picture.right + picture.also:
        return "wrong"
    names_it = name in picture.right or (quotes and PAGES.intersection(picture.right))
    return "right" if names_it else "vague"


def _can_be_read(quote: str, picture: Picture) -> bool:
    wanted, there = _letters(quote), _letters(" ".join(picture.text))
    if not wanted:
        return False
    matched = SequenceMatcher(None, there, wanted, autojunk=False).find_longest_match()
    return matched.size >= ENOUGH_OF_QUOTE * len(wanted)


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())


def _say(tagger: OfflineTagger, picture: Picture) -> tuple[str, float]:
    image = picture.open()
    start = time.process_time()
    try:
        said = tagger.tag(image, Briefing()).alt_text
    except TaggingFailed:
        said = ""
    return said, time.process_time() - start


if __name__ == "__main__":
    main()
