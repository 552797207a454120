"""The state machine and its stages, each with a role that allows what that stage does and no more."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from cdk.assets import domain_layer, function_code, ml_layer
from cdk.constructs.acknowledge import acknowledge, acknowledge_objects
from cdk.constructs.bedrock import allow_model
from cdk.constructs.function import Function
from cdk.constructs.items import allow_items
from cdk.constructs.layers import layer
from cdk.constructs.permissions import allow_dispatching
from cdk.constructs.storage import Storage
from cdk.constructs.upscales import UPSCALE_SECONDS, Upscales, allow_upscaling, has_gpu
from cdk.context import memory_of, settings_of, stage_settings_of
from cdk.definition import definition
from cdk.layers import build_layer

SMALL_MB, SMALL_SECONDS = 256, 30
# 100 megapixels in RGBA take 400 MB, and an encoder holds them more than once.
PIXELS_MB, PIXELS_SECONDS = 3008, 240
# What a stage needs beside the process that has a job's pixels: itself, the file and the result, libraries.
OWN_MB = 1008
# As much as new accounts allow: 1.7 CPUs, for a network on each of two threads.
UPSCALE_MB, UPSCALE_THREADS = 3008, 2
# Tagging a photo of 100 megapixels decodes it at a smaller scale; a model then takes seconds to answer.
TAG_MB, TAG_SECONDS = 2048, 110
MEBIBYTE = 1024 * 1024
MODELS = "/opt/models"
# Each waits for a client's server for ten seconds at most; all others wait in the queue.
DELIVERED_AT_A_TIME = 10
# A message with a token, whose answer is waited for.
ORDER = "states:::sqs:sendMessage.waitForTaskToken"


class PipelineStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, storage: Storage) -> None:
        super().__init__(scope, name, description="Image optimization: state machine and stages")
        self.storage = storage
        self.domain_layer = layer(self, "DomainLayer", domain_layer())
        self.code = function_code("stages")
        self.dead_letters = self._dead_letters()
        self.callbacks, self.signing_secret = self._callbacks(), self._signing_secret()
        self.upscales = Upscales(self, dead_letters=self.dead_letters)
        self.imaging = layer(self, "ImagingLayer", build_layer("imaging"))
        self.stages = {
            "Plan": self._plan(),
            "Upscale": self._upscale(),
            "Optimize": self._optimize(),
            "Tag": self._tag(),
            "Finish": self._finish(),
            "Fail": self._fail(),
        }
        self.deliver = self._deliver()
        self.state_machine = self._state_machine()
        self._fail_stopped_executions()
        cdk.CfnOutput(self, "LargeUpscalesUrl", value=self.upscales.queue.queue_url)

    @property
    def environment_variables(self) -> dict[str, str]:
        """What functions outside of the pipeline know: the names of things, and the settings given as context."""
        known = {**self.stage_variables, **settings_of(self)}
        return {**known, "IMGOPT_SIGNING_SECRET_ARN": self.signing_secret.secret_arn}

    @property
    def stage_variables(self) -> dict[str, str]:
        """What stages know of the same."""
        memory = memory_of(self, "optimize_mb", PIXELS_MB) - OWN_MB
        return {
            "IMGOPT_STAGE_MEMORY_BYTES": str(memory * MEBIBYTE),
            "IMGOPT_TAGGING_REGION": self.region,
            **stage_settings_of(self),
            "IMGOPT_TABLE_NAME": self.storage.table.table_name,
            "IMGOPT_UPLOADS_BUCKET": self.storage.uploads.bucket_name,
            "IMGOPT_RESULTS_BUCKET": self.storage.results.bucket_name,
            "IMGOPT_CALLBACKS_QUEUE_URL": self.callbacks.queue_url,
            "IMGOPT_STATE_MACHINE_ARN": self.state_machine_arn,
        }

    def _stage(
        self,
        name: str,
        *,
        layers: Sequence[lambda_.ILayerVersion] = (),
        memory: int = SMALL_MB,
        seconds: int = SMALL_SECONDS,
        dead_letters: sqs.IQueue | None = None,
    ) -> Function:
        return Function(
            self,
            name,
            code=self.code,
            handler=f"functions.stages.{name.lower()}.handler",
            layers=[self.domain_layer, *layers],
            memory=memory,
            seconds=seconds,
            environment=self.stage_variables,
            dead_letters=dead_letters,
        )

    def _plan(self) -> Function:
        """Where there is no GPU, nothing waits for one."""
        stage = self._stage("Plan")
        if has_gpu(self):
            stage.lambda_function.add_environment("IMGOPT_UPSCALES_QUEUE_URL", self.upscales.queue.queue_url)
        allow_items(stage, self.storage, ["UpdateItem"], ["JOB", "LINE"])
        return stage

    def _optimize(self) -> Function:
        stage = self._stage(
            "Optimize", layers=[self.imaging], memory=memory_of(self, "optimize_mb", PIXELS_MB), seconds=PIXELS_SECONDS
        )
        self.read_uploads(stage)
        self._allow_results(stage, "s3:PutObject", "results/*")
        for keys in ("intermediate/*", "results/*"):
            self._allow_results(stage, "s3:GetObject", keys)
        return stage

    def _tag(self) -> Function:
        stage = self._stage("Tag", layers=[self.imaging], memory=TAG_MB, seconds=TAG_SECONDS)
        self.read_uploads(stage)
        self._allow_results(stage, "s3:PutObject", "intermediate/*")
        allow_model(stage)
        return stage

    def _finish(self) -> Function:
        stage = self._stage("Finish")
        allow_dispatching(stage, self.storage, self.state_machine_arn)
        allow_items(stage, self.storage, ["GetItem", "UpdateItem"], ["NAME"])
        for keys in ("intermediate/*", "results/*"):
            self._allow_results(stage, "s3:GetObject", keys)
        self._allow_results(stage, "s3:DeleteObject", "intermediate/*")
        stage.allow(["sqs:SendMessage"], self.callbacks.queue_arn)
        return stage

    def _allow_results(self, function: Function, action: str, keys: str) -> None:
        function.allow([action], self.storage.results.arn_for_objects(keys))
        acknowledge_objects(function.role, self.storage.results, keys)

    def _upscale(self) -> Function:
        """Makes small pictures at once, and others where there is no GPU to wait for."""
        layers = [self.imaging, layer(self, "MlLayer", ml_layer())]
        stage = self._stage(
            "Upscale", layers=layers, memory=memory_of(self, "upscale_mb", UPSCALE_MB), seconds=UPSCALE_SECONDS
        )
        stage.lambda_function.add_environment("IMGOPT_MODELS_FOLDER", MODELS)
        stage.lambda_function.add_environment("IMGOPT_UPSCALE_THREADS", str(UPSCALE_THREADS))
        allow_upscaling(stage.role, self.storage)
        return stage

    def _fail(self) -> Function:
        stage = self._stage("Fail", dead_letters=self.dead_letters)
        allow_dispatching(stage, self.storage, self.state_machine_arn)
        allow_items(stage, self.storage, ["UpdateItem"], ["RATE"])
        stage.allow(["sqs:SendMessage"], self.callbacks.queue_arn)
        return stage

    def _callbacks(self) -> sqs.Queue:
        """Messages that can't even be tried again become dead letters."""
        return sqs.Queue(
            self,
            "Callbacks",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(6 * SMALL_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=5),
        )

    def _signing_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "SigningSecret",
            description="Signs callbacks: each owner's key is made of it",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=64),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(secret, "SMG4", "Receivers of callbacks know keys that are made of it: a new one would break them.")
        return secret

    def _deliver(self) -> Function:
        function = Function(
            self,
            "Deliver",
            code=function_code("callbacks"),
            handler="functions.callbacks.deliver.handler",
            layers=[self.domain_layer],
            memory=SMALL_MB,
            seconds=SMALL_SECONDS,
            environment={**self.stage_variables, "IMGOPT_SIGNING_SECRET_ARN": self.signing_secret.secret_arn},
        )
        allow_items(function, self.storage, ["GetItem", "BatchGetItem", "UpdateItem"], ["JOB", "CALLBACK_SECRET"])
        function.allow(["sqs:SendMessage"], self.callbacks.queue_arn)
        function.allow(["secretsmanager:GetSecretValue"], self.signing_secret.secret_arn)
        function.lambda_function.add_event_source(
            sources.SqsEventSource(self.callbacks, batch_size=1, max_concurrency=DELIVERED_AT_A_TIME)
        )
        return function

    @property
    def state_machine_name(self) -> str:
        """Its stages have to know it, and it has to know them."""
        return f"{self.stack_name}-Jobs"

    @property
    def state_machine_arn(self) -> str:
        return self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=self.state_machine_name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )

    def read_uploads(self, function: Function) -> None:
        function.allow(["s3:GetObject"], self.storage.uploads.arn_for_objects("uploads/*"))
        acknowledge_objects(function.role, self.storage.uploads, "uploads/*")

    def _dead_letters(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        acknowledge(queue, "SQS3", "This is the dead-letter queue.")
        return queue

    def _state_machine(self) -> stepfunctions.StateMachine:
        role = iam.Role(self, "StateMachineRole", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        arns = {f"{name}FunctionArn": stage.arn for name, stage in self.stages.items()}
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(arns.values())))
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.upscales.queue.queue_arn]))
        log = logs.LogGroup(
            self,
            "StateMachineLog",
            log_group_name=f"/aws/vendedlogs/states/{self.stack_name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        machine = stepfunctions.StateMachine(
            self,
            "StateMachine",
            state_machine_name=self.state_machine_name,
            definition_body=stepfunctions.DefinitionBody.from_string(definition()),
            definition_substitutions={**arns, "UpscaleOrderArn": f"arn:{self.partition}:{ORDER}"},
            role=role,
            logs=stepfunctions.LogOptions(
                destination=log, level=stepfunctions.LogLevel.ERROR, include_execution_data=False
            ),
            tracing_enabled=False,
        )
        acknowledge(role, "IAM5[Resource::*]", "Log delivery and X-Ray can't be restricted to a resource.")
        acknowledge(machine, "SF2", "Its traces would have ids that open results; stages have traces of their own.")
        acknowledge(
            machine,
            "SF1",
            "Every stage logs each job; the machine's log keeps errors only, at a hundredth of the cost.",
        )
        return machine

    def _fail_stopped_executions(self) -> None:
        """An execution that timed out or was aborted never reached its Fail state: its job still has to end."""
        rule = events.Rule(
            self,
            "StoppedExecutions",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.state_machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
        )
        event = events.RuleTargetInput.from_object(
            {
                "job_id": events.EventField.from_path("$.detail.name"),
                "error": {"Error": events.EventField.from_path("$.detail.status"), "Cause": ""},
            }
        )
        fail = self.stages["Fail"].lambda_function
        rule.add_target(targets.LambdaFunction(fail, event=event, dead_letter_queue=self.dead_letters))
