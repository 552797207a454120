"""Models of requests that refuse unknown fields."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

# Each unknown field is named in an error, up to this number.
MOST_UNKNOWN = 20


class KnownFields(BaseModel):
    """A model that refuses unknown fields. If there are many, one error says so, and not one for each."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def count_fields(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and len(sent) > len(cls.model_fields) + MOST_UNKNOWN:
            raise ValueError(f"There are {len(sent)} fields. Known ones are {', '.join(cls.model_fields) or 'none'}.")
        return sent
