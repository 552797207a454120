"""Permission to call the one model in Amazon Bedrock that the settings name."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk.bedrock_models import DEFAULT_MODEL, model_of
from cdk.constructs.acknowledge import acknowledge, as_found
from cdk.constructs.function import Function
from cdk.context import settings_of


def allow_model(function: Function) -> None:
    """Allows a function to call the model, in any region, because inference profiles use models in several."""
    named = settings_of(function).get("IMGOPT_TAGGING_MODEL_ID") or DEFAULT_MODEL
    if ":application-inference-profile/" in named:
        _allow_profile(function, named)
        return
    stack, name = cdk.Stack.of(function), model_of(named)
    resources = [
        f"arn:{stack.partition}:bedrock:*::foundation-model/{name}",
        f"arn:{stack.partition}:bedrock:*:{stack.account}:inference-profile/*{name}",
        *([named] if named.startswith("arn:") else ()),
    ]
    function.allow(["bedrock:InvokeModel"], *resources)
    for each in resources:
        found = as_found(function, each)
        acknowledge(function.role, f"IAM5[Resource::{found}]", "One model, wherever its inference profile leads.")


def _allow_profile(function: Function, arn: str) -> None:
    """Allows any model through one inference profile, because only AWS knows the model of the profile."""
    models = f"arn:{cdk.Stack.of(function).partition}:bedrock:*::foundation-model/*"
    function.allow(["bedrock:InvokeModel"], arn)
    function.role.add_to_policy(
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel"],
            resources=[models],
            conditions={"StringEquals": {"bedrock:InferenceProfileArn": arn}},
        )
    )
    reason = "Only by the inference profile that the settings name."
    acknowledge(function.role, f"IAM5[Resource::{as_found(function, models)}]", reason)
