"""EventBridge Scheduler: a schedule of one time, whose target is a queue."""

from datetime import UTC, datetime, timedelta

from benchmarks.emulators.functions import ROLE
from benchmarks.emulators.server import Server
from benchmarks.emulators.waiting import wait_for

SECONDS = 75


def schedules(server: Server) -> str:
    messages, client = server.client("sqs"), server.client("scheduler")
    url = messages.create_queue(QueueName="scheduled")["QueueUrl"]
    arn = messages.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.create_schedule(
        Name="once",
        ScheduleExpression=f"at({datetime.now(UTC) + timedelta(seconds=3):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": ROLE, "Input": "{}"},
    )
    try:
        wait_for(lambda: messages.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), SECONDS)
    except RuntimeError:
        return "kept, never due"
    return "yes"
