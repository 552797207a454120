"""The options of an installation, and the messages about invalid ones."""

import json
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from cdk.bedrock_models import DEFAULT_MODEL
from cdk.concurrency import SHARES, SMALLEST, UNRESERVED, reserved_of
from cdk.context import check, list_of, memory_of, settings_of
from cdk.edge.headers import ADDRESS_HEADER, SECRET_HEADER
from imgopt.checked_settings import find_faults
from imgopt.settings import settings
from imgopt.tagging.availability import NOVA_LITE
from tests.infrastructure.conftest import app_of
from tests.infrastructure.variants import VISION

STACKS = ("Data", "Auth", "Pipeline", "Api", "Schedules", "Monitoring")
FOLDER = Path(__file__).parent


def resources(templates: dict[str, dict], kind: str) -> list[dict]:
    found = [each for template in templates.values() for each in template["Resources"].values()]
    return [each["Properties"] for each in found if each["Type"] == kind]


@pytest.fixture
def faults_of(monkeypatch):
    """Finds the faults of settings in this process. The synthesis has another process find them."""

    def find(given: dict[str, str], region: str = "") -> str:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return "\n".join(find_faults(given, region))

    yield find
    settings.cache_clear()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"IMGOPT_CREDTIS_FREE": "1"}, "IMGOPT_CREDTIS_FREE is not a setting. Did you mean IMGOPT_CREDITS_FREE?"),
        ({"IMGOPT_RETENTION_PAID": "0"}, "IMGOPT_RETENTION_PAID: Input should be greater than 0."),
        ({"IMGOPT_TABLE_NAME": "mine"}, "IMGOPT_TABLE_NAME is set by the stacks."),
        ({"IMGOPT_EXPRESS_MACHINE_ARN": "mine"}, "IMGOPT_EXPRESS_MACHINE_ARN is set by the stacks."),
        ({"IMGOPT_EXPRESS_DEADLINE": "300"}, "IMGOPT_EXPRESS_DEADLINE: Input should be greater than 300."),
        (
            {"IMGOPT_STRIPE_API_KEY": "sk"},
            "IMGOPT_STRIPE_API_KEY is a secret: store it in Secrets Manager and set IMGOPT_STRIPE_SECRET_ARN.",
        ),
        ({"IMGOPT_OIDC_CLIENT_SECRET": "s"}, "and set IMGOPT_OIDC_CLIENT_SECRET_ARN."),
        ({"IMGOPT_SIGNING_SECRET": "s"}, "IMGOPT_SIGNING_SECRET is a secret: the stacks create it."),
        ({"IMGOPT_OPENAI_API_KEY": "sk"}, "and set IMGOPT_OPENAI_API_KEY_ARN."),
        ({"IMGOPT_OPENAI_BASE_URL": "ftp://a.example"}, "IMGOPT_OPENAI_BASE_URL: Value error, it must be http://"),
        ({"IMGOPT_TAGGER": "openai"}, "needs IMGOPT_OPENAI_BASE_URL and IMGOPT_OPENAI_MODEL"),
        ({"COLOR": "blue"}, "COLOR is not a setting."),
    ],
)
def test_settings_that_the_service_would_not_take_are_faults(faults_of, given, said):
    assert said in faults_of(given)


def test_faults_of_settings_end_the_synthesis(synthesize, faults_of):
    given = {"IMGOPT_CREDTIS_FREE": "1", "IMGOPT_RETENTION_PAID": "0"}
    with pytest.raises(ValueError, match="settings") as told:
        synthesize(settings={"IMGOPT_CREDTIS_FREE": 1, "IMGOPT_RETENTION_PAID": 0})
    assert str(told.value).splitlines()[1:] == faults_of(given).splitlines()
    assert len(faults_of(given).splitlines()) == 2


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ('{"IMGOPT_CREDITS_FREE": 100, "IMGOPT_PUBLIC_URL": "https://a.example/?b=c"}', 2),
        ("{}", 0),
        ("", 0),
    ],
)
def test_settings_of_the_command_line_are_json(given, known):
    found = settings_of(app_of(settings=given))
    assert len(found) == known
    assert all(isinstance(value, str) for value in found.values())


