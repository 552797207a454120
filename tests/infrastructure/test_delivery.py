"""The delivery: the stages of the pipeline, and who may assume the roles of GitHub's workflows."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cdk.constructs.gpu_options import options_of
from cdk.context import KEYS, check, name_of, settings_of
from cdk.delivery.options import DeliveryOptions, GithubOptions, delivery_options, github_options
from tests.infrastructure.conftest import app_of, read_templates

if TYPE_CHECKING:
    from aws_cdk import App, CfnOutput, Stage

ROOT = Path(__file__).resolve().parents[2]
CONNECTION = "arn:aws:codeconnections:eu-west-1:123456789012:connection/0a1b"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
GITHUB = {"github_repository": "ada@7/images@42", "github_environments": "staging,production"}
DELIVERY = {"delivery_repository": "ada/images", "delivery_connection": CONNECTION}
SUBJECT = "token.actions.githubusercontent.com:sub"
# W3005 as in .cfnlintrc; E3703 says of a Join in an action's configuration that it could be a Sub.
IGNORED = ["W3005", "E3703"]


def fill_with_little(stage: "Stage", region: str) -> "CfnOutput":
    """Adds one small stack in place of the service, which takes far longer to synthesise."""
    import aws_cdk as cdk

    name = f"{name_of(stage)}Little"
    stack = cdk.Stack(stage, name, stack_name=name)
    cdk.CfnWaitConditionHandle(stack, "Handle")
    return cdk.CfnOutput(stack, "ApiUrl", value="https://img.example/v1/")


def build_app(folder: Path | None, **context: object) -> "App":
    from cdk.delivery.__main__ import build_delivery_app

    return build_delivery_app(folder, fill_with_little, **context)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The folder of all stacks, synthesised under cdk-nag's rules."""
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    folder = tmp_path_factory.mktemp("delivery")
    app = build_app(folder, **GITHUB, **DELIVERY)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    return folder


@pytest.fixture(scope="module")
def found(folder) -> dict[str, dict[str, Any]]:
    """Templates by stack."""
    return read_templates(folder)


