"""Which changes of a state machine the emulator considers a replacement."""

import pytest

NAMED = {"StateMachineName": "Jobs"}


@pytest.mark.parametrize(
    ("old", "new", "is_another"),
    [
        ({}, {"StateMachineType": "STANDARD"}, False),
        ({"StateMachineType": "STANDARD"}, {}, False),
        ({}, {"StateMachineType": "EXPRESS"}, True),
        ({"StateMachineType": "EXPRESS"}, {}, True),
    ],
)
def test_type_that_is_not_named_is_standard(monkeypatch, old, new, is_another):
    from ministack.services.cloudformation import provisioners  # takes long, of each process that collects tests

    from local.emulator.machine_types import KIND, assume_default_type

    monkeypatch.setattr(provisioners, "_replacing_change", provisioners._replacing_change)
    assume_default_type()
    assert provisioners._replacing_change(KIND, NAMED | old, NAMED | new) is is_another
