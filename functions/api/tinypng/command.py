"""What all commands of TinyPNG's clients have in common."""

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """One that is not known is an error: nothing is left out without a word."""

    model_config = ConfigDict(extra="forbid")
