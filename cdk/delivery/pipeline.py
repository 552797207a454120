"""A pipeline on AWS that deploys each commit: first itself, then staging, and production after an approval."""

import json
import os
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines
from constructs import Construct

from cdk.app import add_stacks
from cdk.bytecode import PYTHON_VERSION
from cdk.context import settings_of
from cdk.delivery.acknowledged import acknowledge_all
from cdk.delivery.options import PLACE_KEYS, SMOKE_SECRET, DeliveryOptions, service_context
from cdk.node import PROGRAMS
from cdk.paths import ROOT

# The version of cdk-assets, which the CDK's pipeline installs. Without a version it would install the newest one.
ASSETS_PROGRAM = "4.7.3"
CHECK_COMMANDS = ("make lint", "make test", "make test-programs")
CLOUD_ASSEMBLY = "build/delivery.out"
SYNTH = ".venv/bin/python -m cdk.node cdk synth --quiet --app '.venv/bin/python -m cdk.delivery' --output"
ARTIFACT_DAYS = 30
QUESTION = "Staging is deployed and has passed its smoke test. Deploy the same to production?"
# Adds the stacks of an installation to a stage. Returns the output with the service's URL.
Fill = Callable[[cdk.Stage, str], cdk.CfnOutput]


class DeliveryStack(cdk.Stack):
    """The stack with the pipeline. `fill` adds stacks to a stage; tests replace it."""

    def __init__(self, scope: Construct, name: str, *, options: DeliveryOptions, fill: Fill = add_stacks) -> None:
        description = "Image optimization: deploys what is committed"
        super().__init__(scope, name, stack_name=name, description=description, env=own_place(options))
        self.fill = fill
        self.source = pipelines.CodePipelineSource.connection(
            options.repository, options.branch, connection_arn=options.connection, code_build_clone_output=True
        )
        self.artifacts = artifact_bucket(self, is_shared=options.names_places)
        self.pipeline = self._pipeline(options)
        self._deploy(cdk.Stage(scope, "Staging", env=place_of(options.staging)), options.staging)
        approval = pipelines.ManualApprovalStep("Approve", comment=QUESTION)
        self._deploy(production_stage(scope, options.production), options.production_context, approval)
        self.pipeline.build_pipeline()
        allow_connection(self, options.connection)
        acknowledge_all(self, self.artifacts)

    def _pipeline(self, options: DeliveryOptions) -> pipelines.CodePipeline:
        return pipelines.CodePipeline(
            self,
            "Delivery",
            pipeline_type=codepipeline.PipelineType.V2,
            synth=self._synth(options),
            artifact_bucket=self.artifacts,
            cross_account_keys=options.names_places,
            publish_assets_in_parallel=False,
            cli_version=json.loads((PROGRAMS / "package.json").read_text())["dependencies"]["aws-cdk"],
            cdk_assets_cli_version=ASSETS_PROGRAM,
        )

    def _synth(self, options: DeliveryOptions) -> pipelines.CodeBuildStep:
        """The step that tests and synthesizes. If tests fail, nothing is deployed, not even the pipeline."""
        return build_step(
            "TestAndSynth",
            self.source,
            commands=[*CHECK_COMMANDS, f"{SYNTH} {CLOUD_ASSEMBLY} {context_arguments(options)}".rstrip()],
            size=codebuild.ComputeType.MEDIUM,
            primary_output_directory=CLOUD_ASSEMBLY,
        )

    def _deploy(self, stage: cdk.Stage, context: Mapping[str, Any], *before: pipelines.Step) -> None:
        for key, value in service_context(context).items():
            stage.node.set_context(key, value)
        address = self.fill(stage, str(context.get("region", "")))
        smoke = build_step(
            "SmokeTest",
            self.source,
            commands=["make smoke"],
            secret=context.get(SMOKE_SECRET),
            **address_for(stage, address),
        )
        self.pipeline.add_stage(stage, pre=list(before), post=[smoke])


def address_for(stage: cdk.Stage, address: cdk.CfnOutput) -> dict[str, Any]:
    """The variable with the service's URL: its public URL if it has one, as others may be refused."""
    own = settings_of(stage).get("IMGOPT_PUBLIC_URL")
    return {"env": {"URL": own}} if own else {"env_from_cfn_outputs": {"URL": address}}


def own_place(options: DeliveryOptions) -> cdk.Environment | None:
    """The account and region of the pipeline. They are needed if an environment is in another one."""
    account, region = os.environ.get("CDK_DEFAULT_ACCOUNT"), os.environ.get("CDK_DEFAULT_REGION")
    return cdk.Environment(account=account, region=region) if options.names_places else None


def production_stage(scope: Construct, context: Mapping[str, Any]) -> cdk.Stage:
    """The stage of production. Its id keeps logical ids as without a pipeline, so existing stacks are updated."""
    return cdk.Stage(scope, "Default", stage_name="Production", env=place_of(context))


def build_step(
    name: str,
    source: pipelines.IFileSetProducer,
    *,
    commands: list[str],
    size: codebuild.ComputeType = codebuild.ComputeType.SMALL,
    secret: str | None = None,
    **others: Any,
) -> pipelines.CodeBuildStep:
    """A step in CodeBuild with the functions' Python version, which can write their bytecode."""
    in_secrets = codebuild.BuildEnvironmentVariableType.SECRETS_MANAGER
    key = {"KEY": codebuild.BuildEnvironmentVariable(value=secret, type=in_secrets)} if secret else None
    runtime = {"phases": {"install": {"runtime-versions": {"python": PYTHON_VERSION}}}}
    return pipelines.CodeBuildStep(
        name,
        input=source,
        commands=commands,
        build_environment=codebuild.BuildEnvironment(
            build_image=codebuild.LinuxBuildImage.STANDARD_7_0, compute_type=size, environment_variables=key
        ),
        partial_build_spec=codebuild.BuildSpec.from_object({"version": "0.2", **runtime}),
        **others,
    )


def context_arguments(options: DeliveryOptions) -> str:
    """The context of the command line as arguments, because it is not in cdk.json, which the pipeline reads."""
    committed = json.loads((ROOT / "cdk.json").read_text())["context"]
    values = options.model_dump(by_alias=True, exclude_unset=True)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    return shlex.join(word for key, text in texts.items() if key not in committed for word in ("-c", f"{key}={text}"))


def allow_connection(stack: cdk.Stack, connection: str) -> None:
    """Allows using the connection. The CDK allows it by the service's former name, but its ARN has the new name."""
    statement = iam.PolicyStatement(actions=["codeconnections:UseConnection"], resources=[connection])
    for each in stack.node.find_all():
        if isinstance(each, iam.Policy) and "codestar-connections:UseConnection" in json.dumps(each.document.to_json()):
            each.add_statements(statement)


def artifact_bucket(scope: Construct, *, is_shared: bool) -> s3.Bucket:
    """The bucket of artifacts. For several accounts it is encrypted with a key that the others may use."""
    key = kms.Key(scope, "ArtifactsKey", enable_key_rotation=True) if is_shared else None
    return s3.Bucket(
        scope,
        "Artifacts",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(ARTIFACT_DAYS))],
    )


def place_of(context: Mapping[str, Any]) -> cdk.Environment:
    return cdk.Environment(**{key: str(context[key]) for key in PLACE_KEYS if key in context})
