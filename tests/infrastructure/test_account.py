"""The report on an account: the calls to AWS, the early ends, and that nothing is changed."""

import os
import re
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from cdk.account import aws, bootstrap, signed_in
from cdk.account.__main__ import context_of, main
from cdk.account.aws import AwsAccount, Denied, NoSuchResource, NotChecked, action_of
from cdk.account.installation import installation_of
from cdk.account.model import exit_code, missing, ok, unknown
from cdk.account.printing import line, summary
from tests.infrastructure.aws_double import CALLER, NUMBER

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "".join(path.read_text() for path in sorted((ROOT / "cdk" / "account").glob("*.py")))
ASKED = set(re.findall(r'\.ask\(\s*"([\w-]+)",\s*"(\w+)"', SOURCE))


class Answering:
    """A client all of whose operations end so."""

    def __init__(self, end):
        self.end = end

    def __getattr__(self, operation):
        def answer(**_):
            if isinstance(self.end, Exception):
                raise self.end
            return self.end

        return answer


def account_that(end):
    return AwsAccount(NUMBER, CALLER, "eu-west-1", lambda service, region: Answering(end))


def refusal(code, message=""):
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetRole")


@pytest.fixture
def no_credentials(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def known(monkeypatch):
    """An account in eu-west-1 that answers every question by nothing."""
    monkeypatch.setattr("cdk.account.__main__.identify", lambda: account_that({}))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "No region is set."),
        ({"AWS_REGION": "eu-west-1"}, "No AWS credentials were found."),
        ({"AWS_REGION": "eu-west-1", "AWS_PROFILE": "nobody"}, "(nobody) could not be found"),
    ],
)
def test_report_without_an_account_ends_with_a_sentence(no_credentials, monkeypatch, capsys, environment, said):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main([]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (refusal("InvalidClientTokenId"), "aws account enable-region --region-name eu-west-1"),
        (EndpointConnectionError(endpoint_url="https://sts.example"), "The request to AWS failed"),
    ],
)
def test_credentials_that_are_not_taken_end_it_too(no_credentials, monkeypatch, end, said):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setattr(
        aws.boto3,
        "Session",
        lambda **_: type("S", (), {"region_name": "eu-west-1", "client": lambda *_, **__: Answering(end)})(),
    )
    with pytest.raises(NotChecked, match=re.escape(said)):
        aws.identify()


def test_deploying_without_credentials_ends_before_the_cdk_is_run(no_credentials, monkeypatch, capsys):
    monkeypatch.setattr(signed_in, "run_program", None)
    assert signed_in.main(["deploy", "--all"]) == 2
    assert capsys.readouterr().err.startswith("imgopt: No region is set.")


@pytest.mark.parametrize(
    ("arguments", "profile", "region"),
    [
        (["bootstrap", "aws://123456789012/eu-west-1"], None, "eu-west-1"),
        (["deploy", "--all", "-c", "gpu=true", "--profile", "two"], "two", None),
    ],
)
def test_cdk_is_run_as_asked_where_aws_knows_who_asks(monkeypatch, arguments, profile, region):
    asked: list[object] = []
    monkeypatch.setattr(signed_in, "identify", lambda **by: asked.append(by))
    monkeypatch.setattr(signed_in, "run_program", lambda *command: asked.append(command) or 0)
    assert signed_in.main(arguments) == 0
    assert asked == [{"profile": profile, "region": region}, ("cdk", *arguments)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-c", "name=my stack"], "'my stack' is not valid"),
        (["-c", "settings=IMGOPT_CREDITS_FREE=1"], "such as -c settings="),
        (["-c", "gpu=true", "-c", "gpu_max_tasks=99"], "gpu_max_tasks"),
    ],
)
def test_context_that_could_not_be_deployed_ends_it(known, capsys, arguments, said):
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_an_account_that_knows_nothing_is_told_without_a_traceback(known, capsys):
    main(["-c", "gpu=true", "-c", "gpu_spot=true", "-c", "name=Two"])
    output = capsys.readouterr().out
    assert output.startswith(f"Account {NUMBER} in eu-west-1, as {CALLER}.\nStacks of this installation: TwoData, ")
    assert "Nothing was changed." in output.splitlines()[-1]


