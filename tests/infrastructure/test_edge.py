"""CloudFront in front of the API: the accepted requests, the firewall, and that nothing bypasses it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cdk.edge.headers import (
    ADDRESS_FUNCTION,
    ADDRESS_HEADER,
    IMAGE_FUNCTION,
    NORMALIZED_HEADERS,
    SECRET_HEADER,
    SENT,
    TAKEN_TOO,
)
from cdk.edge.managed_groups import MANAGED_GROUPS
from cdk.edge_options import edge_options_of
from cdk.node import NODE
from functions.api.events import KEEP_ALIVE_SECONDS
from functions.api.mcp import routes as mcp
from functions.api.origin_secret import HEADER
from functions.api.routers import billing, process, processing, quotes, upload
from imgopt.setting_types import LEAST_SECRET
from imgopt.storage.secrets import split_secret
from tests.infrastructure.conftest import REGION, app_of
from tests.infrastructure.variants import BEHIND_CLOUDFRONT, UNSTAGED

# All that AWS documents of these groups in 2026 which looks at bodies.
BODY_RULES = {
    *("SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY"),
    *("Log4JRCE_BODY", "JavaDeserializationRCE_BODY", "ReactJSRCE_BODY"),
}
CERTIFICATE = BEHIND_CLOUDFRONT["edge_certificate"]


@pytest.fixture(scope="module")
def stacks(variant) -> dict[str, dict]:
    return variant("Stripe")


@pytest.fixture(scope="module")
def distribution(stacks) -> dict[str, Any]:
    return one(stacks["ImgoptEdge"], "AWS::CloudFront::Distribution")["DistributionConfig"]


@pytest.fixture(scope="module")
def firewall() -> dict[str, Any]:
    """Template of the stack alone."""
    import aws_cdk as cdk
    from aws_cdk import assertions

    from cdk.edge_options import EdgeOptions
    from cdk.stacks.firewall import FirewallStack

    options = EdgeOptions("eu-west-1", "", "", 1234, "")
    return assertions.Template.from_stack(FirewallStack(cdk.App(), "ImgoptFirewall", options=options)).to_json()


@pytest.fixture(scope="module")
def rules(firewall) -> dict[str, dict]:
    return {each["Name"]: each for each in one(firewall, "AWS::WAFv2::WebACL")["Rules"]}


def one(template: dict, kind: str) -> dict[str, Any]:
    (found,) = (each["Properties"] for each in template["Resources"].values() if each["Type"] == kind)
    return found


def behavior_of(distribution: dict[str, Any], pattern: str) -> dict[str, Any]:
    (found,) = (each for each in distribution["CacheBehaviors"] if each["PathPattern"] == pattern)
    return found


def policy(stacks: dict[str, dict], reference: dict[str, str]) -> dict[str, Any]:
    return stacks["ImgoptEdge"]["Resources"][reference["Ref"]]["Properties"]


def run_at_the_edge(program: Path, headers: dict[str, str], **request: Any) -> dict[str, Any]:
    """Returns the result of CloudFront's function for a request."""
    sent = {name.lower(): {"value": value} for name, value in headers.items()}
    event = {"viewer": {"ip": "2001:db8::1"}, "request": {**request, "headers": sent}}
    script = f"{program.read_text()}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    done = subprocess.run([str(NODE), "-e", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def matches(statement: dict, path: str, labels: frozenset[str] = frozenset()) -> bool:
    """Returns whether WAF's statement matches a request to a path, with these labels."""
    ((kind, known),) = statement.items()
    if kind == "NotStatement":
        return not matches(known["Statement"], path, labels)
    if kind in ("AndStatement", "OrStatement"):
        found = [matches(each, path, labels) for each in known["Statements"]]
        return all(found) if kind == "AndStatement" else any(found)
    if kind == "LabelMatchStatement":
        return known["Key"] in labels
    assert kind == "ByteMatchStatement"
    begins = path.startswith(known["SearchString"])
    return {"STARTS_WITH": begins, "EXACTLY": path == known["SearchString"]}[known["PositionalConstraint"]]


def label(group: int, rule: str) -> frozenset[str]:
    return frozenset({f"awswaf:managed:aws:{MANAGED_GROUPS[group].label}:{rule}"})


