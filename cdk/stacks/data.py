"""Where jobs and files are: one table, a bucket for uploads and one for results."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge

# A day more than uploads and results live: the table decides what has expired, S3 only tidies up.
FILE_DAYS = 2
LOG_DAYS = 90
PREFLIGHT_SECONDS = 7200


class DataStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, description="Image optimization: table and buckets")
        self.table = self._table()
        self.access_logs = self._access_logs()
        self.uploads = self._files("Uploads", s3.HttpMethods.POST)
        self.results = self._files("Results", s3.HttpMethods.GET)

    def _table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="ttl",
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def _access_logs(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(LOG_DAYS))],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(bucket, "S1", "This is the bucket of access logs; logging it into itself would never end.")
        return bucket

    def _files(self, name: str, by_scripts: s3.HttpMethods) -> s3.Bucket:
        """`by_scripts` is what scripts of websites may do with a signed form or address."""
        return s3.Bucket(
            self,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(FILE_DAYS),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
            cors=[
                s3.CorsRule(
                    allowed_methods=[by_scripts],
                    allowed_origins=self._origins(),
                    allowed_headers=["*"],
                    exposed_headers=["Content-Disposition", "ETag"],
                    max_age=PREFLIGHT_SECONDS,
                )
            ],
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{name.lower()}/",
        )

    def _origins(self) -> list[str]:
        """The websites that may call the API, by its own setting."""
        settings = self.node.try_get_context("settings") or {}
        return str(settings.get("IMGOPT_CORS_ORIGINS", "*")).split(",")
