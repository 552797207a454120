"""Reads a file with both decoders."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.conformance import own
from benchmarks.conformance.pictures import Difference, NotRead, Pixels, compare
from benchmarks.conformance.readers.choice import reader_for
from benchmarks.conformance.sources import File
from imgopt.codecs.formats import sniff
from imgopt.codecs.recognition import HEAD_BYTES

SAME, DIFFERS, REFUSED, ALONE, NEITHER = "same", "differs", "refused", "only by the service", "by neither"
CRASHED, HUNG = "crashed", "hung"


@dataclass(frozen=True)
class Outcome:
    """The result for a file. `label` is its package and path; `detail` is the difference or the reason of a refusal."""

    label: str
    format: str
    reader: str
    verdict: str
    detail: str = ""
    largest: float = 0.0


def read_by_both(file: File) -> Outcome:
    data = file.path.read_bytes()
    found = sniff(data[:HEAD_BYTES])
    if found is None:
        return Outcome(file.label, "others", "", REFUSED, "Unsupported file type.")
    try:
        header = own.header_of(data)
    except NotRead as refusal:
        return Outcome(file.label, found.name, "", REFUSED, str(refusal))
    reader = reader_for(header)
    frames, why = _attempt(lambda: own.frames_of(data, header))
    others, why_not = _attempt(lambda: reader.frames_of(data, header))
    if frames is None or others is None:
        verdict = NEITHER if frames is others else REFUSED if frames is None else ALONE
        return Outcome(file.label, found.name, reader.name, verdict, why or why_not)
    return _judge(file, found.name, reader.name, compare(frames, others, found.name))


def _attempt(read: Callable[[], list[Pixels]]) -> tuple[list[Pixels] | None, str]:
    try:
        return read(), ""
    except NotRead as refusal:
        return None, str(refusal)


def _judge(file: File, format_name: str, reader: str, apart: Difference | str | None) -> Outcome:
    if apart is None:
        return Outcome(file.label, format_name, reader, SAME)
    largest = apart.largest if isinstance(apart, Difference) else 255.0
    return Outcome(file.label, format_name, reader, DIFFERS, str(apart), largest)
