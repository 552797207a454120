"""Writes tags, where the client asked for them, and then a signed C2PA manifest into finished files.

A file is stored again after that, together with its record, so that a repetition finds it done. The file is read in a
sandbox, like everything that was made from a client's file.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.errors import ImgoptError
from imgopt.files import repository as files
from imgopt.imaging.artifact import Artifact, join_warnings
from imgopt.imaging.content_credentials import DROPPED, is_held, is_to_be_signed, keeps_manifest
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.size_limit import warn_of_missed_limit
from imgopt.jobs import results
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings
from imgopt.storage.objects import NewObject
from imgopt.tagging.model import ImageTags
from imgopt.telemetry import logger
from imgopt.units import MEBIBYTE
from imgopt.workflow import signatures
from imgopt.workflow.actions import describe_actions
from imgopt.workflow.state import Plan, read_json, to_json

WRITE_TAGS = "imgopt.imaging.written_tags:write_tags"
PREPARE_MANIFEST = "imgopt.imaging.signing:prepare_manifest"
# For one file: it is copied several times, in a function of 1 GB.
BUDGET, LARGEST_BYTES = Budget(20.0, 700 * MEBIBYTE), 64 * MEBIBYTE
DAMAGED = "The result could not be read again."
NOT_WRITTEN = "The tags were not written into the file"
EVERY_BYTE = f"{NOT_WRITTEN}: jpeg_reconstruction keeps every byte."
SIGNED_BYTES = f"{NOT_WRITTEN}: that would invalidate its Content Credentials (C2PA)."
TOO_LARGE_TO_REWRITE = f"{NOT_WRITTEN}: it is too large."
OVER_LIMIT = f"{NOT_WRITTEN}: it would exceed the limit on its bytes."
NO_PLACE = f"{NOT_WRITTEN}: {{}} files can't contain tags, or this one can't."


def finish_files(the_plan: Plan, made: tuple[Artifact, ...], tags: ImageTags | None) -> tuple[Artifact, ...]:
    """Returns the job's artifacts in the same order, after tags and signatures were written."""
    written = tags if the_plan.options.write_tags else None
    signs = settings().signs_results and is_to_be_signed(the_plan.source, the_plan.options)
    if not written and not signs:
        return made
    forking.prepare()
    outputs = outputs_of(the_plan.options)
    return tuple(_finish(Finishing(the_plan, *each, written, signs)) for each in zip(made, outputs, strict=True))


@dataclass(frozen=True)
class Finishing:
    """One file of a job: its artifact, and what is to be written into it."""

    plan: Plan
    artifact: Artifact
    options: ProcessingSettings
    tags: ImageTags | None
    signs: bool

    @property
    def source(self) -> ImageHeader:
        return self.plan.source

    @property
    def is_signed(self) -> bool:
        """Whether the file has its source's manifest, which is only valid while the file's bytes stay the same."""
        return keeps_manifest(self.artifact, self.source, self.options)


def _finish(file: Finishing) -> Artifact:
    made = replace(file.artifact, others=())
    known = results.describe_result(made.key)
    stored = read_json(Artifact, known.record) if known.record else made
    if stored != made:
        return stored  # an earlier attempt has stored it
    if made.size > LARGEST_BYTES:
        return replace(made, warning=join_warnings(made.warning, *_left_out(file)))
    before = results.read_stored(made.key)
    data, warning = _write_all(file, before)
    is_said = warning is not None and warning in (made.warning or "")  # an earlier attempt was interrupted after this
    restated = _restate_missed_limit(made, len(data), file.options.output_file_size_limit)
    finished = replace(made, size=len(data), warning=join_warnings(restated, None if is_said else warning))
    if data == before:
        return finished
    if results.replace_result(made.key, NewObject(data, made.mime_type, to_json(finished)), known):
        return finished
    return read_json(Artifact, results.read_record(made.key))  # another execution was faster


def _restate_missed_limit(made: Artifact, size: int, limit: int | None) -> str | None:
    """Returns the artifact's warning with the new size, where the file exceeded its limit on bytes before."""
    before, now = warn_of_missed_limit(made.size, limit), warn_of_missed_limit(size, limit)
    return made.warning.replace(before, now) if made.warning and before and now else made.warning


def _left_out(file: Finishing) -> tuple[str | None, str | None]:
    """Returns the warnings for a file that is too large to be rewritten: for its tags, and for its manifest."""
    return TOO_LARGE_TO_REWRITE if file.tags else None, DROPPED if file.signs and not file.is_signed else None


def _write_all(file: Finishing, before: bytes) -> tuple[bytes, str | None]:
    """Returns the file after all writing, and a warning or None."""
    data, warning = _with_tags(file, before) if file.tags else (before, None)
    if not file.signs or (file.is_signed and data == before):
        return data, warning
    signed = _signed(file, data, has_tags=data != before)
    if signed and _fits(file, before, signed):
        return signed, warning
    return (before, SIGNED_BYTES) if file.is_signed else (data, join_warnings(warning, DROPPED))


def _with_tags(file: Finishing, before: bytes) -> tuple[bytes, str | None]:
    """Returns the file with tags and None, or the unchanged file and a warning."""
    if is_held(file.source, file.options):
        return before, EVERY_BYTE
    if file.is_signed and not file.signs:
        return before, SIGNED_BYTES
    name, tags = file.artifact.format, file.tags
    words = {"alt_text": tags.alt_text, "title": title_of(tags), "keywords": list(tags.keywords)} if tags else {}
    data = _call(WRITE_TAGS, before, name=name, **words)
    if not data:
        return before, NO_PLACE.format(FORMATS[name].label)
    return (data, None) if _fits(file, before, data) else (before, OVER_LIMIT)


def _fits(file: Finishing, before: bytes, data: bytes) -> bool:
    """Whether the rewritten file is within the limit on its bytes. A file that exceeded it before may be rewritten."""
    limit = file.options.output_file_size_limit
    return limit is None or len(data) <= limit or len(before) > limit


def _signed(file: Finishing, data: bytes, *, has_tags: bool) -> bytes | None:
    """Returns the file with a manifest whose parent is the source. Returns None, and logs why, where that fails."""
    try:
        signer = signatures.read_signer()
        source = files.read(file.plan.source_key)
        answer = _call(
            PREPARE_MANIFEST,
            source + data,
            source_bytes=len(source),
            source_type=file.source.mime_type,
            name=file.artifact.format,
            algorithm=signer.algorithm,
            signature_bytes=signer.size,
            certificates=signer.certificates,
            actions=describe_actions(file.artifact, file.source, file.options, has_tags=has_tags),
        )
        line, _, prepared = answer.partition(b"\n")
        signed = _put(signer, json.loads(line), prepared) if line else None
        renew = FORMATS[file.artifact.format].renew_checksums
        return renew(signed) if signed and renew else signed
    except (ImgoptError, ImportError, OSError, ValueError) as error:
        logger.error("a result could not be signed", reason=repr(error))
        return None


def _put(signer: signatures.Signer, fields: dict[str, Any], prepared: bytes) -> bytes | None:
    claim, placeholder = bytes.fromhex(fields["claim"]), bytes.fromhex(fields["placeholder"])
    return signatures.put_signature(prepared, placeholder, signer.sign(claim))


def _call(target: str, data: bytes, **parameters: Any) -> bytes:
    return forking.call_forked(target, data, BUDGET, settings().stage_seconds, DAMAGED, **parameters)


def title_of(tags: ImageTags) -> str:
    """Returns a title for the file: its slug as words."""
    return tags.slug.replace("-", " ").capitalize()
