"""The context `gpu_…`: options of GPU instances, which are used if `gpu` is true."""

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cdk.option_models import read_options

if TYPE_CHECKING:
    from constructs import IConstruct

# x86 instances with GPUs from Turing on, which CUDA 13 supports. An xlarge has enough memory for a worker.
InstanceType = Annotated[str, Field(pattern=r"^(g4dn|g5|g6|g6e)\.\d*xlarge$")]


def split_option(text: object) -> object:
    """Splits a list at commas, because context on the command line is text."""
    return tuple(part.strip() for part in text.split(",")) if isinstance(text, str) else text


class GpuOptions(BaseModel):
    """The options. `instance_types` are tried in this order. Instances without orders end after `keep_minutes`.

    With `spot`, all instances except the first are spot instances.
    """

    model_config = ConfigDict(alias_generator=lambda name: f"gpu_{name}", extra="forbid", frozen=True)

    instance_types: Annotated[tuple[InstanceType, ...], BeforeValidator(split_option)] = Field(
        ("g6.xlarge", "g5.xlarge"), min_length=1, description="types of g4dn, g5, g6 or g6e, such as g6.xlarge"
    )
    # A scaling policy of Auto Scaling has at most 20 steps.
    max_tasks: int = Field(4, ge=1, le=20, description="a number of instances from 1 to 20")
    keep_minutes: int = Field(10, ge=1, le=60, description="a number of minutes from 1 to 60")
    spot: bool = Field(default=False, description="true or false")


def options_of(construct: "IConstruct") -> GpuOptions:
    """The options of the context. Raises ValueError if a name or a value is not valid."""
    context = construct.node.get_all_context(construct.node.root.node.get_all_context())
    return read_options(GpuOptions, {name: value for name, value in context.items() if name.startswith("gpu_")})
