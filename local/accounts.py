"""Users of the embedded cloud: the emulator's Cognito signs them in, and one is there from the start."""

import json
import os
from typing import Any

from botocore.exceptions import ClientError

from local.deploy import TEMPLATES, Deployment, Session, variables_of_template
from local.emulator.origins import HOSTS

EMAIL, PASSWORD = "ada@example.com", "Try-it-out-1"
ISSUER, SETTINGS, PUBLIC_URL = "IMGOPT_OIDC_ISSUER", "IMGOPT_OIDC_", "IMGOPT_PUBLIC_URL"
CALLBACK_PATH, SIGNED_OUT_PATH = "/mcp/callback", "/mcp/authorize"
SIGNER_OF_SIGN_UP = "choose-signer.cognito-identity-provider.SignUp"
KEPT_FIELDS = (
    *("AllowedOAuthFlows", "AllowedOAuthScopes", "AllowedOAuthFlowsUserPoolClient"),
    *("SupportedIdentityProviders", "ExplicitAuthFlows", "PreventUserExistenceErrors"),
)


def environment_of(deployment: Deployment, endpoint: str) -> dict[str, str]:
    """What the service has to know of its issuer, besides what the template says.

    The emulator signs by the name that Cognito has on AWS. Another issuer may be named in the environment.
    """
    if os.environ.get(ISSUER):
        return {name: value for name, value in os.environ.items() if name.startswith(SETTINGS)}
    pool = deployment.outputs["UserPoolId"]
    return {"IMGOPT_OIDC_DISCOVERY_URL": f"{endpoint}/{pool}/.well-known/openid-configuration"}


def prepare_accounts(deployment: Deployment, session: Session, port: int) -> None:
    """Tells the functions, lets sign-ins lead back to this port, and makes the user who is there from the start."""
    # The emulator's API Gateway tells functions no name of itself that a browser could go to.
    public = {PUBLIC_URL: os.environ.get(PUBLIC_URL) or f"http://{HOSTS[0]}:{port}"}
    tell_functions(session.client("lambda"), environment_of(deployment, session.access.endpoint) | public)
    outputs, users = deployment.outputs, session.client("cognito-idp")
    ids = {"UserPoolId": outputs["UserPoolId"], "ClientId": outputs["UserPoolClientId"]}
    users.update_user_pool_client(
        **ids, **kept(users, ids), CallbackURLs=urls(port, CALLBACK_PATH), LogoutURLs=urls(port, SIGNED_OUT_PATH)
    )
    sign_up(outputs, session, EMAIL, PASSWORD)


def urls(port: int, path: str) -> list[str]:
    """Where people are led back to: here, and to where a proxy in front of this has the service."""
    homes = [f"http://{host}:{port}" for host in HOSTS]
    if os.environ.get(PUBLIC_URL):
        homes.append(os.environ[PUBLIC_URL].rstrip("/"))
    return [f"{home}{path}" for home in homes]


def tell_functions(functions: Any, known: dict[str, str]) -> None:
    """In place of what an earlier run told: that had another port, and maybe another issuer."""
    for each in functions.list_functions()["Functions"]:
        templates = variables_of_template(each.get("Environment", {}).get("Variables", {}))
        if ISSUER in templates:
            told = {**templates, **known, TEMPLATES: json.dumps(templates)}
            functions.update_function_configuration(FunctionName=each["FunctionName"], Environment={"Variables": told})


def kept(users: Any, ids: dict[str, str]) -> dict[str, Any]:
    """Cognito takes whatever an update leaves out for its default."""
    found = users.describe_user_pool_client(**ids)["UserPoolClient"]
    return {name: found[name] for name in KEPT_FIELDS if name in found}


def sign_up(outputs: dict[str, str], session: Session, email: str, password: str) -> bool:
    """A user with an address that counts as verified: nothing is sent from here.

    False where there is one already, who stays as they are.
    """
    users = session.client("cognito-idp")
    who = {"UserPoolId": outputs["UserPoolId"], "Username": email}
    # Cognito lets everybody do this, the guard of the emulator only those with the key.
    users.meta.events.register_first(SIGNER_OF_SIGN_UP, lambda **_: "v4")
    try:
        users.sign_up(
            ClientId=outputs["UserPoolClientId"],
            Username=email,
            Password=password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
        return False
    users.admin_confirm_sign_up(**who)
    users.admin_update_user_attributes(**who, UserAttributes=[{"Name": "email_verified", "Value": "true"}])
    return True
