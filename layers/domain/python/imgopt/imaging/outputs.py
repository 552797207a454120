"""The results that are asked of one upload: several where `outputs` lists them, else one."""

from typing import Any

from imgopt.imaging.options import OutputSettings, ProcessingSettings


def outputs_of(options: ProcessingSettings) -> tuple[ProcessingSettings, ...]:
    """What each of the results is made by, in the order in which they were asked for."""
    if options.outputs is None:
        return (options,)
    shared = options.model_copy(update={"outputs": None})
    return tuple(shared.model_copy(update=given_of(output)) for output in options.outputs)


def given_of(output: OutputSettings) -> dict[str, Any]:
    """A quality of its own comes before a target that is shared."""
    own = {name: value for name, value in output if value is not None}
    return {"output_quality_target": None} | own if "output_quality" in own else own
