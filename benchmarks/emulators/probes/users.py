"""Cognito: a user of a pool signs in with a password, and gets a token."""

from benchmarks.emulators.server import Server

NAME, PASSWORD = "ada@example.com", "Correct-horse-1"


def users(server: Server) -> str:
    client = server.client("cognito-idp")
    pool = client.create_user_pool(PoolName="users")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = client.create_user_pool_client(UserPoolId=pool, ClientName="web", ExplicitAuthFlows=flows)
    client.admin_create_user(UserPoolId=pool, Username=NAME, MessageAction="SUPPRESS")
    client.admin_set_user_password(UserPoolId=pool, Username=NAME, Password=PASSWORD, Permanent=True)
    answer = client.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=made["UserPoolClient"]["ClientId"],
        AuthParameters={"USERNAME": NAME, "PASSWORD": PASSWORD},
    )
    return "yes" if answer["AuthenticationResult"]["IdToken"].count(".") == 2 else "no token"
