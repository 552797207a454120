"""Scales GPU instances with the backlog of a queue: from none without orders to one or more with orders."""

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.constructs.gpu_options import GpuOptions

# Orders of the largest images that one GPU can process in the time that an order has left when an instance has started.
ORDERS_PER_INSTANCE = 20
MINUTE = cdk.Duration.minutes(1)
# After six hours without a call a queue is inactive: it writes no metrics, and its next ones are up to 15 minutes late.
TOUCH_HOURS = 5


class Backlog(Construct):
    def __init__(
        self, scope: Construct, *, queue: sqs.IQueue, group: autoscaling.AutoScalingGroup, options: GpuOptions
    ) -> None:
        super().__init__(scope, "Backlog")
        self.queue, self.group, self.options = queue, group, options
        self._start_some()
        self._end_all()
        self._keep_queue_active()

    def _start_some(self) -> None:
        """The alarm that starts instances. CloudWatch repeats its action every minute, which follows the backlog."""
        alarm = cloudwatch.Alarm(
            self,
            "Waiting",
            alarm_description="Orders to upscale wait or are worked on: so many instances as they want",
            metric=self._orders(),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        size = self._size("Size")
        for count in range(1, self.options.max_tasks + 1):
            is_last = count == self.options.max_tasks
            size.add_adjustment(
                adjustment=count,
                lower_bound=(count - 1) * ORDERS_PER_INSTANCE,  # relative to the threshold, which is one order
                upper_bound=None if is_last else count * ORDERS_PER_INSTANCE,
            )
        alarm.add_alarm_action(actions.AutoScalingAction(size))

    def _end_all(self) -> None:
        alarm = cloudwatch.Alarm(
            self,
            "Idle",
            alarm_description="Nothing to upscale, as is usual: no instances",
            metric=self._orders(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=self.options.keep_minutes,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        none = self._size("None")
        none.add_adjustment(adjustment=0, upper_bound=0)
        alarm.add_alarm_action(actions.AutoScalingAction(none))

    def _size(self, name: str) -> autoscaling.StepScalingAction:
        """The action of an alarm. The warm-up time prevents that instances are started and ended alternately."""
        return autoscaling.StepScalingAction(
            self,
            name,
            auto_scaling_group=self.group,
            adjustment_type=autoscaling.AdjustmentType.EXACT_CAPACITY,
            estimated_instance_warmup=cdk.Duration.minutes(self.options.keep_minutes),
            metric_aggregation_type=autoscaling.MetricAggregationType.MAXIMUM,
        )

    def _orders(self) -> cloudwatch.MathExpression:
        """The number of orders: waiting ones, for which an active queue always has a value, and those being processed.

        Missing values of waiting orders are not filled with 0: the value of the newest minute arrives late.
        """
        visible = self.queue.metric_approximate_number_of_messages_visible(statistic="Maximum")
        taken = self.queue.metric_approximate_number_of_messages_not_visible(statistic="Maximum")
        return cloudwatch.MathExpression(
            expression="visible + FILL(taken, 0)",
            using_metrics={"visible": visible, "taken": taken},
            period=MINUTE,
            label="Orders to upscale",
        )

    def _keep_queue_active(self) -> None:
        """Calls the queue regularly, so that it stays active. The call removes a tag that does not exist."""
        target = scheduler_targets.Universal(
            service="sqs",
            action="untagQueue",
            input=scheduler.ScheduleTargetInput.from_object({"QueueUrl": self.queue.queue_url, "TagKeys": ["none"]}),
            policy_statements=[iam.PolicyStatement(actions=["sqs:UntagQueue"], resources=[self.queue.queue_arn])],
        )
        every = scheduler.ScheduleExpression.rate(cdk.Duration.hours(TOUCH_HOURS))
        scheduler.Schedule(self, "Touch", schedule=every, target=target)
