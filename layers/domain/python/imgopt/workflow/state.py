"""What the state machine passes from one stage to the next: ids and S3 keys, never pixels, as JSON.

A running execution may be continued by newer functions. So each new field needs a default, and unknown fields are
ignored.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step
from imgopt.imaging.upscaled import Upscaled
from imgopt.storage.attributes import adapter

T = TypeVar("T")
State = dict[str, Any]


@dataclass(frozen=True)
class StepChoices:
    """The choices of the state machine: is upscaling needed, is tagging needed, is there a context, is the image small.

    A small image is processed by the smaller function.
    """

    network: bool
    words: bool
    context: bool = False
    small: bool = False


@dataclass(frozen=True)
class Plan:
    """What the stages after the first need to know of a job.

    `queue_url` is the queue for upscale orders; where it is empty, a function upscales.
    """

    job_id: str
    owner: str
    attempt: int
    source_key: str
    source: ImageHeader
    steps: tuple[Step, ...]
    options: ProcessingSettings
    asked: StepChoices
    queue_url: str
    upscaled: Upscaled | None = None
    call_id: str | None = None


@dataclass(frozen=True)
class StageError:
    """An error in the state machine: the name of its class, and Lambda's JSON about it."""

    Error: str
    Cause: str


@dataclass(frozen=True)
class Tagging:
    """The outcome of tagging: stored tags, or an error. Both are empty where tagging wasn't asked for."""

    words: bool = False
    error: StageError | None = None


def read(kind: type[T], state: State) -> T:
    """Converts JSON values to a `kind`. Raises ValidationError where they don't fit."""
    found: T = adapter(kind).validate_python(state)
    return found


def write(value: object, *, exclude_none: bool = False) -> State:
    """Converts a value to JSON values."""
    state: State = adapter(type(value)).dump_python(value, mode="json", exclude_none=exclude_none)
    return state


def read_json(kind: type[T], text: str) -> T:
    """Parses what `to_json` wrote. Raises ValidationError where it doesn't fit."""
    found: T = adapter(kind).validate_json(text)
    return found


def to_json(value: object) -> str:
    """Returns JSON in ASCII, as metadata of S3 objects requires."""
    return json.dumps(write(value))
