"""The log queries in CloudWatch Logs Insights, in a folder with the installation's name."""

from collections.abc import Sequence

from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.monitoring.log_queries import QUERIES


def log_queries(scope: Construct, folder: str, log_groups: Sequence[str]) -> None:
    queries = Construct(scope, "Queries")
    for name, text in QUERIES.items():
        logs.CfnQueryDefinition(
            queries,
            name.title().replace(" ", ""),
            name=f"{folder}/{name}",
            query_string=text,
            log_group_names=list(log_groups),
        )
