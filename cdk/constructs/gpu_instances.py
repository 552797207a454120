"""A cluster of GPU instances. It has none until there are orders."""

from typing import cast

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.gpu_options import GpuOptions

# Twice the default throughput of gp3, because an instance unpacks 6 GB of CUDA libraries before its first order.
DISK_GB, DISK_MB_PER_SECOND = 60, 250
AGENT = "What ECS's agent calls has no resource, or is bound to the cluster by a condition; the policy is CDK's own."


class GpuInstances(Construct):
    """The cluster. `group` starts empty; `Backlog` changes its size. Tasks end before their instance is terminated."""

    def __init__(
        self, scope: Construct, *, vpc: ec2.IVpc, security_group: ec2.ISecurityGroup, options: GpuOptions
    ) -> None:
        super().__init__(scope, "Instances")
        self.options, self.security_group = options, security_group
        self.cluster = ecs.Cluster(self, "Cluster", vpc=vpc, container_insights_v2=ecs.ContainerInsights.ENABLED)
        self.group = self._group(vpc)
        self._drain_before_ending()

    def _drain_before_ending(self) -> None:
        """A capacity provider, only to drain instances. Its scaling is off, else it would end instances itself."""
        drained = ecs.AsgCapacityProvider(
            self,
            "Drained",
            auto_scaling_group=self.group,
            enable_managed_draining=True,
            enable_managed_scaling=False,
            enable_managed_termination_protection=False,
        )
        provider = cast("ecs.CfnCapacityProvider", drained.node.find_child("Drained"))
        provider.add_property_override("AutoScalingGroupProvider.ManagedScaling", {"Status": "DISABLED"})
        self.cluster.add_asg_capacity_provider(drained)

    def _group(self, vpc: ec2.IVpc) -> autoscaling.AutoScalingGroup:
        group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            min_capacity=0,
            max_capacity=self.options.max_tasks,
            group_metrics=[autoscaling.GroupMetrics(autoscaling.GroupMetric.IN_SERVICE_INSTANCES)],
            mixed_instances_policy=autoscaling.MixedInstancesPolicy(
                launch_template=self._launch_template(),
                launch_template_overrides=[
                    autoscaling.LaunchTemplateOverrides(instance_type=ec2.InstanceType(name))
                    for name in self.options.instance_types
                ],
                instances_distribution=self._distribution(),
            ),
        )
        acknowledge(group, "AS3", "Instances come and go with the backlog; its alarms tell that.")
        acknowledge(group, "EC26", "The rule can't read a policy of mixed instances. The disk is encrypted.")
        return group

    def _distribution(self) -> autoscaling.InstancesDistribution:
        """On-demand and spot instances. The first is always on demand, so that it is not interrupted."""
        return autoscaling.InstancesDistribution(
            on_demand_allocation_strategy=autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
            on_demand_base_capacity=1,
            on_demand_percentage_above_base_capacity=0 if self.options.spot else 100,
            spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
        )

    def _launch_template(self) -> ec2.LaunchTemplate:
        """The launch template. IMDSv2 with one hop prevents containers from getting the instance's credentials."""
        volume = ec2.BlockDeviceVolume.ebs(
            DISK_GB, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3, throughput=DISK_MB_PER_SECOND
        )
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        for finding in ("Action::ecs:Submit*", "Resource::*"):
            acknowledge(role, f"IAM5[{finding}]", AGENT)
        return ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            machine_image=ecs.EcsOptimizedImage.amazon_linux2023(ecs.AmiHardwareType.GPU),
            role=role,
            user_data=ec2.UserData.for_linux(),
            security_group=self.security_group,
            associate_public_ip_address=True,
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=volume)],
        )
