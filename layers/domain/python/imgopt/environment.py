"""Reads settings from environment variables.

pydantic-settings is not used, because it imports asyncio and five parsers of files, which is an eighth of a function's
cold start.
"""

import os
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


class EnvironmentSettings(BaseModel):
    """Fields that aren't given are read from the variable of their alias, or of prefix and name, in upper or lower
    case.

    The validator of a class is built at its first use: most of these classes are only parts of `imgopt.settings`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, defer_build=True)
    prefix: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def read_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        variables = {name.upper(): text for name, text in os.environ.items()}
        keys = {str(field.validation_alias or name): field.validation_alias for name, field in cls.model_fields.items()}
        names = {key: str(alias or cls.prefix + key).upper() for key, alias in keys.items()}
        return {key: variables[name] for key, name in names.items() if name in variables} | given
