"""The outputs of one upload: those in `outputs`, or else one."""

from typing import Any

from imgopt.imaging.options import OutputSettings, ProcessingSettings


def outputs_of(options: ProcessingSettings) -> tuple[ProcessingSettings, ...]:
    """Returns the settings of each output, in the order of the request."""
    if options.outputs is None:
        return (options,)
    shared = options.model_copy(update={"outputs": None})
    return tuple(shared.model_copy(update=settings_of_output(output)) for output in options.outputs)


def settings_of_output(output: OutputSettings) -> dict[str, Any]:
    """Returns the settings that an output overrides. Its own quality also overrides a shared target."""
    own = {name: value for name, value in output if value is not None}
    return {"output_quality_target": None} | own if "output_quality" in own else own
