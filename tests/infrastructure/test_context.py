"""What an installation may say by its context, and what it is told where that can't be."""

import json

import pytest


def resources(templates: dict[str, dict], kind: str) -> list[dict]:
    found = [each for template in templates.values() for each in template["Resources"].values()]
    return [each["Properties"] for each in found if each["Type"] == kind]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"IMGOPT_CREDTIS_FREE": "1"}, "IMGOPT_CREDTIS_FREE is no setting. Did you mean IMGOPT_CREDITS_FREE?"),
        ({"IMGOPT_RETENTION_PAID": 0}, "IMGOPT_RETENTION_PAID: Input should be greater than 0."),
        ({"IMGOPT_TABLE_NAME": "mine"}, "IMGOPT_TABLE_NAME is set by the stacks."),
        ({"COLOR": "blue"}, "COLOR is no setting."),
    ],
)
def test_settings_that_the_service_would_not_take_end_the_synthesis(synthesize, settings, said):
    with pytest.raises(ValueError, match="settings") as told:
        synthesize(settings=settings)
    assert said in str(told.value)


@pytest.mark.parametrize(
    "context",
    [{"name": "my stack"}, {"name": "1st"}, {"optimize_mb": 100}, {"upscale_mb": "much"}, {"optimize_mb": 20_000}],
)
def test_what_aws_would_not_take_ends_it_too(synthesize, context):
    with pytest.raises(ValueError, match=next(iter(context))):
        synthesize(**context)


def test_an_installation_as_somebody_else_would_have_it(synthesize):
    """Another name, so that it stands beside a first one; settings of any kind; more memory; a log role of others."""
    templates = synthesize(
        name="Staging",
        settings={
            "IMGOPT_CREDITS_FREE": 100,
            "IMGOPT_CORS_ORIGINS": "https://a.example, https://b.example",
            "IMGOPT_PUBLIC_URL": "https://img.example/images/",
        },
        optimize_mb=6144,
        log_role=False,
        detailed_metrics="true",
    )
    assert set(templates) == {f"Staging{part}" for part in ("Data", "Auth", "Pipeline", "Api", "Schedules")}
    functions = resources(templates, "AWS::Lambda::Function")
    assert {each["Environment"]["Variables"]["IMGOPT_CREDITS_FREE"] for each in functions} == {"100"}
    assert 6144 in {each["MemorySize"] for each in functions}
    limits = {each["Environment"]["Variables"]["IMGOPT_STAGE_MEMORY_BYTES"] for each in functions}
    assert limits == {str((6144 - 1008) * 1024 * 1024)}
    known = [each["Environment"]["Variables"].get("AWS_LWA_REMOVE_BASE_PATH") for each in functions]
    assert [path for path in known if path] == ["/images"]
    origins = [
        rule["AllowedOrigins"]
        for each in resources(templates, "AWS::S3::Bucket")
        for rule in each.get("CorsConfiguration", {}).get("CorsRules", ())
    ]
    assert origins == [["https://a.example", "https://b.example"]] * 2
    assert resources(templates, "AWS::ApiGateway::Account") == []
    (stage,) = resources(templates, "AWS::ApiGateway::Stage")
    assert all(each["MetricsEnabled"] for each in stage["MethodSettings"])
    (domain,) = resources(templates, "AWS::Cognito::UserPoolDomain")
    assert json.dumps(domain["Domain"]).count("staging-")
    assert "Imgopt" not in json.dumps(templates)


def test_by_default_new_accounts_have_enough_memory(of_type):
    assert max(each["MemorySize"] for each in of_type("AWS::Lambda::Function").values()) == 3008


def test_no_partition_is_named(templates):
    assert "arn:aws:" not in json.dumps([template["Resources"] for template in templates.values()])


def test_the_table_is_deleted_by_nobodys_mistake(of_type):
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["DeletionProtectionEnabled"]
