"""Every setting of the worker, read once from `IMGOPT_*` environment variables."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from imgopt.environment import EnvironmentSettings


class DeviceChoice(StrEnum):
    """AUTO takes what is best; CUDA ends the worker where that can't be used."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def split_urls(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


class WorkerSettings(EnvironmentSettings):
    """Times are in seconds."""

    prefix: ClassVar[str] = "IMGOPT_UPSCALE_"

    queue_urls: Annotated[tuple[str, ...], BeforeValidator(split_urls)] = Field(
        (), description="Queues to take orders from, the one that goes first before the others."
    )
    device: DeviceChoice = DeviceChoice.AUTO
    jobs: int | None = Field(None, gt=0, le=64, description="Orders at a time; 1 on a CPU and 4 on CUDA if not set.")
    wait_seconds: int = Field(5, ge=0, le=20, description="How long one call waits for a message, so ending does, too.")
    beat_seconds: float = Field(5, gt=0, description="Pause between heartbeats to the state machine and the queue.")
    visibility_seconds: int = Field(
        45, gt=0, le=43_200, description="An order whose worker sent no heartbeat for so long goes to another one."
    )
    grace_seconds: float = Field(20, ge=0, description="What work under way gets to finish when the worker is to end.")
    health_file: Path = Field(
        Path("/tmp/imgopt-worker.health"),  # noqa: S108 - the one folder that a read-only container can write to
        validation_alias="IMGOPT_HEALTH_FILE",
        description="Touched while all is well.",
    )