@pytest.mark.parametrize("given", ["IMGOPT_CREDITS_FREE=100", '["IMGOPT_CREDITS_FREE"]', "{", "100"])
def test_settings_that_are_no_json_are_told_how_to_be_written(given):
    with pytest.raises(ValueError, match="such as -c settings=") as told:
        settings_of(app_of(settings=given))
    assert given in str(told.value)


@pytest.mark.parametrize(
    "given", ["https://a.example/in, https://b.example", ["https://a.example/in", "https://b.example"]]
)
def test_a_list_of_the_command_line_has_commas(given):
    known = list_of(app_of(callback_urls=given), "callback_urls")
    assert known == ("https://a.example/in", "https://b.example")


@pytest.mark.parametrize(
    "context",
    [
        {"account_concurrency": 10},
        {"mfa_required": "perhaps"},
        {"gpu": "True"},
        {"edge_domain": "img.example"},
        {"gpu_max_tasks": "2"},
        {"gpu_spot": True, "gpu": "false"},
        {"edge": True},
        {"alarm_email": "ops@example.com", "monitoring": False},
        {"alarm_email": "ops"},
        {"alarm_email": "ops@example.com, dev@example.com"},
        {"alarm_email": ["ops@example.com"]},
        {"nme": "Staging"},
        {"callback_urls": "https://a.example/in,http://b.example"},
        {"settings": []},
        {"name": "my stack"},
        {"name": "1st"},
        {"name": "AwsImages"},
        {"sign_in_domain": "My Images"},
        {"sign_in_domain": "images-on-aws"},
        {"upscale_mb": "much"},
    ],
)
def test_values_that_aws_refuses_end_the_synthesis_too(synthesize, context):
    with pytest.raises(ValueError, match=next(iter(context))):
        synthesize(**context)


@pytest.mark.parametrize("given", [100, 20_000])
def test_memory_that_no_function_can_have_is_refused(given):
    with pytest.raises(ValueError, match="optimize_mb"):
        memory_of(app_of(optimize_mb=given), "optimize_mb", 3008)


def origins_of_buckets(templates: dict[str, Any]) -> list[list[Any]]:
    """Whose scripts may send uploads, and whose may read results."""
    return [
        rule["AllowedOrigins"]
        for each in resources(templates, "AWS::S3::Bucket")
        for rule in each.get("CorsConfiguration", {}).get("CorsRules", ())
    ]


def test_page_without_an_address_of_its_own_may_send_uploads_from_that_of_the_gateway():
    from aws_cdk import assertions

    from cdk.stacks.data import DataStack

    stack = DataStack(app_of(settings={"IMGOPT_CORS_ORIGINS": "https://a.example"}), "ImgoptData")
    (website, gateway), results = origins_of_buckets({"": assertions.Template.from_stack(stack).to_json()})
    assert results == [website] == ["https://a.example"]
    assert gateway["Fn::Join"][1][:2] == ["https://*.execute-api.", {"Ref": "AWS::Region"}]


def test_an_installation_as_somebody_else_would_have_it(variant):
    """Another name, so that it stands beside a first one; settings of any kind; more memory; a log role of others."""
    templates = variant("a second installation")
    assert set(templates) == {f"Staging{part}" for part in (*STACKS, "Firewall", "Edge", "Network", "Gpu")}
    functions = [each for each in resources(templates, "AWS::Lambda::Function") if each["Runtime"].startswith("python")]
    assert {each["Environment"]["Variables"]["IMGOPT_CREDITS_FREE"] for each in functions} == {"100"}
    assert 6144 in {each["MemorySize"] for each in functions}
    assert not any("stages" in each["Handler"] for each in functions if "STRIPE" in json.dumps(each["Environment"]))
    limits = {each["Environment"]["Variables"]["IMGOPT_STAGE_MEMORY_BYTES"] for each in functions}
    assert limits == {str(memory * 1024 * 1024) for memory in (6144 - 1008, 1769 - 1008, 1769 - 512)}
    known = [each["Environment"]["Variables"].get("AWS_LWA_REMOVE_BASE_PATH") for each in functions]
    assert [path for path in known if path] == ["/images"]
    assert sorted(each.get("ReservedConcurrentExecutions", 0) for each in functions)[-3:] == [80, 80, 120]
    origins = origins_of_buckets(templates)
    websites = ["https://a.example", "https://b.example"]
    assert origins == [[*websites, "https://img.example"], websites]
    assert resources(templates, "AWS::ApiGateway::Account") == []
    (stage,) = resources(templates, "AWS::ApiGateway::Stage")
    assert all(each["MetricsEnabled"] for each in stage["MethodSettings"])
    (domain,) = resources(templates, "AWS::Cognito::UserPoolDomain")
    assert json.dumps(domain["Domain"]).count("staging-")
    assert resources(templates, "AWS::SNS::Subscription")[0]["Endpoint"] == "ops@example.com"
    assert all(each["AlarmActions"] for each in resources(templates, "AWS::CloudWatch::Alarm"))
    assert {each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for each in functions} == {"staging"}
    assert {*re.findall(r'"service", "Value": "(.+?)"', json.dumps(templates))} == {"staging"}
    assert {*re.findall(r"Imgopt[-\w]+", json.dumps(templates))} <= {SECRET_HEADER, ADDRESS_HEADER}


