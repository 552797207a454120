"""The properties of the user pool."""

import json
import os

import pytest

from cdk.node import NODE
from tests.infrastructure.variants import ISSUER, SECRET

os.environ.setdefault("JSII_NODE", str(NODE))


@pytest.fixture
def pool(of_type):
    (found,) = of_type("AWS::Cognito::UserPool").values()
    return found


@pytest.fixture
def client(of_type):
    (found,) = of_type("AWS::Cognito::UserPoolClient").values()
    return found


def test_people_sign_up_themselves_by_an_address_that_is_verified(pool):
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert (pool["UsernameAttributes"], pool["AutoVerifiedAttributes"]) == (["email"], ["email"])
    assert pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"] == ["email"]


def test_passwords_are_long_and_a_second_factor_may_be_added(pool):
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy.pop("MinimumLength") == 12
    assert {name for name, value in policy.items() if name.startswith("Require") and value} == set()
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])


def test_users_are_not_deleted_with_the_stack(resources, pool):
    assert pool["DeletionProtection"] == "ACTIVE"
    (kept,) = [each for each in resources.values() if each["Type"] == "AWS::Cognito::UserPool"]
    assert kept["DeletionPolicy"] == "Retain"


def test_the_page_signs_in_by_the_code_flow_without_a_secret(client):
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthScopes"] == ["openid", "email"]


def test_client_does_not_reveal_which_users_exist(client):
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_users_are_led_back_to_where_the_api_is(client):
    home = "https://ApiF70053CD.execute-api.AWS::Region.AWS::URLSuffix/v1"
    for kind, path in (("CallbackURLs", "/mcp/callback"), ("LogoutURLs", "/mcp/authorize")):
        (url,) = client[kind]
        parts = [part if isinstance(part, str) else next(iter(part.values())) for part in url["Fn::Join"][1]]
        assert "".join(parts) == home + path


def test_functions_that_recognize_users_know_their_issuer(of_type):
    functions = {name.split("Function")[0]: each for name, each in of_type("AWS::Lambda::Function").items()}
    told = {name for name, each in functions.items() if "IMGOPT_OIDC_ISSUER" in each["Environment"]["Variables"]}
    assert told == {"Images", "Streaming", "Mcp", "Internal", "Billing"}


def test_websites_sign_users_in_by_a_client_of_their_own_and_a_second_factor_may_be_required(variant):
    templates = variant("Stripe")
    resources = templates["ImgoptApi"]["Resources"]
    clients = {
        name: each["Properties"] for name, each in resources.items() if each["Type"] == "AWS::Cognito::UserPoolClient"
    }
    assert [each["CallbackURLs"] for each in clients.values()] == [
        ["https://img.example/mcp/callback"],
        ["https://www.example/in"],
    ]
    (images,) = [
        each["Properties"]["Environment"]["Variables"]
        for name, each in resources.items()
        if name.startswith("ImagesFunction") and each["Type"] == "AWS::Lambda::Function"
    ]
    audience = {"Fn::Join": ["", [{"Ref": (names := list(clients))[0]}, ",", {"Ref": names[1]}]]}
    assert images["IMGOPT_OIDC_AUDIENCE"] == audience
    (pool,) = [
        each for each in templates["ImgoptAuth"]["Resources"].values() if each["Type"] == "AWS::Cognito::UserPool"
    ]
    assert pool["Properties"]["MfaConfiguration"] == "ON"


def test_a_refresh_token_is_used_once(client):
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]


def test_the_sign_in_pages_name_tells_no_account(of_type):
    (domain,) = of_type("AWS::Cognito::UserPoolDomain").values()
    assert "AWS::StackId" in json.dumps(domain["Domain"])
    assert "AWS::AccountId" not in json.dumps(domain["Domain"])


def test_functions_may_read_the_secrets_that_they_need_alone(variant):
    """Each is called after the function that needs it; what a proxy sends, all behind the API have to know."""
    secrets = ("Images", "Billing", "Internal", "Streaming")
    arns = {name: SECRET.format(name) for name in secrets}
    templates = variant("another issuer behind a proxy")
    resources = templates["ImgoptApi"]["Resources"] | templates["ImgoptSchedules"]["Resources"]
    policies = {name: json.dumps(each) for name, each in resources.items() if each["Type"] == "AWS::IAM::Policy"}
    functions = (*secrets, "Mcp", "Cleanup")
    found = {(name, arn) for name in functions for arn in secrets if arns[arn] in str(read(policies, name))}
    of_all = {(name, "Streaming") for name in (*secrets, "Mcp")}  # what a proxy in front has to know
    deleting_accounts = {("Internal", "Billing"), ("Cleanup", "Billing")}
    assert found == {(name, name) for name in secrets} | of_all | deleting_accounts


def read(policies: dict[str, str], function: str) -> list[str]:
    return [policy for name, policy in policies.items() if name.startswith(f"{function}Role")]


def test_templates_for_another_issuer_have_no_user_pool(variant):
    templates = variant("another issuer behind a proxy")
    assert "ImgoptAuth" not in templates
    assert "Cognito" not in json.dumps(templates)
    (images,) = [
        each["Properties"]
        for name, each in templates["ImgoptApi"]["Resources"].items()
        if name.startswith("ImagesFunction") and each["Type"] == "AWS::Lambda::Function"
    ]
    assert ISSUER.items() <= images["Environment"]["Variables"].items()
