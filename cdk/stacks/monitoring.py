"""Monitoring: alarms and a budget that notify a topic, a dashboard, and saved log queries."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.context import name_of
from cdk.monitoring.alarm_rules import AlarmRule
from cdk.monitoring.budget import add_budget, monthly_budget_of
from cdk.monitoring.dashboard import dashboard
from cdk.monitoring.names import AlarmName
from cdk.monitoring.query_definitions import log_queries
from cdk.monitoring.rules_of_jobs import rules_of_jobs
from cdk.monitoring.rules_of_service import rules_of_service
from cdk.monitoring.watched import WatchedResources

WRITERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")
RUNBOOK = "What to do: docs/operations.md"


class MonitoringStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, watched: WatchedResources) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: alarms, dashboard, queries")
        self.topic = self._topic()
        rules = (*rules_of_jobs(watched), *rules_of_service(watched))
        alarms = [self._alarm(each) for each in rules]
        dashboard(self, watched, alarms)
        log_queries(self, name_of(self), watched.log_groups)
        dollars = monthly_budget_of(self)
        if dollars:
            add_budget(self, self._full_name(AlarmName.SPEND), dollars, self.topic)
        cdk.CfnOutput(self, "AlarmTopicArn", value=self.topic.topic_arn)

    def _topic(self) -> sns.Topic:
        """The topic of alarms. The e-mail address in the context is subscribed automatically."""
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        email = self.node.try_get_context("alarm_email")
        if email:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        for service in WRITERS:
            topic.add_to_resource_policy(self._may_publish(service, topic))
        acknowledge(
            topic, "SNS2", "CloudWatch can't write to a topic under AWS's own key; alarms tell nothing private."
        )
        return topic

    def _may_publish(self, service: str, topic: sns.Topic) -> iam.PolicyStatement:
        """Allows a service of AWS to publish for this account."""
        return iam.PolicyStatement(
            actions=["sns:Publish"],
            principals=[iam.ServicePrincipal(service)],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": self.account}},
        )

    def _full_name(self, name: AlarmName) -> str:
        return f"{name_of(self)}-{name}"

    def _alarm(self, rule: AlarmRule) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            f"{rule.name}Alarm",
            alarm_name=self._full_name(rule.name),
            alarm_description=f"{rule.means}. Without values {rule.silence.value}: {rule.why} {RUNBOOK}, {rule.name}.",
            metric=rule.metric,
            threshold=rule.most,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=rule.periods,
            treat_missing_data=rule.silence.taken_for,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        return alarm
