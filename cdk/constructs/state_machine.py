"""The state machines, which invoke the stages' functions, and what ends jobs whose execution was stopped."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.function import Function
from cdk.definition import MachineKind, definition

# A message with a token, whose answer is waited for.
# A standard machine's is not written, as in 0.2: CloudFormation would replace a machine to which a type is added, and
# refuses that, as the machine has a name.
WRITTEN_TYPES = {MachineKind.STANDARD: None, MachineKind.EXPRESS: stepfunctions.StateMachineType.EXPRESS}
ORDER, SEND_AND_WAIT = "UpscaleOrderArn", "states:::sqs:sendMessage.waitForTaskToken"


@dataclass(frozen=True)
class MachineBuilder:
    """Makes them in `stack` itself. `stages` by the names that their ARNs have in the definitions."""

    stack: cdk.Stack
    stages: Mapping[str, Function]
    upscales: sqs.IQueue

    def standard(self, name: str) -> stepfunctions.StateMachine:
        """Its executions have a history of their own; the log keeps errors, as long as other logs."""
        group = self._log_group("StateMachineLog", "", logs.RetentionDays.ONE_MONTH)
        machine = self._machine("StateMachine", MachineKind.STANDARD, name, _log(group, stepfunctions.LogLevel.ERROR))
        machine.add_to_role_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.upscales.queue_arn])
        )
        reason = "Every stage logs each job; the machine's log keeps errors only, at a hundredth of the cost."
        acknowledge(machine, "SF1", reason)
        return machine

    def express(self, name: str) -> stepfunctions.StateMachine:
        """The log is all that is left of its executions, and is looked at only where a job went wrong."""
        rare = logs.LogGroupClass.INFREQUENT_ACCESS
        group = self._log_group("ExpressMachineLog", "/express", logs.RetentionDays.THREE_DAYS, rare)
        return self._machine("ExpressMachine", MachineKind.EXPRESS, name, _log(group, stepfunctions.LogLevel.ALL))

    def _machine(
        self, identifier: str, kind: MachineKind, name: str, log: stepfunctions.LogOptions
    ) -> stepfunctions.StateMachine:
        text = definition(kind)
        arns = self._arns(text)
        machine = stepfunctions.StateMachine(
            self.stack,
            identifier,
            state_machine_name=name,
            state_machine_type=WRITTEN_TYPES[kind],
            definition_body=stepfunctions.DefinitionBody.from_string(text),
            definition_substitutions={**arns, **self._orders(text)},
            role=_role(self.stack, f"{identifier}Role", list(arns.values())),
            logs=log,
            tracing_enabled=False,
        )
        acknowledge(machine, "SF2", "Its traces would have ids that open results; stages have traces of their own.")
        return machine

    def _arns(self, text: str) -> dict[str, str]:
        """Of the functions that a definition names."""
        known = {f"{stage}FunctionArn": function.arn for stage, function in self.stages.items()}
        return {name: arn for name, arn in known.items() if f"${{{name}}}" in text}

    def _orders(self, text: str) -> dict[str, str]:
        return {ORDER: f"arn:{self.stack.partition}:{SEND_AND_WAIT}"} if f"${{{ORDER}}}" in text else {}

    def _log_group(
        self, identifier: str, ending: str, kept: logs.RetentionDays, group_class: logs.LogGroupClass | None = None
    ) -> logs.LogGroup:
        return logs.LogGroup(
            self.stack,
            identifier,
            log_group_name=f"/aws/vendedlogs/states/{self.stack.stack_name}{ending}",
            log_group_class=group_class,
            retention=kept,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )


def _role(stack: cdk.Stack, identifier: str, functions: list[str]) -> iam.Role:
    role = iam.Role(stack, identifier, assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=functions))
    acknowledge(role, "IAM5[Resource::*]", "Log delivery and X-Ray can't be restricted to a resource.")
    return role


def _log(group: logs.LogGroup, level: stepfunctions.LogLevel) -> stepfunctions.LogOptions:
    """Without what states pass on: ids that open results, and settings that clients wrote."""
    return stepfunctions.LogOptions(destination=group, level=level, include_execution_data=False)


def fail_stopped_executions(
    stack: cdk.Stack, machine: stepfunctions.StateMachine, fail: Function, dead_letters: sqs.IQueue
) -> None:
    """A standard execution that timed out or was aborted never reached its Fail state: its job still has to end.

    Of express executions there are no such events: reconciliation looks at the age of their jobs.
    """
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
