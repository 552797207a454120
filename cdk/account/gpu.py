"""What GPU instances need of an account."""

from collections import defaultdict

from cdk.account.aws import AwsAccount, NotThere
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
    """Auto Scaling makes its own with the first group; these are not made in time."""
    try:
        account.ask("iam", "get_role", RoleName=name)
    except NotThere:
        remedy = f"aws iam create-service-linked-role --aws-service-name {service}"
        return missing(f"{name} is not there, and {service} can do nothing without it", remedy)
    return ok(f"{name} is there")


def on_demand(account: AwsAccount, installation: Installation) -> Finding:
    """Of spot instances, all but the first are bought on the spot market."""
    options = gpu_options_of(installation)
    return instances(account, options, ON_DEMAND_GPUS, 1 if options.spot else options.max_tasks)


def spot(account: AwsAccount, installation: Installation) -> Finding:
    options = gpu_options_of(installation)
    return instances(account, options, SPOT_GPUS, options.max_tasks - 1)


def instances(account: AwsAccount, options: GpuOptions, quota: Quota, count: int) -> Finding:
    each = max(vcpus(kind) for kind in options.instance_types)
    allowed, wanted = value_of(account, quota), count * each
    text = f"{allowed} vCPUs of G instances; {count} of {each} are wanted by gpu_max_tasks"
    if allowed >= wanted:
        return ok(text)
    meaning = f"no more than {allowed // each} would start" if allowed >= each else "none would start"
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
    said = "; ".join(f"{kind} in {', '.join(sorted(zones[kind])) or 'no zone'}" for kind in options.instance_types)
    if all(zones[kind] for kind in options.instance_types):
        return ok(said)
    offered = ",".join(kind for kind in options.instance_types if zones[kind])
    return missing(said, f"-c gpu_instance_types={offered}" if offered else "-c gpu=false, or another region")


def vpcs(account: AwsAccount, installation: Installation) -> Finding:
    network = installation.name + GPUS[0]
    if find(account, (network,)):
        return ok(f"{network} has its own")
    used = len(account.ask("ec2", "describe_vpcs").get("Vpcs", []))
    allowed = value_of(account, VPCS)
    text = f"{used} of {allowed} in use, and {network} makes one"
    return ok(text) if used < allowed else missing(text, increase_command(account, VPCS, used + 1))


def gpu_options_of(installation: Installation) -> GpuOptions:
    if installation.gpu is None:
        raise ValueError("no GPU is asked for")
    return installation.gpu


def vcpus(kind: str) -> int:
    """Of an instance type such as g6.2xlarge."""
    return XLARGE_VCPUS * int(kind.partition(".")[2].removesuffix("xlarge") or 1)
