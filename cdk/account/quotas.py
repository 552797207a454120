"""Quotas of AWS services, and commands to increase them."""

from dataclasses import dataclass

from cdk.account.aws import AwsAccount, NoSuchResource, NotChecked


@dataclass(frozen=True)
class Quota:
    """A quota, by its service and code in AWS Service Quotas."""

    service: str
    code: str


LAMBDA_CONCURRENCY = Quota("lambda", "L-B99A9384")
ON_DEMAND_GPUS = Quota("ec2", "L-DB2E81BA")  # "Running On-Demand G and VT instances", in vCPUs
SPOT_GPUS = Quota("ec2", "L-3819A6DF")  # "All G and VT Spot Instance Requests", in vCPUs
VPCS = Quota("vpc", "L-F678F1CE")


def value_of(account: AwsAccount, quota: Quota) -> int:
    """Raises NotChecked."""
    try:
        found = account.ask("service-quotas", "get_service_quota", ServiceCode=quota.service, QuotaCode=quota.code)
    except NoSuchResource as error:
        raise NotChecked(f"not checked: Service Quotas has no {quota.code} in this region") from error
    value = found.get("Quota", {}).get("Value")
    if value is None:
        raise NotChecked(f"not checked: Service Quotas returned no value for {quota.code}")
    return int(value)


def increase_command(account: AwsAccount, quota: Quota, value: int) -> str:
    """The command that requests an increase from AWS."""
    return (
        f"aws service-quotas request-service-quota-increase --service-code {quota.service}"
        f" --quota-code {quota.code} --desired-value {value} --region {account.region}"
    )
