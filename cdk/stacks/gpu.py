"""GPU workers, one on each instance. Their number follows the backlog; it is 0 without orders.

The stack exists only with the context `gpu`. The container is built by gpu_container/Dockerfile.
"""

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.backlog import Backlog
from cdk.constructs.gpu_instances import GpuInstances
from cdk.constructs.gpu_options import options_of
from cdk.constructs.upscales import allow_upscaling
from cdk.context import service_of
from cdk.monitoring.watched import WatchedGpus
from cdk.paths import ROOT
from cdk.stacks.network import NetworkStack
from cdk.stacks.pipeline import PipelineStack
from gpu_container.build_context import SOURCE_DATE_EPOCH

DOCKERFILE = "gpu_container/Dockerfile"
# The same value as in the Dockerfile.
CONTAINER_USER = "10001:10001"
# Memory of the container in MB. An xlarge has 16 GB, of which the system and the agent need a part.
TASK_MB, TMP_MB = 13_000, 2048
# Seconds from SIGTERM to SIGKILL. The worker ends shortly before.
STOP_SECONDS, GRACE_SECONDS = 120, 100
TAKE_MESSAGES = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")


class GpuStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, network: NetworkStack, pipeline: PipelineStack) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: workers on GPU instances")
        self.pipeline, self.queue = pipeline, pipeline.upscales.queue
        options = options_of(self)
        instances = GpuInstances(self, vpc=network.vpc, security_group=network.workers, options=options)
        self._service(instances.cluster)
        Backlog(self, queue=self.queue, group=instances.group, options=options)
        self.watched = WatchedGpus(instances.group, self.queue, options.keep_minutes)

    def _service(self, cluster: ecs.Cluster) -> None:
        """The service: one task on every instance. An old task ends before a new one starts, as there is one GPU."""
        service = ecs.Ec2Service(
            self,
            "Service",
            cluster=cluster,
            task_definition=self._task(),
            daemon=True,
            min_healthy_percent=0,
            max_healthy_percent=100,
        )
        cdk.Annotations.of(service).acknowledge_warning(
            "@aws-cdk/aws-ecs:shouldUseCircuitBreaker", "It counts failures by a desired count, which daemons have not."
        )

    def _task(self) -> ecs.Ec2TaskDefinition:
        """The task, in bridge mode: with a network interface of its own it would get no public address on EC2."""
        task = ecs.Ec2TaskDefinition(self, "Task", task_role=self._role(), network_mode=ecs.NetworkMode.BRIDGE)
        task.add_container(
            "Worker",
            image=ecs.ContainerImage.from_docker_image_asset(worker_image(self)),
            user=CONTAINER_USER,
            gpu_count=1,
            memory_limit_mib=TASK_MB,
            readonly_root_filesystem=True,
            linux_parameters=self._confinement(),
            docker_security_options=["no-new-privileges"],
            stop_timeout=cdk.Duration.seconds(STOP_SECONDS),
            logging=self._log(),
            health_check=ecs.HealthCheck(
                command=["CMD", "python", "-m", "gpu_container.health"],
                interval=cdk.Duration.seconds(15),
                timeout=cdk.Duration.seconds(10),
                start_period=cdk.Duration.seconds(120),
            ),
            environment=self._environment(),
        )
        acknowledge(task, "ECS2", "These are names of resources and settings; secrets are not among them.")
        acknowledge(task.obtain_execution_role(), "IAM5[Resource::*]", "A token for ECR is not bound to a repository.")
        return task

    def _environment(self) -> dict[str, str]:
        return {
            **self.pipeline.stage_variables,
            "AWS_DEFAULT_REGION": self.region,
            "IMGOPT_UPSCALE_QUEUE_URLS": self.queue.queue_url,
            "IMGOPT_UPSCALE_DEVICE": "cuda",
            "IMGOPT_UPSCALE_GRACE_SECONDS": str(GRACE_SECONDS),
            "POWERTOOLS_SERVICE_NAME": service_of(self),
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }

    def _role(self) -> iam.Role:
        role = iam.Role(self, "TaskRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        allow_upscaling(role, self.pipeline.storage)
        self.pipeline.state_machine.grant_task_response(role)
        actions = [f"sqs:{action}" for action in TAKE_MESSAGES]
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[self.queue.queue_arn]))
        return role

    def _confinement(self) -> ecs.LinuxParameters:
        parameters = ecs.LinuxParameters(self, "Confinement", init_process_enabled=True)
        parameters.drop_capabilities(ecs.Capability.ALL)
        parameters.add_tmpfs(ecs.Tmpfs(container_path="/tmp", size=TMP_MB))  # noqa: S108 - of the container
        return parameters

    def _log(self) -> ecs.LogDriver:
        group = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        return ecs.LogDrivers.aws_logs(stream_prefix="worker", log_group=group, mode=ecs.AwsLogDriverMode.NON_BLOCKING)


def worker_image(scope: Construct) -> ecr_assets.DockerImageAsset:
    """The image. Synthesis needs no Docker; deploying does."""
    return ecr_assets.DockerImageAsset(
        scope,
        "Image",
        directory=str(ROOT),
        file=DOCKERFILE,
        platform=ecr_assets.Platform.LINUX_AMD64,
        build_args={"SOURCE_DATE_EPOCH": str(SOURCE_DATE_EPOCH)},
        ignore_mode=cdk.IgnoreMode.DOCKER,
    )
