"""The network of GPU instances: public subnets without inbound traffic, which cost less than a NAT gateway.

The stack exists only with the context `gpu`.
"""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

ZONES = 2
HTTPS = 443


class NetworkStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: network of the GPU instances")
        public = ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=ZONES,
            nat_gateways=0,
            subnet_configuration=[public],
            restrict_default_security_group=False,  # it would need a custom resource, and nothing uses the group
        )
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        self.workers = ec2.SecurityGroup(
            self, "Workers", vpc=self.vpc, allow_all_outbound=False, description="Workers: nothing in, HTTPS out"
        )
        self.workers.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS), "AWS by HTTPS")
        self._flow_log()

    def _flow_log(self) -> None:
        group = logs.LogGroup(
            self, "Flows", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        role = iam.Role(self, "FlowsRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        destination = ec2.FlowLogDestination.to_cloud_watch_logs(group, role)
        self.vpc.add_flow_log("FlowLog", destination=destination, traffic_type=ec2.FlowLogTrafficType.REJECT)
