"""The state machine, which invokes the stages' functions, and what ends jobs whose execution was stopped."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.function import Function
from cdk.definition import definition

# A message with a token, whose answer is waited for.
ORDER = "states:::sqs:sendMessage.waitForTaskToken"


def state_machine(
    stack: cdk.Stack, name: str, stages: Mapping[str, Function], upscales: sqs.IQueue
) -> stepfunctions.StateMachine:
    """`stages` by the names that their ARNs have in the definition."""
    arns = {f"{stage}FunctionArn": function.arn for stage, function in stages.items()}
    machine = stepfunctions.StateMachine(
        stack,
        "StateMachine",
        state_machine_name=name,
        definition_body=stepfunctions.DefinitionBody.from_string(definition()),
        definition_substitutions={**arns, "UpscaleOrderArn": f"arn:{stack.partition}:{ORDER}"},
        role=_role(stack, list(arns.values()), upscales),
        logs=_logs(stack),
        tracing_enabled=False,
    )
    acknowledge(machine, "SF2", "Its traces would have ids that open results; stages have traces of their own.")
    reason = "Every stage logs each job; the machine's log keeps errors only, at a hundredth of the cost."
    acknowledge(machine, "SF1", reason)
    return machine


def _role(stack: cdk.Stack, functions: list[str], upscales: sqs.IQueue) -> iam.Role:
    role = iam.Role(stack, "StateMachineRole", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=functions))
    role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[upscales.queue_arn]))
    acknowledge(role, "IAM5[Resource::*]", "Log delivery and X-Ray can't be restricted to a resource.")
    return role


def _logs(stack: cdk.Stack) -> stepfunctions.LogOptions:
    group = logs.LogGroup(
        stack,
        "StateMachineLog",
        log_group_name=f"/aws/vendedlogs/states/{stack.stack_name}",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    return stepfunctions.LogOptions(destination=group, level=stepfunctions.LogLevel.ERROR, include_execution_data=False)


def fail_stopped_executions(
    stack: cdk.Stack, machine: stepfunctions.StateMachine, fail: Function, dead_letters: sqs.IQueue
) -> None:
    """An execution that timed out or was aborted never reached its Fail state: its job still has to end."""
    rule = events.Rule(
        stack,
        "StoppedExecutions",
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "stateMachineArn": [machine.state_machine_arn],
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            },
        ),
    )
    event = events.RuleTargetInput.from_object(
        {
            "job_id": events.EventField.from_path("$.detail.name"),
            "error": {"Error": events.EventField.from_path("$.detail.status"), "Cause": ""},
        }
    )
    rule.add_target(targets.LambdaFunction(fail.called, event=event, dead_letter_queue=dead_letters))