def test_api_is_led_to_with_the_secret_over_tls_and_nothing_is_kept(distribution):
    api = next(each for each in distribution["Origins"] if "CustomOriginConfig" in each)
    (sent,) = api["OriginCustomHeaders"]
    assert (sent["HeaderName"], SECRET_HEADER) == (HEADER, HEADER)
    value = "".join(part if isinstance(part, str) else "ARN" for part in sent["HeaderValue"]["Fn::Join"][1])
    version = BEHIND_CLOUDFRONT["edge_secret_version"]
    assert value == f"{{{{resolve:secretsmanager:ARN:SecretString:{SENT}::{version}}}}}"
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert api["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]
    default = distribution["DefaultCacheBehavior"]
    assert (default["TargetOriginId"], default["Compress"]) == (api["Id"], False)
    assert {"POST", "DELETE", "OPTIONS"} <= set(default["AllowedMethods"])


def test_streams_say_something_before_cloudfront_gives_up(distribution):
    api = next(each for each in distribution["Origins"] if "CustomOriginConfig" in each)
    assert api["CustomOriginConfig"]["OriginReadTimeout"] > 2 * KEEP_ALIVE_SECONDS


def test_clients_have_tls_of_today_and_their_own_name(distribution):
    certificate = distribution["ViewerCertificate"]
    assert (certificate["AcmCertificateArn"], certificate["MinimumProtocolVersion"]) == (CERTIFICATE, "TLSv1.2_2021")
    assert distribution["Aliases"] == ["img.example"]
    behaviors = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
    assert {each["ViewerProtocolPolicy"] for each in behaviors} == {"https-only"}


def test_signed_addresses_reach_s3_with_all_of_their_query_and_no_credential(stacks, distribution):
    signed = behavior_of(distribution, "/results/*")
    bucket = next(each for each in distribution["Origins"] if each["Id"] == signed["TargetOriginId"])
    assert (bucket["S3OriginConfig"], "OriginCustomHeaders" in bucket) == ({"OriginAccessIdentity": ""}, False)
    passed = policy(stacks, signed["OriginRequestPolicyId"])["OriginRequestPolicyConfig"]
    assert passed["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert passed["CookiesConfig"] == {"CookieBehavior": "none"}
    assert not {"Authorization", "Host"} & set(passed["HeadersConfig"]["Headers"])


def test_firewall_is_in_us_east_1_and_in_front_of_the_distribution(stacks, distribution):
    acl = one(stacks["ImgoptFirewall"], "AWS::WAFv2::WebACL")
    writer = one(stacks["ImgoptFirewall"], "Custom::CrossRegionExportWriter")
    assert (acl["Scope"], acl["DefaultAction"]) == ("CLOUDFRONT", {"Allow": {}})
    assert ":us-east-1:" in json.dumps(one(stacks["ImgoptFirewall"], "AWS::WAFv2::LoggingConfiguration"))
    assert writer["WriterProps"]["region"] == REGION
    assert "AclArn" in json.dumps(distribution["WebACLId"])


def test_api_refuses_what_did_not_come_through_cloudfront(stacks):
    template = stacks["ImgoptApi"]
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 6
    for function in functions:
        known = function["Properties"]["Environment"]["Variables"]
        assert "OriginSecret" in json.dumps(known["IMGOPT_ORIGIN_SECRET_ARN"])
        assert known["IMGOPT_CLIENT_ADDRESS_HEADER"] == ADDRESS_HEADER
        assert known["IMGOPT_RESULTS_URL"] == "https://img.example"
        assert known["IMGOPT_PUBLIC_URL"].rstrip("/") == "https://img.example"
    roles = [each for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Policy"]
    readers = [each for each in roles if '"Ref": "OriginSecret' in json.dumps(each)]
    assert len(readers) == len(functions)


def test_secret_of_cloudfront_is_made_as_the_api_reads_it(stacks):
    secrets = [
        each for each in stacks["ImgoptApi"]["Resources"].values() if each["Type"] == "AWS::SecretsManager::Secret"
    ]
    (made,) = (each["Properties"]["GenerateSecretString"] for each in secrets)
    template = json.loads(made["SecretStringTemplate"])
    assert (made["GenerateStringKey"], made["PasswordLength"] >= LEAST_SECRET, template) == (
        SENT,
        True,
        {TAKEN_TOO: ""},
    )
    filled = json.dumps({**template, SENT: "n" * 48})
    assert split_secret(filled) == ["n" * 48]


@pytest.mark.parametrize("program", [ADDRESS_FUNCTION, IMAGE_FUNCTION], ids=lambda each: each.stem)
def test_address_of_a_client_is_what_cloudfront_saw_whatever_the_client_says(program):
    headers = run_at_the_edge(program, {ADDRESS_HEADER: "1.2.3.4"})["headers"]
    assert headers[ADDRESS_HEADER.lower()] == {"value": "2001:db8::1"}


@pytest.mark.parametrize(
    ("accept", "kept"),
    [
        ("image/jxl,image/avif,image/webp,image/*;q=0.8", "image/jxl,image/avif,image/webp"),
        ("text/html, IMAGE/AVIF ,image/webp,*/*;q=0.8", "image/avif,image/webp"),
        ("image/webp,image/png", "image/webp"),
        ("image/avif;q=0,image/webp", "image/webp"),
        ("image/webp;q=0.000", "*/*"),
        ("image/jxl", "*/*"),
        ("image/webpx,image/png,*/*", "*/*"),
        (None, "*/*"),
    ],
)
def test_accept_is_one_of_four_at_the_edge_and_names_nothing_that_a_browser_refuses(accept, kept):
    headers = {} if accept is None else {"Accept": accept}
    assert run_at_the_edge(IMAGE_FUNCTION, headers)["headers"]["accept"] == {"value": kept}


def test_client_hints_are_few_at_the_edge_and_queries_none():
    sent = {"Sec-CH-DPR": "1.7", "Sec-CH-Width": "500", "Save-Data": "On"}
    passed = run_at_the_edge(IMAGE_FUNCTION, sent, uri="/img/_/a%2Fb", querystring={"v": {"value": "1"}})
    hints = {name.lower(): passed["headers"][name.lower()]["value"] for name in sent}
    assert hints == {"sec-ch-dpr": "2", "sec-ch-width": "640", "save-data": "on"}
    assert (passed["uri"], passed["querystring"]) == ("/img/_/a%2Fb", {})
    unknown = run_at_the_edge(IMAGE_FUNCTION, {"Sec-CH-DPR": "-1", "Sec-CH-Width": "wide", "Save-Data": "off"})
    assert unknown["headers"].keys() == {"accept", ADDRESS_HEADER.lower()}


def test_images_by_url_are_kept_by_what_a_browser_takes_for_as_long_as_the_answer_says(stacks, distribution):
    images = behavior_of(distribution, "/img/*")
    assert images["TargetOriginId"] == distribution["DefaultCacheBehavior"]["TargetOriginId"]
    assert images["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    kept = policy(stacks, images["CachePolicyId"])["CachePolicyConfig"]
    known = kept["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (kept["MinTTL"], kept["DefaultTTL"], kept["MaxTTL"]) == (0, 0, 31536000)
    assert set(known["HeadersConfig"]["Headers"]) == set(NORMALIZED_HEADERS)
    assert known["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    passed = policy(stacks, images["OriginRequestPolicyId"])["OriginRequestPolicyConfig"]
    assert passed["HeadersConfig"]["Headers"] == [ADDRESS_HEADER]


def test_managed_rules_refuse_but_for_those_about_bodies(rules):
    for group in MANAGED_GROUPS:
        rule = rules[group.name]
        statement = rule["Statement"]["ManagedRuleGroupStatement"]
        labelling = {each["Name"] for each in statement["RuleActionOverrides"]}
        assert rule["OverrideAction"] == {"None": {}}
        assert labelling == {*group.bodies, *group.labelling}
        assert all(each["ActionToUse"] == {"Count": {}} for each in statement["RuleActionOverrides"])
    only_labelling = {name for group in MANAGED_GROUPS for name in group.bodies}
    assert only_labelling >= BODY_RULES


@pytest.mark.parametrize("rule", ["SizeRestrictions_Body", "CrossSiteScripting_Body", "GenericLFI_Body"])
@pytest.mark.parametrize("router", [upload, processing, quotes, process, billing, mcp], ids=lambda each: each.__name__)
def test_bodies_that_the_service_reads_are_let_pass_however_large(rules, router, rule):
    paths = [route.path for route in router.router.routes if "POST" in getattr(route, "methods", ())]
    passing = [path for path in paths if not path.startswith("/billing/")]
    assert passing
    assert not any(matches(rules["Bodies"]["Statement"], path, label(1, rule)) for path in passing)


@pytest.mark.parametrize("path", ["/mcp/authorize", "/mcp/auth/approve", "/api-keys", "/billing/checkout", "/"])
def test_bodies_that_look_like_attacks_are_refused_elsewhere(rules, path):
    statement = rules["Bodies"]["Statement"]
    assert matches(statement, path, label(1, "CrossSiteScripting_Body"))
    assert matches(statement, path, label(2, "Log4JRCE_Body"))
    assert matches(statement, path, label(2, "ReactJSRCE_Body"))
    assert not matches(statement, path)


def test_signed_addresses_are_checked_by_whoever_signs_them_alone(rules):
    for group in MANAGED_GROUPS:
        scope = rules[group.name]["Statement"]["ManagedRuleGroupStatement"]["ScopeDownStatement"]
        assert not matches(scope, "/results/3f1f2c9e.webp")
        assert not matches(scope, "/img/signature/rs:fit:300:300/plain/https://example.com/a.jpg")
        assert matches(scope, "/upload")


def test_requests_of_one_address_have_a_rate_and_answers_are_json(firewall, rules):
    assert rules["Rate"]["Statement"]["RateBasedStatement"]["Limit"] == 1234
    blocked = rules["Rate"]["Action"]["Block"]["CustomResponse"]
    assert (blocked["ResponseCode"], blocked["ResponseHeaders"]) == (429, [{"Name": "Retry-After", "Value": "300"}])
    bodies = one(firewall, "AWS::WAFv2::WebACL")["CustomResponseBodies"]
    for name in ("Rate", "Bodies"):
        body = bodies[rules[name]["Action"]["Block"]["CustomResponse"]["CustomResponseBodyKey"]]
        assert (body["ContentType"], list(json.loads(body["Content"]))) == ("APPLICATION_JSON", ["detail"])


def test_log_of_the_firewall_has_refusals_without_what_opens_something(firewall, rules):
    logging = one(firewall, "AWS::WAFv2::LoggingConfiguration")
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    redacted = json.dumps(logging["RedactedFields"])
    assert all(name in redacted for name in ("UriPath", "QueryString", "authorization", "cookie", "x-session-token"))
    group = one(firewall, "AWS::Logs::LogGroup")
    assert group["LogGroupName"].startswith("aws-waf-logs-")
    assert group["RetentionInDays"] == 7
    assert not any(rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in rules.values())


def test_customers_key_is_for_the_table_and_files_and_turned_every_year(stacks):
    data = stacks["ImgoptData"]
    key = one(data, "AWS::KMS::Key")
    buckets = [each for each in data["Resources"].values() if each["Type"] == "AWS::S3::Bucket"]
    encrypted = [each for each in buckets if "aws:kms" in json.dumps(each["Properties"]["BucketEncryption"])]
    assert key["EnableKeyRotation"] is True
    assert one(data, "AWS::DynamoDB::Table")["SSESpecification"]["SSEType"] == "KMS"
    assert len(encrypted) == 2
    assert all('"BucketKeyEnabled": true' in json.dumps(each) for each in encrypted)


def test_customers_key_is_used_by_way_of_the_table_and_buckets_of_this_account_alone(stacks):
    statements = one(stacks["ImgoptData"], "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (open_to_all,) = (each for each in statements if each["Principal"] == {"AWS": "*"})
    condition = open_to_all["Condition"]["StringEquals"]
    assert condition["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
    services = json.dumps(condition["kms:ViaService"])
    assert (f"s3.{REGION}." in services, f"dynamodb.{REGION}." in services) == (True, True)
    assert "kms:*" not in open_to_all["Action"]


@pytest.mark.parametrize(
    ("context", "region", "said"),
    [
        ({}, "", "set AWS_REGION"),
        ({}, "cn-north-1", "can't be in front of cn-north-1"),
        ({"edge_domain": "img.example"}, REGION, "have to be set together"),
        ({"edge_domain": "no domain", "edge_certificate": CERTIFICATE}, REGION, "not a domain name"),
        (
            {"edge_domain": "img.example", "edge_certificate": "arn:aws:acm:eu-west-1:123456789012:certificate/a"},
            REGION,
            "not the ARN of a certificate in us-east-1",
        ),
        ({"edge_rate": "many"}, REGION, "edge_rate"),
        ({"edge_secret_version": "AWSCURRENT"}, REGION, "not a VersionId"),
    ],
)
def test_edge_that_could_not_be_deployed_ends_the_synthesis(context, region, said):
    with pytest.raises(ValueError, match=said):
        edge_options_of(app_of(edge=True, **context), region)


def test_edge_of_a_pipelines_environment_is_where_its_api_is(monkeypatch):
    """CloudFormation looks for the secret there. The address of the installation is CloudFront's."""
    import aws_cdk as cdk

    from cdk.app import add_stacks

    monkeypatch.setenv("CDK_DEFAULT_REGION", REGION)  # the pipeline's own
    app = cdk.App(context={"edge": True, **UNSTAGED})
    stage = cdk.Stage(app, "Default", env=cdk.Environment(account="123456789012", region="us-west-2"))
    address = add_stacks(stage, "us-west-2")
    assert (stage.node.find_child("ImgoptEdge").region, address.node.path) == (
        "us-west-2",
        "Default/ImgoptEdge/EdgeUrl",
    )