def test_a_vision_model_is_asked_by_one_function_with_its_key_and_its_sdk(variant):
    template = variant("Stripe")["ImgoptPipeline"]
    functions = {name: each for name, each in template["Resources"].items() if each["Type"] == "AWS::Lambda::Function"}
    seeing = [name for name, each in functions.items() if "VisionLayer" in json.dumps(each["Properties"]["Layers"])]
    assert [name.split("Function")[0] for name in seeing] == ["Tag"]
    policies = json.dumps(resources({"": template}, "AWS::IAM::Policy"))
    assert VISION["IMGOPT_OPENAI_API_KEY_ARN"] in policies
    assert "bedrock:" not in policies


def test_signing_library_is_there_where_a_key_is_named(variant, of_type):
    """A layer, the key, and the uploads whose manifests are the parents: for the stage that finishes jobs alone."""

    def finish_of(found: list[dict]) -> dict:
        (one,) = (each for each in found if each["Handler"] == "functions.stages.finish.handler")
        return one

    templates = variant("another issuer behind a proxy")
    policies = json.dumps(resources(templates, "AWS::IAM::Policy"))
    signing = finish_of(resources(templates, "AWS::Lambda::Function"))
    plain = finish_of([*of_type("AWS::Lambda::Function").values()])
    assert (len(signing["Layers"]), len(plain["Layers"])) == (2, 1)
    assert policies.count("secret:c2pa-a1b2c3") == 1
    assert "C2PA" not in json.dumps(plain)


def test_library_for_payments_is_there_where_they_are_taken(variant, of_type):
    """Two functions have it: one accepts payments, and one settles late ones. Stages have no part of it."""

    def paying(found: list[dict], part: str) -> set[str]:
        return {each["Handler"] for each in found if part in json.dumps(each)}

    found = resources(variant("Stripe"), "AWS::Lambda::Function")
    plain = [*of_type("AWS::Lambda::Function").values()]
    settlers = {"functions.api.gateway.handler", "functions.schedules.reconcile.handler"}
    assert (paying(found, "PaymentsLayer"), paying(plain, "PaymentsLayer")) == (settlers, set())
    assert sum("PaymentsLayer" in json.dumps(each) for each in found) == 2
    assert not {each for each in paying(found, "X402") if "stages" in each}


@pytest.mark.parametrize(
    ("region", "given", "lacks"),
    [
        ("sa-east-1", {}, True),
        ("eu-west-1", {}, False),
        ("sa-east-1", {"IMGOPT_TAGGING_REGION": "us-east-1"}, False),
        ("sa-east-1", {"IMGOPT_TAGGING_MODEL_ID": "global.amazon.nova-2-lite-v1:0"}, False),
        ("cn-north-1", {"IMGOPT_TAGGER": "none"}, False),
    ],
)
def test_a_region_without_the_default_model_is_a_fault(faults_of, region, given, lacks):
    assert (f"known for {region}" in faults_of(given, region)) is lacks


@pytest.mark.parametrize(("region", "ends"), [("sa-east-1", True), ("eu-west-1", False)])
def test_a_region_without_the_default_model_ends_the_synthesis(region, ends):
    with pytest.raises(ValueError, match=f"known for {region}") if ends else nullcontext():
        check(app_of(), region)


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        ("", "amazon.nova-lite-v1:0"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
    ],
)
def test_the_model_that_is_named_may_be_asked_and_no_other(allow, named, allowed):
    (statement,) = allow(named)
    assert all(json.dumps(each).rstrip('"}]').endswith(allowed) for each in statement["Resource"])


