"""The default type of state machines in updates of stacks: a template without a type means STANDARD.

The emulator sees a change if the earlier template named the type, and refuses it.
"""

from collections.abc import Mapping
from typing import Any

KIND, TYPE, TYPE_BY_DEFAULT = "AWS::StepFunctions::StateMachine", "StateMachineType", "STANDARD"


def assume_default_type() -> None:
    """Makes the emulator use the default type in all updates from now on."""
    from ministack.services.cloudformation import provisioners

    is_replacing = provisioners._replacing_change

    def is_replacing_with_default(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        known = {TYPE: TYPE_BY_DEFAULT} if kind == KIND else {}
        return is_replacing(kind, {**known, **old}, {**known, **new})

    provisioners._replacing_change = is_replacing_with_default
