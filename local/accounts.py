"""Users of the local cloud. The emulator's Cognito signs them in, and one user exists from the start."""

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
    """Environment variables about the OIDC issuer, besides those of the template.

    The emulator's tokens name the issuer that Cognito has on AWS. The environment can set another issuer.
    """
    if os.environ.get(ISSUER):
        return {name: value for name, value in os.environ.items() if name.startswith(SETTINGS)}
    pool = deployment.outputs["UserPoolId"]
    return {"IMGOPT_OIDC_DISCOVERY_URL": f"{endpoint}/{pool}/.well-known/openid-configuration"}


def prepare_accounts(deployment: Deployment, session: Session, port: int) -> None:
    """Configures the functions, allows redirects to this port, and creates the first user."""
    # The emulator's API Gateway does not tell functions a URL that a browser could open.
    public = {PUBLIC_URL: os.environ.get(PUBLIC_URL) or f"http://{HOSTS[0]}:{port}"}
    update_functions(session.client("lambda"), environment_of(deployment, session.access.endpoint) | public)
    outputs, users = deployment.outputs, session.client("cognito-idp")
    ids = {"UserPoolId": outputs["UserPoolId"], "ClientId": outputs["UserPoolClientId"]}
    users.update_user_pool_client(
        **ids, **kept(users, ids), CallbackURLs=urls(port, CALLBACK_PATH), LogoutURLs=urls(port, SIGNED_OUT_PATH)
    )
    sign_up(outputs, session, EMAIL, PASSWORD)


def urls(port: int, path: str) -> list[str]:
    """The URLs of a path for redirects: on this port, and at the public URL of a proxy in front."""
    homes = [f"http://{host}:{port}" for host in HOSTS]
    if os.environ.get(PUBLIC_URL):
        homes.append(os.environ[PUBLIC_URL].rstrip("/"))
    return [f"{home}{path}" for home in homes]


def update_functions(functions: Any, known: dict[str, str]) -> None:
    """Sets the functions' variables. It replaces those of an earlier run, which may have had another port or issuer."""
    for each in functions.list_functions()["Functions"]:
        templates = variables_of_template(each.get("Environment", {}).get("Variables", {}))
        if ISSUER in templates:
            variables = {**templates, **known, TEMPLATES: json.dumps(templates)}
            functions.update_function_configuration(
                FunctionName=each["FunctionName"], Environment={"Variables": variables}
            )


def kept(users: Any, ids: dict[str, str]) -> dict[str, Any]:
    """The client's current properties. An update has to repeat them, as Cognito resets those that are absent."""
    found = users.describe_user_pool_client(**ids)["UserPoolClient"]
    return {name: found[name] for name in KEPT_FIELDS if name in found}


def sign_up(outputs: dict[str, str], session: Session, email: str, password: str) -> bool:
    """Creates a user, whose e-mail address counts as verified, because no e-mails are sent.

    Returns False if the user exists already; it is not changed.
    """
    users = session.client("cognito-idp")
    who = {"UserPoolId": outputs["UserPoolId"], "Username": email}
    # Cognito allows anyone to do this; the guard of the emulator allows it only with the key.
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
