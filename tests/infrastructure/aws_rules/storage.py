"""Requirements of S3, DynamoDB and KMS that emulators do not check."""

import json
from collections.abc import Iterator

from tests.roles.matching import matches
from tests.roles.policies import Installation, as_list

BUCKET, TABLE, KEY = "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key"
# What is done by a key for whoever reads and writes; DynamoDB has itself granted the rest.
USES = {"s3": {"kms:GenerateDataKey", "kms:Decrypt"}, "dynamodb": {"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey"}}


def origins(stacks: Installation) -> Iterator[str]:
    """S3 takes one asterisk in an origin, and in the name of a header."""
    for _, name, bucket in stacks.resources(BUCKET):
        for rule in bucket.get("CorsConfiguration", {}).get("CorsRules", []):
            for each in (*rule["AllowedOrigins"], *rule.get("AllowedHeaders", ())):
                if json.dumps(each).count("*") > 1:
                    yield f"{name}: {each}"


def keys(stacks: Installation) -> Iterator[str]:
    """A role that may use a table or bucket must be allowed to use its key through it."""
    for service, found in (("s3", buckets_by_key(stacks)), ("dynamodb", tables_by_key(stacks))):
        for name, key in found.items():
            allowed = uses_by_way_of(stacks, key, service)
            missing = [use for use in USES[service] if not any(matches(pattern, use) for pattern in allowed)]
            yield from (f"{name}: nobody may do {each} with its key" for each in missing)


def buckets_by_key(stacks: Installation) -> dict[str, str]:
    found = {}
    for _, name, bucket in stacks.resources(BUCKET):
        for rule in bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
            key = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
            if key:
                found[name] = key["Fn::GetAtt"][0]
    return found


def tables_by_key(stacks: Installation) -> dict[str, str]:
    tables = {name: table.get("SSESpecification", {}) for _, name, table in stacks.resources(TABLE)}
    return {name: said["KMSMasterKeyId"]["Fn::GetAtt"][0] for name, said in tables.items() if "KMSMasterKeyId" in said}


def uses_by_way_of(stacks: Installation, key: str, service: str) -> set[str]:
    """The use of a key through that service, which the key's policy allows to the account's roles."""
    (policy, template) = next(
        (each["KeyPolicy"], template) for template, name, each in stacks.resources(KEY) if name == key
    )
    allowed: set[str] = set()
    for statement in policy["Statement"]:
        services = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", [])
        through = [stacks.text(template, each).split(".")[0] for each in as_list(services)]
        if service in through and statement["Effect"] == "Allow":
            allowed |= set(as_list(statement["Action"]))
    return allowed


RULES = (origins, keys)
