"""The one table and the buckets, as functions of other stacks use them."""

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
        """Of the index that says what is still to be done."""
        return f"{self.table.table_arn}/index/{AGENDA}"

    @property
    def owned_arn(self) -> str:
        """Of the index that says whose jobs and uploads are."""
        return f"{self.table.table_arn}/index/{OWNED}"