def test_the_default_model_is_the_one_that_is_asked():
    assert DEFAULT_MODEL == NOVA_LITE


def test_models_behind_an_application_profile_may_be_invoked(allow):
    arn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc"
    profile, models = allow(arn)
    assert profile["Resource"] == arn
    assert models["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": arn}}


@pytest.fixture
def allow():
    """The statements about Bedrock of a function, where the settings name that model."""
    from aws_cdk import Stack, assertions

    from cdk.constructs.bedrock import allow_model
    from cdk.constructs.function import Function

    def find(model_id: str) -> list[dict]:
        stack = Stack(app_of(settings={"IMGOPT_TAGGING_MODEL_ID": model_id}), "Stack")
        function = Function(stack, "Tag", code=FOLDER, handler="a.b", layers=[], memory=128, seconds=10, environment={})
        allow_model(function)
        policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
        found = [each for policy in policies for each in policy["Properties"]["PolicyDocument"]["Statement"]]
        return [each for each in found if "bedrock:InvokeModel" in each["Action"]]

    return find


OPEN_TELEMETRY = "arn:aws:lambda:eu-west-1:615299751070:layer:AWSOpenTelemetryDistroPython:20"


@pytest.mark.parametrize(
    ("handler", "has_layer"),
    [
        ("functions.stages.plan.handler", True),
        ("functions.schedules.cleanup.handler", True),
        ("functions.api.gateway.handler", False),
        ("functions/api/stream.sh", False),
    ],
)
def test_open_telemetry_takes_the_place_of_x_ray_but_for_functions_that_see_addresses(handler, has_layer):
    variables = environment_of(handler, open_telemetry_layer=OPEN_TELEMETRY)
    assert (variables.get("AWS_LAMBDA_EXEC_WRAPPER") == "/opt/otel-instrument") is has_layer
    assert (variables.get("POWERTOOLS_TRACE_DISABLED") == "true") is has_layer
    assert environment_of(handler).keys().isdisjoint({"AWS_LAMBDA_EXEC_WRAPPER", "POWERTOOLS_TRACE_DISABLED"})


def test_layer_of_open_telemetry_that_is_no_version_ends_the_synthesis():
    with pytest.raises(ValueError, match="open_telemetry_layer"):
        environment_of("functions.stages.plan.handler", open_telemetry_layer=OPEN_TELEMETRY.rpartition(":")[0])


def environment_of(handler: str, **context: object) -> dict:
    from aws_cdk import Stack, assertions

    from cdk.constructs.function import Function

    stack = Stack(app_of(**context), "Stack")
    Function(stack, "Any", code=FOLDER, handler=handler, layers=[], memory=128, seconds=10, environment={})
    (function,) = assertions.Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    variables: dict = function["Properties"]["Environment"]["Variables"]
    has_layer = function["Properties"].get("Layers") == [OPEN_TELEMETRY]
    assert has_layer is ("AWS_LAMBDA_EXEC_WRAPPER" in variables)
    return variables


def test_default_memory_fits_new_accounts(of_type):
    assert max(each["MemorySize"] for each in of_type("AWS::Lambda::Function").values()) == 3008


def test_no_partition_is_named(templates):
    assert "arn:aws:" not in json.dumps([template["Resources"] for template in templates.values()])


def test_the_table_is_deleted_by_nobodys_mistake(of_type):
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["DeletionProtectionEnabled"]


def test_every_function_but_the_apis_has_a_share(of_type):
    """The API's has what is left, which no other kind of work can take."""
    names = {name.split("Function")[0] for name in of_type("AWS::Lambda::Function")}
    assert names - SHARES.keys() == {"Images"}, "cdk/concurrency.py has the shares"


def test_shares_leave_what_aws_wants_to_keep():
    shared = sum(reserved_of(app_of(account_concurrency=SMALLEST), name) or 0 for name in SHARES)
    assert SMALLEST - shared >= UNRESERVED, "make another share of cdk/concurrency.py smaller"


def test_every_share_is_of_a_function(variant):
    names = [
        name
        for template in variant("another issuer behind a proxy").values()
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Lambda::Function"
    ]
    assert [name for name in SHARES if not any(each.startswith(f"{name}Function") for each in names)] == []
