"""Workers on GPU instances: none while nothing is to be upscaled, more with the backlog.

The stack is there with the context `gpu` alone. The container is gpu_container/Dockerfile.
"""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from constructs import Construct, IConstruct

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.upscales import VISIBILITY_SECONDS, allow_upscaling
from cdk.paths import ROOT
from cdk.stacks.network import NetworkStack
from cdk.stacks.pipeline import PipelineStack

DOCKERFILE = "gpu_container/Dockerfile"
# The image has 6 GB of libraries for CUDA.
DISK_GB = 60
# A g6.xlarge has 16 GB, of which the system and the agent need some.
TASK_MB = 13_000
TMP_MB = 512
# From SIGTERM on, of which the worker gives itself all but the last.
STOP_SECONDS, GRACE_SECONDS = 120, 100
# As much as one GPU does while another one is started.
ORDERS_PER_TASK = 20
PERIOD = cdk.Duration.minutes(1)
# A queue that nobody calls for six hours counts as inactive, and tells of its first message up to 15 minutes late.
TOUCH_HOURS = 5


@dataclass(frozen=True)
class GpuOptions:
    """The context `gpu_…` of cdk.json. `keep_minutes` is how long the last task waits for more to do."""

    instance_type: str = "g6.xlarge"
    max_tasks: int = 4
    keep_minutes: int = 10
    spot: bool = False


def options_of(construct: IConstruct) -> GpuOptions:
    """Raises ValueError where a value makes no sense."""
    found = {name: construct.node.try_get_context(f"gpu_{name}") for name in GpuOptions.__dataclass_fields__}
    options = GpuOptions(**{name: value for name, value in found.items() if value is not None})
    if not (1 <= options.max_tasks <= 100 and 1 <= options.keep_minutes <= 60):
        raise ValueError("context gpu_max_tasks must be 1-100, gpu_keep_minutes 1-60")
    if not options.instance_type.startswith("g"):
        raise ValueError("context gpu_instance_type must name an instance with an NVIDIA GPU, such as g6.xlarge")
    return options


class GpuStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, network: NetworkStack, pipeline: PipelineStack) -> None:
        super().__init__(scope, name, description="Image optimization: workers on GPU instances")
        self.options, self.network, self.pipeline = options_of(self), network, pipeline
        self.queue = pipeline.upscales.large
        self.cluster = ecs.Cluster(
            self, "Cluster", vpc=network.vpc, container_insights_v2=ecs.ContainerInsights.ENABLED
        )
        self.role = iam.Role(self, "TaskRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        self.service = self._service(self._capacity())
        self._scale()
        self._keep_queue_active()

    def _capacity(self) -> ecs.AsgCapacityProvider:
        role = iam.Role(self, "InstanceRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        group = autoscaling.AutoScalingGroup(
            self,
            "Instances",
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            launch_template=self._launch_template(role),
            min_capacity=0,
            max_capacity=self.options.max_tasks,
            new_instances_protected_from_scale_in=True,
            group_metrics=[autoscaling.GroupMetrics.all()],
        )
        provider = ecs.AsgCapacityProvider(
            self,
            "Capacity",
            auto_scaling_group=group,
            enable_managed_scaling=True,
            enable_managed_termination_protection=True,
            enable_managed_draining=True,
            minimum_scaling_step_size=1,
            maximum_scaling_step_size=self.options.max_tasks,
        )
        self.cluster.add_asg_capacity_provider(provider)
        acknowledge(group, "AS3", "Instances come and go with the backlog; alarms watch that.")
        acknowledge(role, "IAM5[Action::ecs:Submit*]", "What ECS's agent tells of its tasks, by a policy of CDK's own.")
        acknowledge(role, "IAM5[Resource::*]", "The agent registers itself: these calls have no resource.")
        return provider

    def _launch_template(self, role: iam.Role) -> ec2.LaunchTemplate:
        """IMDSv2 of one hop: a container can't ask for the instance's credentials."""
        volume = ec2.BlockDeviceVolume.ebs(DISK_GB, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3)
        return ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            instance_type=ec2.InstanceType(self.options.instance_type),
            machine_image=ecs.EcsOptimizedImage.amazon_linux2023(ecs.AmiHardwareType.GPU),
            role=role,
            user_data=ec2.UserData.for_linux(),
            security_group=self.network.workers,
            associate_public_ip_address=True,
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=volume)],
            spot_options=ec2.LaunchTemplateSpotOptions() if self.options.spot else None,
        )

    def _service(self, capacity: ecs.AsgCapacityProvider) -> ecs.Ec2Service:
        strategy = ecs.CapacityProviderStrategy(capacity_provider=capacity.capacity_provider_name, weight=1)
        return ecs.Ec2Service(
            self,
            "Service",
            cluster=self.cluster,
            task_definition=self._task(),
            desired_count=0,
            min_healthy_percent=0,
            max_healthy_percent=200,
            capacity_provider_strategies=[strategy],
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )

    def _task(self) -> ecs.Ec2TaskDefinition:
        task = ecs.Ec2TaskDefinition(self, "Task", task_role=self.role)
        memory = ecs.LinuxParameters(self, "Memory")
        memory.add_tmpfs(ecs.Tmpfs(container_path="/tmp", size=TMP_MB))  # noqa: S108 - of the container
        log = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        task.add_container(
            "Worker",
            image=ecs.ContainerImage.from_docker_image_asset(self._image()),
            gpu_count=1,
            memory_limit_mib=TASK_MB,
            readonly_root_filesystem=True,
            linux_parameters=memory,
            stop_timeout=cdk.Duration.seconds(STOP_SECONDS),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="worker", log_group=log),
            health_check=ecs.HealthCheck(
                command=["CMD", "python", "-m", "gpu_container.health"], start_period=cdk.Duration.seconds(120)
            ),
            environment={
                **self.pipeline.environment_variables,
                "AWS_DEFAULT_REGION": self.region,
                "IMGOPT_UPSCALE_QUEUE_URLS": self.queue.queue_url,
                "IMGOPT_UPSCALE_GRACE_SECONDS": str(GRACE_SECONDS),
                "POWERTOOLS_SERVICE_NAME": "imgopt",
            },
        )
        allow_upscaling(self.role, self.pipeline.data, self.pipeline.state_machine)
        self.queue.grant_consume_messages(self.role)
        acknowledge(task, "ECS2", "These are names of resources and settings; secrets are not among them.")
        execution = task.obtain_execution_role()
        acknowledge(execution, "IAM5[Resource::*]", "A token for ECR is not bound to a repository.")
        return task

    def _image(self) -> ecr_assets.DockerImageAsset:
        return ecr_assets.DockerImageAsset(
            self,
            "Image",
            directory=str(ROOT),
            file=DOCKERFILE,
            platform=ecr_assets.Platform.LINUX_AMD64,
            ignore_mode=cdk.IgnoreMode.DOCKER,
        )

    def _scale(self) -> None:
        """One task with the first order, one more while each has much to do, none after a while without any."""
        target = scaling.ScalableTarget(
            self,
            "Tasks",
            service_namespace=scaling.ServiceNamespace.ECS,
            resource_id=f"service/{self.cluster.cluster_name}/{self.service.service_name}",
            scalable_dimension="ecs:service:DesiredCount",
            min_capacity=0,
            max_capacity=self.options.max_tasks,
        )
        more = self._action(target, "More", scaling.AdjustmentType.CHANGE_IN_CAPACITY, 1, lower_bound=0)
        none = self._action(target, "None", scaling.AdjustmentType.EXACT_CAPACITY, 0, upper_bound=0)
        busy = cloudwatch.Alarm(
            self,
            "Busy",
            metric=self._expression("IF(tasks < 1, IF(backlog > 0, 1000, 0), backlog / tasks)"),
            threshold=ORDERS_PER_TASK,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        idle = cloudwatch.Alarm(
            self,
            "Idle",
            metric=self._expression("backlog"),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=self.options.keep_minutes,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        busy.add_alarm_action(actions.ApplicationScalingAction(more))
        idle.add_alarm_action(actions.ApplicationScalingAction(none))

    def _action(
        self,
        target: scaling.ScalableTarget,
        name: str,
        kind: scaling.AdjustmentType,
        change: int,
        **interval: int,
    ) -> scaling.StepScalingAction:
        """`interval` is `lower_bound` or `upper_bound`, from the alarm's threshold on."""
        action = scaling.StepScalingAction(
            self,
            name,
            scaling_target=target,
            adjustment_type=kind,
            cooldown=cdk.Duration.minutes(3),
        )
        action.add_adjustment(adjustment=change, **interval)
        return action

    def _expression(self, expression: str) -> cloudwatch.MathExpression:
        """Of `backlog`, the orders that wait or are worked on, and `tasks`, those that are wanted by now."""
        names = {"ClusterName": self.cluster.cluster_name, "ServiceName": self.service.service_name}
        tasks = cloudwatch.Metric(
            namespace="ECS/ContainerInsights", metric_name="DesiredTaskCount", dimensions_map=names, statistic="Maximum"
        )
        metrics = {
            "visible": self.queue.metric_approximate_number_of_messages_visible(statistic="Maximum"),
            "taken": self.queue.metric_approximate_number_of_messages_not_visible(statistic="Maximum"),
            "wanted": tasks,
        }
        filled = expression.replace("backlog", "(FILL(visible, 0) + FILL(taken, 0))").replace(
            "tasks", "FILL(wanted, 0)"
        )
        return cloudwatch.MathExpression(expression=filled, using_metrics=metrics, period=PERIOD, label="Backlog")

    def _keep_queue_active(self) -> None:
        """A call that changes nothing."""
        role = iam.Role(self, "TouchRole", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        target = scheduler_targets.Universal(
            service="sqs",
            action="setQueueAttributes",
            input=scheduler.ScheduleTargetInput.from_object(
                {"QueueUrl": self.queue.queue_url, "Attributes": {"VisibilityTimeout": str(VISIBILITY_SECONDS)}}
            ),
            policy_statements=[
                iam.PolicyStatement(actions=["sqs:SetQueueAttributes"], resources=[self.queue.queue_arn])
            ],
            role=role,
        )
        every = scheduler.ScheduleExpression.rate(cdk.Duration.hours(TOUCH_HOURS))
        scheduler.Schedule(self, "Touch", schedule=every, target=target)
