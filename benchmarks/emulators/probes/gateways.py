"""API Gateway's REST API: a catch-all in front of a Lambda function."""

import httpx2

from benchmarks.emulators.functions import make_function
from benchmarks.emulators.server import SECRET, Server
from local.emulator.keys import TOKEN_HEADER, AccessKey

STAGE, PATH = "v1", "/any/where"


def gateways(server: Server) -> str:
    function, client = make_function(server, "Behind"), server.client("apigateway")
    api = client.create_rest_api(name="service")["id"]
    (root,) = (each["id"] for each in client.get_resources(restApiId=api)["items"])
    resource = client.create_resource(restApiId=api, parentId=root, pathPart="{proxy+}")["id"]
    method = {"restApiId": api, "resourceId": resource, "httpMethod": "ANY"}
    client.put_method(**method, authorizationType="NONE")
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    client.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    client.create_deployment(restApiId=api, stageName=STAGE)
    places = {"endpoint": server.endpoint("apigateway"), "api": api, "stage": STAGE, "path": PATH}
    token = AccessKey("", SECRET).gateway_token  # which the emulator of `make up` requires
    answer = httpx2.get(server.emulator.gateway.format(**places), headers={TOKEN_HEADER: token}, trust_env=False)
    return "yes" if (answer.status_code, answer.text) == (200, PATH) else f"no: {answer.status_code}"
