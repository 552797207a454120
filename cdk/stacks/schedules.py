"""Schedules: reconciliation of jobs, cleanup of expired data, and of credit records at the end of a day."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk.assets import domain_layer, function_code
from cdk.constructs.dead_letters import dead_letter_queue
from cdk.constructs.function import Function
from cdk.constructs.items import allow_items
from cdk.constructs.layers import layer, payments_layers
from cdk.constructs.permissions import (
    allow_cleaning,
    allow_deleting_accounts,
    allow_dispatching,
    allow_executions,
)
from cdk.constructs.storage import Storage
from cdk.layers import build_layer
from cdk.stacks.pipeline import PipelineStack

SCHEDULE_MEMORY_MB = 512
# The kinds of items for payments that are settled late.
PAYMENT_ACTIONS = ("BatchGetItem", "GetItem", "PutItem", "UpdateItem")
MINUTE, HOUR = 60, 3600
# The timeout in seconds, so that a run of `reconcile` ends before the next one begins.
RECONCILE_SECONDS, CLEANUP_TIMEOUT, REFRESH_TIMEOUT = 55, 300, 300


class SchedulesStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, storage: Storage, pipeline: PipelineStack) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: schedules")
        self.storage, self.pipeline = storage, pipeline
        self.domain_layer = layer(self, "DomainLayer", domain_layer())
        self.code = function_code("schedules")
        self.failed_runs = dead_letter_queue(self, "FailedRuns")
        self._schedule("Reconcile", self._reconcile(), "rate(1 minute)", MINUTE)
        self._schedule("Cleanup", self._cleanup(), "rate(1 hour)", HOUR)
        self._schedule("RefreshCredits", self._refresh_credits(), "cron(0 0 * * ? *)", HOUR)

    def _reconcile(self) -> Function:
        function = self._function("Reconcile", "reconcile", RECONCILE_SECONDS, *payments_layers(self))
        machine = self.pipeline.state_machine
        allow_dispatching(function, self.storage, self.pipeline.machine_arns)
        allow_items(function, self.storage, PAYMENT_ACTIONS, ["PAYMENT", "CREDITS"])
        function.allow(["dynamodb:Query"], self.storage.agenda_arn)
        function.allow(["states:ListExecutions"], self.pipeline.state_machine_arn)
        allow_executions(function, machine, "DescribeExecution", "StopExecution")
        function.allow(["sqs:SendMessage"], self.pipeline.callbacks.queue_arn)
        return function

    def _cleanup(self) -> Function:
        """The cleanup. It has the layer for the web with Stripe's SDK, to delete accounts at Stripe, too."""
        web = layer(self, "WebLayer", build_layer("web"))
        function = self._function("Cleanup", "cleanup", CLEANUP_TIMEOUT, web)
        self._allow_table(function, "GetItem", "PutItem", "DeleteItem")
        allow_cleaning(function, self.storage)
        allow_deleting_accounts(function, self.storage, self.pipeline.state_machine)
        cdk.CfnOutput(self, "CleanupFunctionName", value=function.lambda_function.function_name)
        return function

    def _refresh_credits(self) -> Function:
        function = self._function("RefreshCredits", "refresh_credits", REFRESH_TIMEOUT)
        self._allow_table(function, "Scan")
        allow_items(function, self.storage, ["DeleteItem"], ["CREDITS"])
        return function

    def _function(self, name: str, module: str, seconds: int, *layers: lambda_.ILayerVersion) -> Function:
        """Adds a schedule. Failed runs are not retried: the next run continues."""
        function = Function(
            self,
            name,
            code=self.code,
            handler=f"functions.schedules.{module}.handler",
            layers=[self.domain_layer, *layers],
            memory=SCHEDULE_MEMORY_MB,
            seconds=seconds,
            environment=self.pipeline.environment_variables,
            dead_letters=self.failed_runs,
        )
        function.lambda_function.configure_async_invoke(retry_attempts=0)
        return function

    def _allow_table(self, function: Function, *actions: str) -> None:
        function.allow([f"dynamodb:{action}" for action in actions], self.storage.table.table_arn)

    def _schedule(self, name: str, function: Function, expression: str, patience: int) -> None:
        """`patience` is the time in seconds for which invoking the function is retried."""
        role = iam.Role(
            self,
            f"{name}ScheduleRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.account}}
            ),
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.arn]))
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.failed_runs.queue_arn]))
        scheduler.CfnSchedule(
            self,
            f"{name}Schedule",
            schedule_expression=expression,
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.arn,
                role_arn=role.role_arn,
                input="{}",
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.failed_runs.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=patience, maximum_retry_attempts=10
                ),
            ),
        )
