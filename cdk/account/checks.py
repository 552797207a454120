"""All checks, in the order of the output."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cdk.account import bootstrap, functions, gateway, gpu, stacks, tagging
from cdk.account.aws import AwsAccount, NoSuchResource, NotChecked
from cdk.account.installation import Installation
from cdk.account.model import Finding, unknown


def always(_: Installation) -> bool:
    return True


@dataclass(frozen=True)
class Check:
    """A check. `run` may raise the errors of `AwsAccount.ask`. `concerns` is whether an installation needs it."""

    subject: str
    run: Callable[[AwsAccount, Installation], Finding]
    concerns: Callable[[Installation], bool] = always


CHECKS = (
    Check("CDK bootstrap", bootstrap.version),
    Check("Stacks", stacks.deployed_stacks),
    Check("Unused stacks", stacks.unused_stacks, lambda known: bool(known.unused_stacks)),
    Check("Log groups of executions", stacks.log_groups),
    Check("Concurrency of functions", functions.concurrency),
    Check("Memory of functions", functions.memory, functions.is_large),
    Check("Layer of the Lambda Web Adapter", functions.web_adapter),
    Check("Log role of API Gateway", gateway.log_role),
    Check("Model for tags", tagging.lifecycle, tagging.has_model),
    Check("Inference profile", tagging.profile, tagging.has_profile),
    Check("Access to the model", tagging.access, lambda known: tagging.has_model(known) and bool(known.model.name)),
    Check("Role of ECS", gpu.ecs_role, gpu.has_gpu),
    Check("Role of spot instances", gpu.spot_role, gpu.has_spot),
    Check("GPU types", gpu.offerings, gpu.has_gpu),
    Check("Quota of on-demand GPUs", gpu.on_demand, gpu.has_gpu),
    Check("Quota of spot GPUs", gpu.spot, gpu.has_spot),
    Check("VPCs", gpu.vpcs, gpu.has_gpu),
)


def run_checks(account: AwsAccount, installation: Installation) -> Iterator[tuple[str, Finding]]:
    """Runs the checks, and yields the subject and finding of each."""
    for check in CHECKS:
        if check.concerns(installation):
            yield check.subject, result_of(check, account, installation)


def result_of(check: Check, account: AwsAccount, installation: Installation) -> Finding:
    try:
        return check.run(account, installation)
    except NotChecked as error:
        return unknown(str(error))
    except NoSuchResource as error:
        return unknown(f"not checked: {error}")
