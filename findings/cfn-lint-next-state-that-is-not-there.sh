#!/bin/sh
# cfn-lint 1.58.0: E3601 checks the definition of a state machine, and finds a name of 81 characters or a field that is
# misspelt; that Next, Default or a Catch leads to a state that is not there, or that no state leads to one, is no fault.
# Step Functions refuses both.
# A good guess: a linter that reads States Language follows its arrows; asl-validator does.
# Seen: E3601 for the long name, and nothing for Next "B" without B, nor for a state that nothing leads to.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet cfn-lint==1.58.0
"$folder/env/bin/python" - <<'PY'
import json

from cfnlint.api import lint


def found(states):
    machine = {
        "RoleArn": "arn:aws:iam::123456789012:role/machine",
        "DefinitionString": json.dumps({"StartAt": next(iter(states)), "States": states}),
    }
    template = {"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine}}}
    return [match.rule.id for match in lint(json.dumps(template))]


end = {"Type": "Succeed"}
long, nowhere, alone = found({"A" * 81: end}), found({"A": {"Type": "Pass", "Next": "B"}}), found({"A": end, "B": end})
print("cfn-lint 1.58.0:", long, nowhere, alone)
assert (long, nowhere, alone) == (["E3601"], [], [])
PY