def test_the_command_line_takes_the_place_of_cdk_json():
    context = context_of(["-c", "name=Two", "--context", 'settings={"A": "b=c"}'])
    assert (context["name"], context["settings"], context["gpu"]) == ("Two", '{"A": "b=c"}', False)


def test_an_installation_is_read_from_context_as_deploying_does():
    context = {"name": "Two", "gpu": "true", "gpu_spot": "true", "log_role": "false", "monitoring": "false"}
    settings = '{"IMGOPT_OIDC_ISSUER": "https://issuer.example", "IMGOPT_TAGGING_REGION": "us-west-2"}'
    found = installation_of({**context, "optimize_mb": "6144", "settings": settings}, "sa-east-1")
    assert found.stacks == tuple(f"Two{part}" for part in ("Data", "Pipeline", "Network", "Gpu", "Api", "Schedules"))
    assert found.unused_stacks == ("TwoMonitoring", "TwoAuth")
    assert (found.model.tagger, found.model.name, found.model.region) == (
        "bedrock",
        "us.amazon.nova-lite-v1:0",
        "us-west-2",
    )
    assert (found.memory["optimize_mb"], found.gpu.spot, found.sets_log_role) == (6144, True, False)


def test_the_stacks_are_those_of_the_templates(templates):
    assert set(installation_of({}, "eu-west-1").stacks) == set(templates)


def test_the_bootstrap_versions_are_those_of_the_templates(templates):
    for template in templates.values():
        (assertion,) = template["Rules"]["CheckBootstrapVersion"]["Assertions"]
        assert tuple(assertion["Assert"]["Fn::Not"][0]["Fn::Contains"][0]) == bootstrap.TOO_OLD


@pytest.mark.parametrize(
    ("end", "kind", "said"),
    [
        (refusal("AccessDenied"), Denied, "these credentials may not call iam:GetRole"),
        (refusal("NoSuchEntity"), NoSuchResource, "^"),
        (refusal("ValidationError", "Stack with id A does not exist"), NoSuchResource, "^"),
        (refusal("ValidationError", "name is too long"), NotChecked, "iam:GetRole failed with ValidationError"),
        (refusal("Throttling"), NotChecked, "iam:GetRole failed with Throttling"),
        (EndpointConnectionError(endpoint_url="https://iam.example"), NotChecked, "iam:GetRole was not answered"),
        (ResponseParserError("not XML"), NotChecked, "iam:GetRole was not answered"),
    ],
)
def test_an_answer_that_is_none_says_why(end, kind, said):
    with pytest.raises(kind, match=said):
        account_that(end).ask("iam", "get_role", RoleName="a")


@pytest.mark.parametrize(
    ("findings", "code"),
    [([ok("a"), unknown("b")], 0), ([ok("a"), missing("b"), unknown("c")], 1), ([unknown("a")], 2)],
)
def test_the_exit_code_says_whether_something_is_missing(findings, code):
    assert exit_code(findings) == code


def test_a_finding_is_a_line_and_its_remedies_stand_below():
    assert line("VPCs", missing("5 of 5 in use", "aws ask", "-c gpu=false")).splitlines() == [
        "missing  VPCs: 5 of 5 in use.",
        "           aws ask",
        "           -c gpu=false",
    ]
    assert summary([ok("a"), missing("b", "aws ask")]) == "\n1 ok, 1 missing, 0 unknown. Nothing was changed."


def test_summary_tells_where_options_go():
    assert summary([missing("a", "-c gpu=false")]).endswith('Pass options (-c) in ARGS: make deploy ARGS="-c ...".')


def test_checks_only_read():
    assert len(ASKED) > 10
    assert not [operation for _, operation in ASKED if not operation.startswith(("get_", "describe_"))]


@pytest.mark.parametrize("asked", sorted(ASKED), ids="-".join)
def test_calls_of_the_report_are_documented(asked):
    assert f"`{action_of(*asked)}`" in (ROOT / "docs" / "deployment.md").read_text()
