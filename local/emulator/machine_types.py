"""Types of state machines in updates of stacks: where a template names none it is STANDARD, and that is no change.

The emulator would refuse to update a stack that was made by a template with the type, by one without it.
"""

from collections.abc import Mapping
from typing import Any

KIND, TYPE, TYPE_BY_DEFAULT = "AWS::StepFunctions::StateMachine", "StateMachineType", "STANDARD"


def assume_default_type() -> None:
    """In all updates from here on."""
    from ministack.services.cloudformation import provisioners

    is_replacing = provisioners._replacing_change

    def is_replacing_with_default(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        known = {TYPE: TYPE_BY_DEFAULT} if kind == KIND else {}
        return is_replacing(kind, {**known, **old}, {**known, **new})

    provisioners._replacing_change = is_replacing_with_default
