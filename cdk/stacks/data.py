"""The storage: one table, a bucket for uploads and a bucket for results."""

import math
from urllib.parse import urlsplit

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.customer_key import customer_key
from cdk.constructs.storage import AGENDA, OWNED, Storage
from cdk.context import is_on, settings_of

DAY = 86400
# The settings for the lifetimes of files in seconds, with their defaults.
UPLOAD_LIFETIMES = {"IMGOPT_UPLOAD_LIFETIME": DAY}
RESULT_LIFETIMES = {
    "IMGOPT_RETENTION_UNREGISTERED": DAY,
    "IMGOPT_RETENTION_FREE": DAY,
    "IMGOPT_RETENTION_PAID": 7 * DAY,
}
# The lifetime of variants of image URLs, and of their records, since they were made.
VARIANT_DAYS = 30
LOG_DAYS = 7
CORS_MAX_AGE = 7200
ALL_WEBSITES = "*"
# Encryption with AWS's keys, or with the installation's.
TABLE_ENCRYPTION = (dynamodb.TableEncryption.AWS_MANAGED, dynamodb.TableEncryption.CUSTOMER_MANAGED)
BUCKET_ENCRYPTION = (s3.BucketEncryption.S3_MANAGED, s3.BucketEncryption.KMS)


class DataStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: table and buckets")
        self.key = customer_key(self) if is_on(self, "customer_key", default=False) else None
        self.access_logs = self._access_logs()
        self.storage = Storage(
            table=self._table(),
            uploads=self._files(
                "Uploads", s3.HttpMethods.POST, {None: self._days(UPLOAD_LIFETIMES)}, self._own_origin()
            ),
            results=self._files("Results", s3.HttpMethods.GET, self._days_of_results()),
        )

    def _table(self) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=TABLE_ENCRYPTION[self.key is not None],
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="ttl",
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        table.add_global_secondary_index(
            index_name=AGENDA,
            partition_key=dynamodb.Attribute(name="agenda", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="expires_at", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        table.add_global_secondary_index(
            index_name=OWNED,
            partition_key=dynamodb.Attribute(name="user", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        return table

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

    def _files(self, name: str, by_scripts: s3.HttpMethods, days: dict[str | None, int], *pages: str) -> s3.Bucket:
        """A bucket. Scripts of websites and `pages` may use the methods `by_scripts` with signed URLs and forms.

        `days` are lifetimes by prefix of keys; None is all keys. If several match an object, S3 uses the shortest.
        """
        return s3.Bucket(
            self,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=BUCKET_ENCRYPTION[self.key is not None],
            encryption_key=self.key,
            bucket_key_enabled=True if self.key else None,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    prefix=prefix,
                    expiration=cdk.Duration.days(kept),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
                for prefix, kept in days.items()
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
            cors=[
                s3.CorsRule(
                    allowed_methods=[by_scripts],
                    allowed_origins=self._origins(*pages),
                    allowed_headers=["*"],
                    exposed_headers=["Content-Disposition", "ETag"],
                    max_age=CORS_MAX_AGE,
                )
            ],
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{name.lower()}/",
        )

    def _origins(self, *pages: str) -> list[str]:
        """The origins that may call the API, and `pages`, unless all may."""
        known = [each.strip() for each in self._settings.get("IMGOPT_CORS_ORIGINS", "*").split(",") if each.strip()]
        return known if ALL_WEBSITES in known else [*known, *(page for page in pages if page not in known)]

    def _own_origin(self) -> str:
        """The origin of the service's page, which uploads large files with signed forms.

        Without a public URL it is a pattern for API Gateway's, whose id is not known before the API exists.
        """
        public = urlsplit(self._settings.get("IMGOPT_PUBLIC_URL", ""))
        if public.netloc:
            return f"{public.scheme}://{public.netloc}".lower()
        return f"https://*.execute-api.{self.region}.{self.url_suffix}"

    def _days_of_results(self) -> dict[str | None, int]:
        results = self._days(RESULT_LIFETIMES)
        return {"results/": results, "intermediate/": results, "variants/": VARIANT_DAYS}

    def _days(self, lifetimes: dict[str, int]) -> int:
        """The lifetime in S3, a day longer than in the table. S3 deletes only files that the cleanup has missed."""
        longest = max(int(self._settings.get(name, seconds)) for name, seconds in lifetimes.items())
        return math.ceil(longest / DAY) + 1

    @property
    def _settings(self) -> dict[str, str]:
        return settings_of(self)
