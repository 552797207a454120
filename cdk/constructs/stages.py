"""One function for each stage, with a role that allows only what the stage does."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.assets import function_code, ml_layer
from cdk.constructs.bedrock import allow_model
from cdk.constructs.function import Function
from cdk.constructs.items import allow_items
from cdk.constructs.layers import layer
from cdk.constructs.permissions import allow_dispatching, allow_objects, allow_secret
from cdk.constructs.storage import Storage
from cdk.constructs.upscales import UPSCALE_SECONDS, allow_upscaling, has_gpu
from cdk.context import C2PA_SETTING, memory_of, settings_of, signs
from cdk.layers import build_layer

# An express execution has time for each of these stages twice, and for the states between them.
SMALL_MB, SMALL_SECONDS = 256, 20
# 100 megapixels in RGBA take 400 MB, and an encoder holds them more than once.
PIXELS_MB, PIXELS_SECONDS = 3008, 240
# One CPU by Lambda's rule, for images that imgopt.imaging.small defines as small.
SMALL_PIXELS_MB = 1769
# The memory that a stage needs besides the process with the pixels: for itself, the upload, the result, libraries.
OWN_MB = 1008
MEBIBYTE = 1024 * 1024
# The limit of new accounts: 1.7 CPUs, for a network on two threads.
UPSCALE_MB, UPSCALE_THREADS = 3008, 2
# Tagging a photo of 100 megapixels decodes it at a smaller scale; a model then takes seconds to answer.
TAG_MB, TAG_SECONDS = 2048, 110
# Writing tags into a file of 64 MiB copies it several times, in two processes.
FINISH_MB, FINISH_SECONDS = 1024, 30
MODELS = "/opt/models"


@dataclass(frozen=True)
class StageBuilder:
    """Creates the functions directly in `scope`, which determines their logical ids."""

    scope: Construct
    domain_layer: lambda_.ILayerVersion
    environment: dict[str, str]
    storage: Storage
    machine_arns: Sequence[str]
    dead_letters: sqs.IQueue
    callbacks: sqs.IQueue
    upscales: sqs.IQueue

    def build(self) -> dict[str, Function]:
        """Creates the functions, by the names of their stages. Call it once."""
        return {
            "Plan": self._plan(),
            "Upscale": self._upscale(),
            "Optimize": self._optimize("Optimize", memory_of(self.scope, "optimize_mb", PIXELS_MB)),
            "OptimizeSmall": self._optimize("OptimizeSmall", SMALL_PIXELS_MB),
            "Tag": self._tag(),
            "Finish": self._finish(),
            "Fail": self._fail(),
        }

    @cached_property
    def _imaging(self) -> lambda_.LayerVersion:
        return layer(self.scope, "ImagingLayer", build_layer("imaging"))

    @cached_property
    def _ml(self) -> lambda_.LayerVersion:
        """The layer with the networks and the libraries that run them."""
        return layer(self.scope, "MlLayer", ml_layer())

    def _stage(  # noqa: PLR0913 - a function has this many properties
        self,
        name: str,
        *,
        layers: Sequence[lambda_.ILayerVersion] = (),
        memory: int = SMALL_MB,
        seconds: int = SMALL_SECONDS,
        dead_letters: sqs.IQueue | None = None,
        module: str = "",
    ) -> Function:
        return Function(
            self.scope,
            name,
            code=function_code("stages"),
            handler=f"functions.stages.{module or name.lower()}.handler",
            layers=[self.domain_layer, *layers],
            memory=memory,
            seconds=seconds,
            environment=self.environment,
            dead_letters=dead_letters,
        )

    def _plan(self) -> Function:
        """The stage Plan. Without GPUs it sends no orders to the queue."""
        stage = self._stage("Plan")
        if has_gpu(self.scope):
            stage.lambda_function.add_environment("IMGOPT_UPSCALES_QUEUE_URL", self.upscales.queue_url)
        allow_items(stage, self.storage, ["UpdateItem"], ["JOB", "LINE"])
        return stage

    def _upscale(self) -> Function:
        """The stage Upscale, for small images, or for all images without GPUs."""
        memory = memory_of(self.scope, "upscale_mb", UPSCALE_MB)
        layers = [self._imaging, self._ml]
        stage = self._stage("Upscale", layers=layers, memory=memory, seconds=UPSCALE_SECONDS)
        stage.lambda_function.add_environment("IMGOPT_MODELS_FOLDER", MODELS)
        stage.lambda_function.add_environment("IMGOPT_UPSCALE_THREADS", str(UPSCALE_THREADS))
        allow_upscaling(stage.role, self.storage)
        return stage

    def _optimize(self, name: str, memory: int) -> Function:
        """The stage Optimize, with the network that detects faces for crops."""
        layers = [self._imaging, self._ml]
        stage = self._stage(name, layers=layers, memory=memory, seconds=PIXELS_SECONDS, module="optimize")
        stage.lambda_function.add_environment("IMGOPT_MODELS_FOLDER", MODELS)
        stage.lambda_function.add_environment("IMGOPT_STAGE_MEMORY_BYTES", str((memory - OWN_MB) * MEBIBYTE))
        self._allow_uploads(stage)
        self._allow_results(stage, "s3:PutObject", "results/*")
        self._allow_results(stage, "s3:GetObject", "intermediate/*", "results/*")
        return stage

    def _tag(self) -> Function:
        tagger = settings_of(self.scope).get("IMGOPT_TAGGER", "bedrock")
        vision = [layer(self.scope, "VisionLayer", build_layer("vision"))] if tagger == "openai" else []
        stage = self._stage("Tag", layers=[self._imaging, *vision], memory=TAG_MB, seconds=TAG_SECONDS)
        self._allow_uploads(stage)
        self._allow_results(stage, "s3:PutObject", "intermediate/*")
        allow_items(stage, self.storage, ["BatchGetItem"], ["JOB"])
        if tagger == "bedrock":
            allow_model(stage)
        allow_secret(stage, "IMGOPT_OPENAI_API_KEY_ARN")
        return stage

    def _finish(self) -> Function:
        signing = [layer(self.scope, "SigningLayer", build_layer("signing"))] if signs(self.scope) else []
        stage = self._stage("Finish", layers=signing, memory=FINISH_MB, seconds=FINISH_SECONDS)
        allow_dispatching(stage, self.storage, self.machine_arns)
        allow_items(stage, self.storage, ["GetItem", "UpdateItem"], ["NAME"])
        self._allow_results(stage, "s3:GetObject", "intermediate/*", "results/*")
        self._allow_results(stage, "s3:PutObject", "results/*")
        self._allow_results(stage, "s3:DeleteObject", "intermediate/*")
        stage.allow(["sqs:SendMessage"], self.callbacks.queue_arn)
        if signing:
            self._allow_uploads(stage)  # C2PA manifests of uploads are parents of new ones
            allow_secret(stage, C2PA_SETTING)
        return stage

    def _fail(self) -> Function:
        stage = self._stage("Fail", dead_letters=self.dead_letters)
        allow_dispatching(stage, self.storage, self.machine_arns)
        allow_items(stage, self.storage, ["UpdateItem"], ["RATE"])
        stage.allow(["sqs:SendMessage"], self.callbacks.queue_arn)
        return stage

    def _allow_uploads(self, stage: Function) -> None:
        allow_objects(stage, self.storage.uploads, "s3:GetObject", "uploads/*")

    def _allow_results(self, stage: Function, action: str, *patterns: str) -> None:
        allow_objects(stage, self.storage.results, action, *patterns)
