"""What cdk.json may say of GPU instances: the context `gpu_…`, which counts where `gpu` is true."""

from typing import Annotated

from constructs import IConstruct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cdk.option_models import read_options

# From Turing on, with drivers for CUDA 13, and on x86. An xlarge has what a worker needs beside its GPU.
InstanceType = Annotated[str, Field(pattern=r"^(g4dn|g5|g6|g6e)\.\d*xlarge$")]


def split_option(text: object) -> object:
    """A list as it is written on the command line, where all context is text."""
    return tuple(part.strip() for part in text.split(",")) if isinstance(text, str) else text


class GpuOptions(BaseModel):
    """`instance_types` are tried in this order; `keep_minutes` is how long instances wait for more to do.

    With `spot`, all but the first instance of a time are bought on the spot market.
    """

    model_config = ConfigDict(alias_generator=lambda name: f"gpu_{name}", extra="forbid", frozen=True)

    instance_types: Annotated[tuple[InstanceType, ...], BeforeValidator(split_option)] = Field(
        ("g6.xlarge", "g5.xlarge"), min_length=1, description="types of g4dn, g5, g6 or g6e, such as g6.xlarge"
    )
    # A policy of Auto Scaling has 20 steps at most.
    max_tasks: int = Field(4, ge=1, le=20, description="a number of instances from 1 to 20")
    keep_minutes: int = Field(10, ge=1, le=60, description="a number of minutes from 1 to 60")
    spot: bool = Field(default=False, description="true or false")


def options_of(construct: IConstruct) -> GpuOptions:
    """Raises ValueError where a name is unknown or a value makes no sense."""
    context = construct.node.get_all_context(construct.node.root.node.get_all_context())
    return read_options(GpuOptions, {name: value for name, value in context.items() if name.startswith("gpu_")})
