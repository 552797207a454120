"""The table and the buckets, for functions in other stacks."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3

AGENDA, OWNED = "agenda", "owned"


@dataclass(frozen=True)
class Storage:
    table: dynamodb.Table
    uploads: s3.Bucket
    results: s3.Bucket

    @property
    def agenda_arn(self) -> str:
        """The ARN of the due index."""
        return f"{self.table.table_arn}/index/{AGENDA}"

    @property
    def owned_arn(self) -> str:
        """The ARN of the index of jobs and uploads by owner."""
        return f"{self.table.table_arn}/index/{OWNED}"
