"""What is written into files that are finished otherwise: the tags, where that was asked for.

A file is stored once more for it, with what is said of it then, so that a repetition finds it done. What stands in it
is read in a process of its own, as whatever a client's file has led to.
"""

from dataclasses import replace

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.imaging.artifact import Artifact, join_warnings
from imgopt.imaging.content_credentials import is_held, keeps_manifest
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.jobs import results
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import MEBIBYTE, settings
from imgopt.tagging.model import ImageTags
from imgopt.workflow.state import Plan, read_json, to_json

WRITE_TAGS = "imgopt.imaging.written_tags:write_tags"
# Of one file: it is copied some times, in a function of a gigabyte.
BUDGET, LARGEST_BYTES = Budget(20.0, 700 * MEBIBYTE), 64 * MEBIBYTE
DAMAGED = "The result could not be read again."
NOT_WRITTEN = "The tags were not written into the file"
EVERY_BYTE = f"{NOT_WRITTEN}: jpeg_reconstruction keeps every byte."
SIGNED_BYTES = f"{NOT_WRITTEN}: its Content Credentials (C2PA) are valid for its own bytes alone."
UNWIELDY = f"{NOT_WRITTEN}: it is too large."
OVER_LIMIT = f"{NOT_WRITTEN}: it would exceed the limit on its bytes."
NO_PLACE = f"{NOT_WRITTEN}: {{}} files keep none, or not this one."


def finish_files(the_plan: Plan, made: tuple[Artifact, ...], tags: ImageTags | None) -> tuple[Artifact, ...]:
    """The job's files, in their order, as they are in the end."""
    if tags is None or not the_plan.options.write_tags:
        return made
    forking.prepare()
    outputs = outputs_of(the_plan.options)
    return tuple(_finish(the_plan.source, each, options, tags) for each, options in zip(made, outputs, strict=True))


def _finish(source: ImageHeader, artifact: Artifact, options: ProcessingSettings, tags: ImageTags) -> Artifact:
    made = replace(artifact, others=())
    record = results.describe_result(made.key).record
    stored = read_json(Artifact, record) if record else made
    if stored != made:
        return stored  # by an attempt before
    refused = _find_reason(source, made, options)
    data, said = (b"", refused) if refused else _write(made, options, tags)
    finished = replace(made, size=len(data) or made.size, warning=join_warnings(made.warning, said))
    if data:
        results.store_result(finished.key, data, finished.mime_type, to_json(finished))
    return finished


def _find_reason(source: ImageHeader, artifact: Artifact, options: ProcessingSettings) -> str | None:
    """Why a file is left as it is."""
    if is_held(source, options):
        return EVERY_BYTE
    if keeps_manifest(artifact, source, options):
        return SIGNED_BYTES
    return UNWIELDY if artifact.size > LARGEST_BYTES else None


def _write(artifact: Artifact, options: ProcessingSettings, tags: ImageTags) -> tuple[bytes, str | None]:
    """The file with tags, or why there is none."""
    words = {"alt_text": tags.alt_text, "title": title_of(tags), "keywords": list(tags.keywords)}
    before = results.read_stored(artifact.key)
    data = forking.call_forked(
        WRITE_TAGS, before, BUDGET, settings().stage_seconds, DAMAGED, name=artifact.format, **words
    )
    if not data:
        return b"", NO_PLACE.format(FORMATS[artifact.format].label)
    limit = options.output_file_size_limit
    exceeds = limit is not None and len(before) <= limit < len(data)
    return (b"", OVER_LIMIT) if exceeds else (data, None)


def title_of(tags: ImageTags) -> str:
    """The words that the file might be called by."""
    return tags.slug.replace("-", " ").capitalize()
