"""The pipeline of jobs: state machines, stages, the queue for upscaling, and callbacks."""

import aws_cdk as cdk
from constructs import Construct

from cdk.assets import domain_layer
from cdk.constructs.callbacks import callback_queue, deliver_from, deliver_function, signing_secret
from cdk.constructs.canary import shift_stages
from cdk.constructs.dead_letters import dead_letter_queue
from cdk.constructs.function import Function
from cdk.constructs.layers import layer
from cdk.constructs.stages import MEBIBYTE, OWN_MB, PIXELS_MB, StageBuilder
from cdk.constructs.state_machine import MachineBuilder, fail_stopped_executions
from cdk.constructs.storage import Storage
from cdk.constructs.upscales import Upscales
from cdk.context import memory_of, settings_of, stage_settings_of


class PipelineStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, storage: Storage) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: state machine and stages")
        self.storage = storage
        self.domain_layer = layer(self, "DomainLayer", domain_layer())
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.callbacks, self.signing_secret = callback_queue(self, self.dead_letters), signing_secret(self)
        self.upscales = Upscales(self, dead_letters=self.dead_letters)
        self.stages = self._stages()
        shift_stages(self, {name: each.alias for name, each in self.stages.items() if each.alias})
        self.deliver = self._deliver()
        machines = MachineBuilder(self, self.stages, self.upscales.queue)
        self.state_machine = machines.standard(self.state_machine_name)
        self.express_machine = machines.express(self.express_machine_name)
        fail_stopped_executions(self, self.state_machine, self.stages["Fail"], self.dead_letters)
        cdk.CfnOutput(self, "LargeUpscalesUrl", value=self.upscales.queue.queue_url)

    @property
    def environment_variables(self) -> dict[str, str]:
        """The variables of functions outside the pipeline: names of resources, and the settings of the context."""
        known = {**self.stage_variables, **settings_of(self)}
        return {**known, "IMGOPT_SIGNING_SECRET_ARN": self.signing_secret.secret_arn}

    @property
    def stage_variables(self) -> dict[str, str]:
        """The variables of stages."""
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
            "IMGOPT_EXPRESS_MACHINE_ARN": self.express_machine_arn,
        }

    @property
    def state_machine_name(self) -> str:
        """The name of the state machine. It is fixed, as stages and machine refer to each other."""
        return f"{self.stack_name}-Jobs"

    @property
    def express_machine_name(self) -> str:
        return f"{self.stack_name}-ExpressJobs"

    @property
    def state_machine_arn(self) -> str:
        return self._machine_arn(self.state_machine_name)

    @property
    def express_machine_arn(self) -> str:
        return self._machine_arn(self.express_machine_name)

    @property
    def machine_arns(self) -> tuple[str, str]:
        """The ARNs of both state machines."""
        return self.state_machine_arn, self.express_machine_arn

    def _machine_arn(self, name: str) -> str:
        return self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )

    def _stages(self) -> dict[str, Function]:
        builder = StageBuilder(
            scope=self,
            domain_layer=self.domain_layer,
            environment=self.stage_variables,
            storage=self.storage,
            machine_arns=self.machine_arns,
            dead_letters=self.dead_letters,
            callbacks=self.callbacks,
            upscales=self.upscales.queue,
        )
        return builder.build()

    def _deliver(self) -> Function:
        environment = {**self.stage_variables, "IMGOPT_SIGNING_SECRET_ARN": self.signing_secret.secret_arn}
        function = deliver_function(self, self.domain_layer, environment)
        deliver_from(self.callbacks, function, self.storage, self.signing_secret)
        return function