def of_kind(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


@pytest.fixture(scope="module")
def stages(found) -> dict[str, list[dict[str, Any]]]:
    """Actions by stage, in the order in which they run."""
    (pipeline,) = of_kind(found["ImgoptDelivery"], "AWS::CodePipeline::Pipeline")
    assert pipeline["PipelineType"] == "V2"
    return {each["Name"]: sorted(each["Actions"], key=lambda action: action["RunOrder"]) for each in pipeline["Stages"]}


def names(actions: list[dict[str, Any]]) -> list[str]:
    return [each["Name"] for each in actions]


def test_templates_are_what_cloudformation_takes(folder):
    from cfnlint.api import ManualArgs, lint_by_config

    templates = [str(path) for path in sorted(folder.glob("*.template.json"))]
    assert len(templates) == 2
    assert [str(each) for each in lint_by_config(ManualArgs(templates=templates, ignore_checks=IGNORED))] == []


def test_pipeline_changes_itself_then_staging_then_production(stages):
    assert [*stages] == ["Source", "Build", "UpdatePipeline", "Staging", "Production"]
    assert names(stages["Staging"]) == ["StagingLittle.Prepare", "StagingLittle.Deploy", "SmokeTest"]
    expected = ["Approve", "ImgoptLittle.Prepare", "ImgoptLittle.Deploy", "SmokeTest"]
    assert names(stages["Production"]) == expected


def test_production_waits_for_a_person(stages):
    assert stages["Production"][0]["ActionTypeId"]["Category"] == "Approval"


def test_source_is_a_clone_of_one_branch(stages):
    (source,) = stages["Source"]
    assert source["Configuration"] == {
        "ConnectionArn": CONNECTION,
        "FullRepositoryId": "ada/images",
        "BranchName": "main",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
    }


def test_connection_may_be_used_by_either_name_of_its_service(found):
    policies = [json.dumps(each) for each in of_kind(found["ImgoptDelivery"], "AWS::IAM::Policy")]
    users = [each for each in policies if ":UseConnection" in each]
    assert len(users) == 4  # the source, synthesis and two smoke tests
    assert all('"codeconnections:UseConnection"' in each for each in users)


def commands(found: dict[str, dict[str, Any]]) -> list[list[str]]:
    """Returns the commands of each project of the pipeline."""
    projects = of_kind(found["ImgoptDelivery"], "AWS::CodeBuild::Project")
    return [json.loads(each["Source"]["BuildSpec"])["phases"]["build"]["commands"] for each in projects]


def test_synthesis_follows_the_tests_and_keeps_its_context(found):
    (built,) = (each for each in commands(found) if "make test" in each)
    *checks, synth = built
    assert checks == ["make lint", "make test", "make test-programs"]
    assert synth.startswith(".venv/bin/python -m cdk.node cdk synth ")
    assert f"-c delivery_repository=ada/images -c delivery_connection={CONNECTION}" in synth


def test_each_environment_has_a_smoke_test_of_its_own_address(found, stages):
    assert commands(found).count(["make smoke"]) == 2
    for name, prefix in (("Staging", "Staging"), ("Production", "Imgopt")):
        (known,) = json.loads(stages[name][-1]["Configuration"]["EnvironmentVariables"])
        assert known["name"] == "URL"
        assert known["value"].endswith(".ApiUrl}")
        assert prefix in known["value"]


def test_smoke_test_asks_a_service_by_its_own_address_with_its_key():
    from aws_cdk import assertions

    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:smoke-a1b2c3"
    own = {"smoke_secret": secret, "settings": {"IMGOPT_PUBLIC_URL": "https://img.example/own"}}
    app = build_app(None, **DELIVERY, delivery_production=own)
    template = json.dumps(assertions.Template.from_stack(app.node.find_child("ImgoptDelivery")).to_json())
    assert (
        template.count('"value\\": \\"https://img.example/own') + template.count('"Value": "https://img.example/own"')
        == 1
    )
    assert template.count(f'"Type": "SECRETS_MANAGER", "Value": "{secret}"') == 1
    assert "secretsmanager:GetSecretValue" in template


def test_projects_install_programs_by_their_version(found):
    texts = json.dumps(found["ImgoptDelivery"])
    installed = re.findall(r"npm install -g ([\w@.-]+)", texts)
    assert installed
    assert all(re.fullmatch(r"[\w-]+@\d+\.\d+\.\d+", each) for each in installed)


def test_artifacts_are_private_and_go(found):
    (bucket,) = of_kind(found["ImgoptDelivery"], "AWS::S3::Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["LifecycleConfiguration"]["Rules"] == [{"ExpirationInDays": 30, "Status": "Enabled"}]


def test_role_of_github_is_taken_by_one_repository_and_environment(found):
    roles = of_kind(found["ImgoptGithub"], "AWS::IAM::Role")
    trusted = [statement for each in roles for statement in each["AssumeRolePolicyDocument"]["Statement"]]
    assert {each["Action"] for each in trusted} == {"sts:AssumeRoleWithWebIdentity"}
    conditions = [each["Condition"] for each in trusted]
    assert all([*each] == ["StringEquals"] and len(each["StringEquals"]) == 2 for each in conditions)
    subjects = [each["StringEquals"][SUBJECT] for each in conditions]
    assert subjects == [f"repo:ada@7/images@42:environment:{name}" for name in ("staging", "production")]


def test_role_of_github_may_take_the_roles_of_the_bootstrap_alone(found):
    policies = of_kind(found["ImgoptGithub"], "AWS::IAM::Policy")
    statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    assert [each["Action"] for each in statements] == ["sts:AssumeRole"] * 2
    text = json.dumps([each["Resource"] for each in statements])
    assert "*" not in text
    assert {*re.findall(r"role/cdk-hnb659fds-([a-z-]+)-role-", text)} == {
        *("deploy", "file-publishing", "image-publishing", "lookup")
    }
    assert "-us-east-1" in text  # where CloudFront's firewall is


def test_key_that_is_none_ends_the_delivery_too():
    with pytest.raises(ValueError, match="github_environment is not a known key"):
        build_app(None, **GITHUB, github_environment="staging")


def test_a_provider_of_tokens_that_is_there_is_not_made_again():
    from aws_cdk import assertions

    app = build_app(None, **GITHUB, github_provider=PROVIDER)
    template = assertions.Template.from_stack(app.node.find_child("ImgoptGithub"))
    assert template.find_resources("AWS::IAM::OIDCProvider") == {}
    assert PROVIDER in json.dumps(template.find_resources("AWS::IAM::Role"))


def test_app_that_names_no_repository_is_told_how():
    with pytest.raises(ValueError, match="-c github_repository=OWNER/NAME"):
        build_app(None)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({**DELIVERY, "delivery_repository": "images"}, "delivery_repository: images is not OWNER/NAME"),
        ({**DELIVERY, "delivery_connection": "arn:aws:iam::1:role/a"}, "delivery_connection: arn:aws:iam::1:role/a is"),
        ({"delivery_repository": "ada/images"}, "delivery_connection is missing: set it to the ARN of a connection"),
        ({**DELIVERY, "delivery_stages": "three"}, "delivery_stages is not a known key of the context"),
        ({**DELIVERY, "delivery_staging": "{"}, "delivery_staging: { is not context in JSON"),
        ({**DELIVERY, "delivery_staging": "[]"}, "delivery_staging: [] is not context in JSON"),
        (
            {**DELIVERY, "delivery_staging": "{}"},
            "staging and production are in the same account and region: give them different names",
        ),
        ({"github_repository": "ada/images:environment:production"}, "github_repository: ada/images:environment:"),
        ({**GITHUB, "github_environments": "staging,*"}, "github_environments: staging,* is not names"),
        ({**GITHUB, "github_environments": "staging,Staging"}, "github_environments: staging,Staging is not names"),
        ({**GITHUB, "github_provider": CONNECTION}, f"github_provider: {CONNECTION} is not the ARN"),
    ],
)
def test_context_that_can_not_be_is_one_sentence_about_its_key(known, said):
    app = app_of(**known)
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        (github_options if "github_repository" in known else delivery_options)(app)
    assert "\n" not in str(caught.value)


