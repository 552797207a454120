#!/bin/sh
# cfn-lint 1.58.0: a Fn::Join with an empty delimiter in the configuration of a CodePipeline action is an error, E3703,
# with the text of the advice I1022, which is informational and off by default everywhere else. Every pipeline of CDK
# Pipelines has such joins: the roles of the bootstrap.
# A good guess: E is for what CloudFormation refuses; it takes this template.
# Seen: E3703 "Prefer using Fn::Sub over Fn::Join with an empty delimiter", and nothing with Fn::Sub.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet cfn-lint==1.58.0
"$folder/env/bin/python" - <<'PY'
import json

from cfnlint.api import lint


def found(role):
    source = {
        "Name": "Source",
        "ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "CodeStarSourceConnection", "Version": "1"},
        "Configuration": {
            "ConnectionArn": "arn:aws:codeconnections:eu-west-1:123456789012:connection/a",
            "FullRepositoryId": "ada/images",
            "BranchName": "main",
        },
        "OutputArtifacts": [{"Name": "Code"}],
    }
    deploy = {
        "Name": "Deploy",
        "ActionTypeId": {"Category": "Deploy", "Owner": "AWS", "Provider": "CloudFormation", "Version": "1"},
        "Configuration": {
            "ActionMode": "CREATE_UPDATE",
            "StackName": "Jobs",
            "RoleArn": role,
            "TemplatePath": "Code::template.json",
        },
        "InputArtifacts": [{"Name": "Code"}],
    }
    pipeline = {
        "RoleArn": "arn:aws:iam::123456789012:role/pipeline",
        "ArtifactStore": {"Type": "S3", "Location": "artifacts"},
        "Stages": [{"Name": "Source", "Actions": [source]}, {"Name": "Deploy", "Actions": [deploy]}],
    }
    template = {"Resources": {"Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": pipeline}}}
    return [(match.rule.id, match.message) for match in lint(json.dumps(template))]


joined = found({"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":role/deploy"]]})
substituted = found({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/deploy"})
print("cfn-lint 1.58.0:", joined, substituted)
assert [rule for rule, _ in joined] == ["E3703"]
assert "Fn::Sub" in joined[0][1]
assert substituted == []
PY
