"""Roles, quotas and instance types for GPU instances."""

from collections import defaultdict

from cdk.account.aws import AwsAccount, NoSuchResource
from cdk.account.installation import GPUS, Installation
from cdk.account.model import Finding, missing, ok
from cdk.account.quotas import ON_DEMAND_GPUS, SPOT_GPUS, VPCS, Quota, increase_command, value_of
from cdk.account.stacks import find
from cdk.constructs.gpu_options import GpuOptions

XLARGE_VCPUS = 4


def has_gpu(installation: Installation) -> bool:
    return installation.gpu is not None


def has_spot(installation: Installation) -> bool:
    return installation.gpu is not None and installation.gpu.spot and installation.gpu.max_tasks > 1


def ecs_role(account: AwsAccount, _: Installation) -> Finding:
    return role(account, "AWSServiceRoleForECS", "ecs.amazonaws.com")


def spot_role(account: AwsAccount, _: Installation) -> Finding:
    return role(account, "AWSServiceRoleForEC2Spot", "spot.amazonaws.com")


def role(account: AwsAccount, name: str, service: str) -> Finding:
    """Whether a service-linked role exists. AWS creates it too late for the first deployment."""
    try:
        account.ask("iam", "get_role", RoleName=name)
    except NoSuchResource:
        remedy = f"aws iam create-service-linked-role --aws-service-name {service}"
        return missing(f"{name} does not exist, and {service} needs it", remedy)
    return ok(f"{name} exists")


def on_demand(account: AwsAccount, installation: Installation) -> Finding:
    """The quota of on-demand instances. With `gpu_spot`, only the first instance is one."""
    options = gpu_options_of(installation)
    return instances(account, options, ON_DEMAND_GPUS, 1 if options.spot else options.max_tasks)


def spot(account: AwsAccount, installation: Installation) -> Finding:
    options = gpu_options_of(installation)
    return instances(account, options, SPOT_GPUS, options.max_tasks - 1)


def instances(account: AwsAccount, options: GpuOptions, quota: Quota, count: int) -> Finding:
    each = max(vcpus(kind) for kind in options.instance_types)
    allowed, wanted = value_of(account, quota), count * each
    text = f"the quota is {allowed} vCPUs of G instances; gpu_max_tasks needs {count} instances of {each} vCPUs"
    if allowed >= wanted:
        return ok(text)
    meaning = f"only {allowed // each} would start" if allowed >= each else "none would start"
    return missing(f"{text}: {meaning}", increase_command(account, quota, wanted))


def offerings(account: AwsAccount, installation: Installation) -> Finding:
    options = gpu_options_of(installation)
    found = account.ask(
        "ec2",
        "describe_instance_type_offerings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": list(options.instance_types)}],
    ).get("InstanceTypeOfferings", [])
    zones = defaultdict(list)
    for each in found:
        zones[each["InstanceType"]].append(each["Location"])
    text = "; ".join(f"{kind} in {', '.join(sorted(zones[kind])) or 'no zone'}" for kind in options.instance_types)
    if all(zones[kind] for kind in options.instance_types):
        return ok(text)
    offered = ",".join(kind for kind in options.instance_types if zones[kind])
    return missing(text, f"-c gpu_instance_types={offered}" if offered else "-c gpu=false, or another region")


def vpcs(account: AwsAccount, installation: Installation) -> Finding:
    network = installation.name + GPUS[0]
    if find(account, (network,)):
        return ok(f"{network} already has its VPC")
    used = len(account.ask("ec2", "describe_vpcs").get("Vpcs", []))
    allowed = value_of(account, VPCS)
    text = f"{used} of {allowed} are in use, and {network} creates one"
    return ok(text) if used < allowed else missing(text, increase_command(account, VPCS, used + 1))


def gpu_options_of(installation: Installation) -> GpuOptions:
    if installation.gpu is None:
        raise ValueError("the context has no GPU")
    return installation.gpu


def vcpus(kind: str) -> int:
    """The number of vCPUs of an instance type such as g6.2xlarge."""
    return XLARGE_VCPUS * int(kind.partition(".")[2].removesuffix("xlarge") or 1)