def test_every_option_is_a_key_of_the_context():
    fields = [field.alias for options in (GithubOptions, DeliveryOptions) for field in options.model_fields.values()]
    assert {key for key in KEYS if key.startswith(("github_", "delivery_"))} == {*fields}


@pytest.mark.parametrize(
    ("staging", "production", "log_role"),
    [
        ({"name": "Staging"}, {}, False),
        ({"name": "Staging"}, {"log_role": True}, True),
        ({"name": "Staging", "account": "123456789012"}, {"account": "210987654321"}, None),
    ],
)
def test_role_of_the_gateways_log_is_set_once_in_a_place(staging, production, log_role):
    context = {"delivery_staging": staging, "delivery_production": production}
    assert DeliveryOptions.model_validate({**DELIVERY, **context}).production_context.get("log_role") == log_role


def test_context_that_is_committed_is_not_repeated(monkeypatch, tmp_path):
    from cdk.delivery.pipeline import context_arguments

    (tmp_path / "cdk.json").write_text(json.dumps({"context": DELIVERY}))
    monkeypatch.setattr("cdk.delivery.pipeline.ROOT", tmp_path)
    options = DeliveryOptions.model_validate({**DELIVERY, "delivery_staging": {"name": "Beta"}})
    assert context_arguments(options) == '-c \'delivery_staging={"name": "Beta"}\''


def test_environment_has_context_of_its_own():
    """Whatever reads context finds that of the environment first."""
    import aws_cdk as cdk

    stage = cdk.Stage(cdk.App(context={"name": "Imgopt", "gpu": False, **DELIVERY}), "Staging")
    own = {"name": "Staging", "settings": {"IMGOPT_CREDITS_FREE": 7}, "gpu_max_tasks": 2}
    for key, value in own.items():
        stage.node.set_context(key, value)
    assert (name_of(stage), settings_of(stage)) == ("Staging", {"IMGOPT_CREDITS_FREE": "7"})
    stage.node.set_context("nme", "Staging")
    assert options_of(cdk.Stack(stage, "Gpu")).max_tasks == 2
    with pytest.raises(ValueError, match="nme is not a known key"):
        check(stage, "")


def test_production_has_the_logical_ids_of_an_installation_without_a_pipeline():
    """Some logical ids contain all ids above them. CloudFormation would create resources with other ids again."""
    import aws_cdk as cdk

    from cdk.delivery.pipeline import production_stage

    app = cdk.App()
    above, without = cdk.Stack(production_stage(app, {}), "Api"), cdk.Stack(app, "Api")
    assert cdk.Names.node_unique_id(above.node) == cdk.Names.node_unique_id(without.node)


@pytest.mark.parametrize("path", sorted((ROOT / "cdk" / "stacks").glob("*.py")), ids=lambda path: path.stem)
def test_stack_has_its_name_in_a_pipeline_as_well(path):
    """The CDK would put the stage's in front, and the pipeline would make a second installation."""
    calls = re.findall(r"super\(\).__init__\(\s*scope,\s*name,[^)]*\)", path.read_text())
    assert all("stack_name=name" in each for each in calls)
    assert calls or path.stem == "__init__"
