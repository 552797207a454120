"""What the state machine hands from one stage to the next: ids and S3 keys, never pixels, as JSON between functions.

An execution goes on by the functions of a newer version: what that adds has a default, and what is gone is passed over.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step
from imgopt.imaging.upscaled import Upscaled
from imgopt.storage.table import adapter

T = TypeVar("T")
State = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What the state machine decides by, and whether a client has said what the tags are for.

    Small is what the smaller function makes.
    """

    network: bool
    words: bool
    context: bool = False
    small: bool = False


@dataclass(frozen=True)
class Plan:
    """What the stages after the first need to know of a job.

    Upscaling is asked for at `queue_url`; a function does it where that is empty.
    """

    job_id: str
    owner: str
    attempt: int
    source_key: str
    source: ImageHeader
    steps: tuple[Step, ...]
    options: ProcessingSettings
    asked: Asked
    queue_url: str
    upscaled: Upscaled | None = None
    call_id: str | None = None


@dataclass(frozen=True)
class StageError:
    """An error as the state machine hands it on: the name of its class, and what Lambda says of it."""

    Error: str
    Cause: str


@dataclass(frozen=True)
class Tagging:
    """Whether there are tags, which are stored, or why there are none; neither where they were not asked for."""

    words: bool = False
    error: StageError | None = None


def read(kind: type[T], state: State) -> T:
    """Raises ValidationError where it is no such thing."""
    found: T = adapter(kind).validate_python(state)
    return found


def write(value: object, *, exclude_none: bool = False) -> State:
    """As JSON has it."""
    state: State = adapter(type(value)).dump_python(value, mode="json", exclude_none=exclude_none)
    return state


def read_json(kind: type[T], text: str) -> T:
    """What `write_json` wrote."""
    found: T = adapter(kind).validate_json(text)
    return found


def to_json(value: object) -> str:
    """In ASCII, as S3 keeps it beside an object."""
    return json.dumps(write(value))
