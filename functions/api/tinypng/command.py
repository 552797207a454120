"""The base of all commands of TinyPNG's clients."""

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """A command. Unknown fields are errors rather than silently ignored."""

    model_config = ConfigDict(extra="forbid")
