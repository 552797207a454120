"""The settings of the worker, read once from environment variables `IMGOPT_*`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from imgopt.environment import EnvironmentSettings


class DeviceChoice(StrEnum):
    """AUTO uses the best device. CUDA ends the worker if CUDA does not work."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def split_urls(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


class WorkerSettings(EnvironmentSettings):
    """Times are in seconds."""

    prefix: ClassVar[str] = "IMGOPT_UPSCALE_"

    queue_urls: Annotated[tuple[str, ...], BeforeValidator(split_urls)] = Field(
        (), description="URLs of the queues with orders, the one with the highest priority first."
    )
    device: DeviceChoice = DeviceChoice.AUTO
    jobs: int | None = Field(
        None, gt=0, le=64, description="Orders to process at a time. Default: 1 on a CPU, 4 on CUDA."
    )
    wait_seconds: int = Field(
        5, ge=0, le=20, description="Seconds that a poll waits for a message. Ending takes as long."
    )
    beat_seconds: float = Field(5, gt=0, description="Seconds between heartbeats to the state machine and the queue.")
    visibility_seconds: int = Field(
        45,
        gt=0,
        le=43_200,
        description="Seconds without a heartbeat after which an order is delivered to another worker.",
    )
    grace_seconds: float = Field(
        20, ge=0, description="Seconds that running orders have to finish when the worker ends."
    )
    health_file: Path = Field(
        Path("/tmp/imgopt-worker.health"),  # noqa: S108 - the one folder that a read-only container can write to
        validation_alias="IMGOPT_HEALTH_FILE",
        description="File that is touched while the worker is healthy.",
    )
