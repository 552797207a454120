"""The state machines, which invoke the stages, and the rule that fails jobs whose execution was stopped."""

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

# The integration that sends a message with a task token and waits for the answer.
ORDER, SEND_AND_WAIT = "UpscaleOrderArn", "states:::sqs:sendMessage.waitForTaskToken"
# The template has no type for the standard machine, as in version 0.2. CloudFormation replaces a machine when a type is
# added, and refuses to replace a resource with a name.
WRITTEN_TYPES = {MachineKind.STANDARD: None, MachineKind.EXPRESS: stepfunctions.StateMachineType.EXPRESS}


@dataclass(frozen=True)
class MachineBuilder:
    """Creates the state machines directly in `stack`. `stages` are by the names of their ARNs in the definitions."""

    stack: cdk.Stack
    stages: Mapping[str, Function]
    upscales: sqs.IQueue

    def standard(self, name: str) -> stepfunctions.StateMachine:
        """The standard machine. Step Functions keeps the history of its executions; the log has only errors."""
        group = self._log_group("StateMachineLog", "", logs.RetentionDays.ONE_MONTH)
        machine = self._machine("StateMachine", MachineKind.STANDARD, name, _log(group, stepfunctions.LogLevel.ERROR))
        machine.add_to_role_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.upscales.queue_arn])
        )
        reason = "Every stage logs each job; the machine's log keeps errors only, at a hundredth of the cost."
        acknowledge(machine, "SF1", reason)
        return machine

    def express(self, name: str) -> stepfunctions.StateMachine:
        """The express machine. Its executions have no history, so its log is needed to investigate failed jobs."""
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
        """The ARNs of the functions in a definition, by name."""
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
    """The log options. Data of executions are left out: they contain ids that give access to results, and settings."""
    return stepfunctions.LogOptions(destination=group, level=level, include_execution_data=False)


def fail_stopped_executions(
    stack: cdk.Stack, machine: stepfunctions.StateMachine, fail: Function, dead_letters: sqs.IQueue
) -> None:
    """Fails the jobs of standard executions that timed out or were aborted, as these do not reach the state Fail.

    Express executions have no such events. Reconciliation fails their jobs by age.
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
