"""The templates: least privilege, encryption, nothing public, limited retention, no loss of data."""

import json

import pytest

from functions.api.headers import FIXED_HEADERS, NO_STORE, STRICT_TRANSPORT
from gpu_container.worker.serving import MOST_DELIVERIES
from imgopt.settings import Settings

TAKE_MESSAGES = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}
# Ending a job, and starting the one that waited for it.
DISPATCHING = (
    *(f"dynamodb:{action}" for action in ("BatchGetItem", "BatchWriteItem", "GetItem", "Query", "UpdateItem")),
    "states:StartExecution",
)
# What each function may do besides writing its log and traces.
ALLOWED = {
    "Plan": {"dynamodb:UpdateItem"},
    "Optimize": {"s3:GetObject", "s3:PutObject"},
    "OptimizeSmall": {"s3:GetObject", "s3:PutObject"},
    "Tag": {"bedrock:InvokeModel", "dynamodb:BatchGetItem", "s3:GetObject", "s3:PutObject"},
    "Finish": {
        *DISPATCHING,
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutObject",
        "sqs:SendMessage",
    },
    "Fail": {*DISPATCHING, "sqs:SendMessage"},
    "Deliver": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
        *TAKE_MESSAGES,
    },
    "Upscale": {"s3:GetObject", "s3:PutObject"},
    "Images": {
        *DISPATCHING,
        "dynamodb:PutItem",
        "dynamodb:DeleteItem",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucket",
        "states:StopExecution",
        "secretsmanager:GetSecretValue",
    },
    "Internal": {
        *DISPATCHING,
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
        "s3:DeleteObject",
        "s3:ListBucket",
        "states:StopExecution",
    },
    "Billing": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "secretsmanager:GetSecretValue"},
    "Mcp": {
        *DISPATCHING,
        "dynamodb:PutItem",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
    },
    "Variants": {
        *DISPATCHING,
        "dynamodb:PutItem",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
    },
    "Streaming": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
    },
    "Reconcile": {
        *DISPATCHING,
        "dynamodb:PutItem",
        "states:DescribeExecution",
        "states:ListExecutions",
        "states:StopExecution",
        "sqs:SendMessage",
    },
    "Cleanup": {
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:UpdateItem",
        "states:StopExecution",
        "dynamodb:Query",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:DeleteItem",
        "s3:ListBucket",
        "s3:DeleteObject",
        "sqs:SendMessage",
    },
    "RefreshCredits": {"dynamodb:Scan", "dynamodb:DeleteItem", "sqs:SendMessage"},
}
EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def statements(policies: dict, role: str) -> list[dict]:
    found = [
        policy for policy in policies.values() if any(each["Ref"].startswith(f"{role}Role") for each in policy["Roles"])
    ]
    return [statement for policy in found for statement in policy["PolicyDocument"]["Statement"]]


def as_list(value: str | list) -> list:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", ALLOWED)
def test_a_function_may_do_what_it_needs_and_no_more(of_type, name):
    actions = {action for each in statements(of_type("AWS::IAM::Policy"), name) for action in as_list(each["Action"])}
    assert actions == ALLOWED[name] | EVERY_FUNCTION


@pytest.mark.parametrize("name", ALLOWED)
def test_only_traces_are_allowed_on_every_resource(of_type, name):
    for statement in statements(of_type("AWS::IAM::Policy"), name):
        if "*" in as_list(statement["Resource"]):
            assert set(as_list(statement["Action"])) == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


@pytest.mark.parametrize("name", ALLOWED)
def test_objects_are_allowed_under_one_prefix_of_their_bucket(of_type, name):
    prefixes = ("/uploads/*", "/incoming/*", "/intermediate/*", "/results/*", "/variants/*")
    for statement in statements(of_type("AWS::IAM::Policy"), name):
        if any(action.startswith("s3:") and action != "s3:ListBucket" for action in as_list(statement["Action"])):
            endings = [json.dumps(resource)[-20:] for resource in as_list(statement["Resource"])]
            assert all(any(prefix in ending for prefix in prefixes) for ending in endings)


FOLDERS = {"uploads/", "incoming/", "results/", "intermediate/"}
# Of which keys each function may have a list: those who clean up, of all, and the API of those that have an id.
LISTED = {
    **{name: {f"{folder}*" for folder in FOLDERS} for name in ("Cleanup", "Internal")},
    "Images": {f"{folder}{'?' * 36}*" for folder in FOLDERS - {"incoming/"}},
}


def test_listing_of_objects_is_limited_to_prefixes(of_type):
    """A list of all results is as good as all results: an id is all that is needed to download one."""
    found: dict[str, set[str]] = {}
    for policy in of_type("AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if any(action in ("s3:ListBucket", "s3:List*", "s3:*", "*") for action in as_list(statement["Action"])):
                (role,) = (each["Ref"] for each in policy["Roles"])
                prefixes = as_list(statement["Condition"]["StringLike"]["s3:prefix"])
                found.setdefault(role.split("Role")[0], set()).update(prefixes)
    assert found == LISTED


def test_no_function_has_a_managed_policy(of_type):
    roles = of_type("AWS::IAM::Role")
    assert {name for name, role in roles.items() if "ManagedPolicyArns" in role} == {"ApiCloudWatchRole73EC6FC4"}


def test_buckets_are_private_encrypted_and_emptied(of_type):
    buckets = of_type("AWS::S3::Bucket")
    assert len(buckets) == 3
    for bucket in buckets.values():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["BucketEncryption"]
        assert {rule["Status"] for rule in bucket["LifecycleConfiguration"]["Rules"]} == {"Enabled"}


def test_images_by_url_outlive_results_and_no_rule_of_results_takes_them(of_type):
    (bucket,) = (each for name, each in of_type("AWS::S3::Bucket").items() if name.startswith("Results"))
    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert days == {"results/": 8, "intermediate/": 8, "variants/": 30}


def test_files_outlive_their_records_by_a_day_at_most(of_type):
    known = Settings()
    results = max(known.retention_unregistered, known.retention_free, known.retention_paid)
    for prefix, seconds in (("Uploads", known.upload_lifetime), ("Results", results)):
        (bucket,) = (each for name, each in of_type("AWS::S3::Bucket").items() if name.startswith(prefix))
        days = bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"]
        assert seconds / 86400 < days <= seconds / 86400 + 1


def test_plain_http_is_refused_everywhere(of_type):
    policies = [*of_type("AWS::S3::BucketPolicy").values(), *of_type("AWS::SQS::QueuePolicy").values()]
    assert len(policies) == 7
    assert all('"aws:SecureTransport": "false"' in json.dumps(policy) for policy in policies)


def test_requests_that_hold_a_function_for_long_have_a_rate_of_their_own(of_type):
    """A method that has its own settings has nothing of the stage's."""
    (stage,) = of_type("AWS::ApiGateway::Stage").values()
    known = {(each["ResourcePath"].replace("~1", "/"), each["HttpMethod"]): each for each in stage["MethodSettings"]}
    usual = known.pop(("/*", "*"))
    images = known.pop(("//img/{proxy+}", "ANY"))
    assert images["ThrottlingRateLimit"] > usual["ThrottlingRateLimit"]
    assert {(path.removeprefix("/"), method) for path, method in known} == STREAMED
    assert all(0 < each["ThrottlingRateLimit"] < usual["ThrottlingRateLimit"] for each in known.values())
    assert {(each["LoggingLevel"], each["DataTraceEnabled"]) for each in stage["MethodSettings"]} == {("ERROR", False)}


def test_the_table_expires_items_and_can_be_restored(of_type):
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}


def test_data_of_users_is_retained_when_a_stack_is_deleted(resources):
    kept = [
        each["DeletionPolicy"]
        for each in resources.values()
        if each["Type"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket")
    ]
    assert set(kept) == {"Retain"}


def test_logs_are_kept_for_a_month_and_those_of_each_state_for_days(of_type):
    groups = of_type("AWS::Logs::LogGroup")
    days = {name: group["RetentionInDays"] for name, group in groups.items()}
    assert {name.rstrip("0123456789ABCDEF"): kept for name, kept in days.items() if kept != 30} == {
        "ExpressMachineLog": 3
    }


def test_every_function_has_its_own_log_role_and_time_limit(of_type):
    functions = of_type("AWS::Lambda::Function")
    assert {name.split("Function")[0] for name in functions} == ALLOWED.keys(), "ALLOWED above has them"
    assert len({json.dumps(each["Role"]) for each in functions.values()}) == len(functions)
    assert len({json.dumps(each["LoggingConfig"]) for each in functions.values()}) == len(functions)
    assert all(0 < each["Timeout"] <= 600 for each in functions.values())


def test_functions_run_on_the_runtime_and_architecture_that_the_layers_are_for(of_type):
    everything = {**of_type("AWS::Lambda::Function")}
    assert {(each["Runtime"], *each["Architectures"]) for each in everything.values()} == {("python3.13", "arm64")}


def test_the_api_answers_within_api_gateways_limit(of_type):
    (images,) = (each for name, each in of_type("AWS::Lambda::Function").items() if name.startswith("Images"))
    assert images["Timeout"] <= 29


def routes(resources: dict, of_type) -> dict[tuple[str, str], dict]:
    """Integrations by path and method."""

    def path(reference: dict) -> str:
        if "Ref" not in reference:
            return ""
        part = resources[reference["Ref"]]["Properties"]
        return f"{path(part['ParentId'])}/{part['PathPart']}"

    methods = of_type("AWS::ApiGateway::Method").values()
    return {(path(each["ResourceId"]) or "/", each["HttpMethod"]): each["Integration"] for each in methods}


STREAMED = {
    ("/status/stream", "GET"),
    ("/status/{job_id}/stream", "GET"),
    ("/download", "GET"),
    ("/download/{job_id}", "GET"),
}


def test_streams_and_downloads_leave_as_they_are_made(resources, of_type):
    found = routes(resources, of_type)
    streamed = {route for route, each in found.items() if each.get("ResponseTransferMode") == "STREAM"}
    assert streamed == STREAMED
    for route in streamed:
        assert "StreamingFunction" in json.dumps(found[route]["Uri"])
        assert "response-streaming-invocations" in json.dumps(found[route]["Uri"])
        assert found[route]["TimeoutInMillis"] > Settings().stream_seconds * 1000


def test_a_path_that_is_named_answers_every_method(resources, of_type):
    """A resource without a method for a request refuses it, whatever the catch-all would do."""
    found = routes(resources, of_type)
    assert {path for path, _ in found} == {path for path, method in found if method == "ANY"}
    owners = {"/internal/{proxy+}": "Internal", "/process": "Internal", "/mcp": "Mcp", "/img/{proxy+}": "Variants"}
    owners |= {"/billing/{proxy+}": "Billing", "/webhooks/{proxy+}": "Billing"}
    for (path, method), each in found.items():
        if method == "ANY":
            assert f"{owners.get(path, 'Images')}Function" in json.dumps(each["Uri"])


def test_the_streaming_function_runs_uvicorn_behind_the_web_adapter(of_type):
    (function,) = (each for name, each in of_type("AWS::Lambda::Function").items() if name.startswith("Streaming"))
    variables = function["Environment"]["Variables"]
    assert function["Handler"] == "functions/api/stream.sh"
    assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/bootstrap"
    assert variables["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert variables["IMGOPT_TRUSTED_PROXIES"] == "127.0.0.1"  # which says who the gateway saw
    assert any("layer:LambdaAdapterLayerArm64" in json.dumps(layer) for layer in function["Layers"])


def test_a_stream_that_is_gathered_ends_before_the_gateway_gives_up(of_type):
    (images,) = (each for name, each in of_type("AWS::Lambda::Function").items() if name.startswith("Images"))
    assert float(images["Environment"]["Variables"]["IMGOPT_STREAM_SECONDS"]) < images["Timeout"]


def test_refusals_of_the_gateway_read_like_the_applications_answers(of_type):
    answers = {each["ResponseType"]: each for each in of_type("AWS::ApiGateway::GatewayResponse").values()}
    assert answers.keys() == {"REQUEST_TOO_LARGE", "MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", "DEFAULT_5XX"}
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"  # asked of API Gateway, an unknown path
    assert "/upload/presign" in answers["REQUEST_TOO_LARGE"]["ResponseTemplates"]["application/json"]
    for each in answers.values():
        assert "detail" in each["ResponseTemplates"]["application/json"]
        headers = {name.rpartition(".")[2]: value.strip("'") for name, value in each["ResponseParameters"].items()}
        told = {**FIXED_HEADERS, **STRICT_TRANSPORT, "Cache-Control": NO_STORE, "Content-Security-Policy": "sandbox"}
        assert headers == {**told, "Access-Control-Allow-Origin": "*"}


def test_the_api_is_regional_throttled_takes_no_old_tls_and_logs_no_query(of_type):
    (api,) = of_type("AWS::ApiGateway::RestApi").values()
    (stage,) = of_type("AWS::ApiGateway::Stage").values()
    assert (api["EndpointConfiguration"]["Types"], api["BinaryMediaTypes"]) == (["REGIONAL"], ["*/*"])
    assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_")
    assert api["EndpointAccessMode"] == "BASIC"
    assert stage["MethodSettings"][0]["ThrottlingRateLimit"] == 100
    assert "query" not in json.dumps(stage["AccessLogSetting"])


def test_a_job_whose_execution_was_stopped_is_failed_and_no_such_event_is_lost(of_type):
    (rule,) = of_type("AWS::Events::Rule").values()
    (target,) = rule["Targets"]
    (fail,) = (each for name, each in of_type("AWS::Lambda::Function").items() if name.startswith("Fail"))
    assert set(rule["EventPattern"]["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    assert "FailFunction" in json.dumps(target["Arn"])
    assert "DeadLetters" in json.dumps(target["DeadLetterConfig"])
    assert "DeadLetters" in json.dumps(fail["DeadLetterConfig"])


def test_dead_letters_are_encrypted_and_kept(of_type):
    queue = next(each for name, each in of_type("AWS::SQS::Queue").items() if name.startswith("DeadLetters"))
    assert (queue["SqsManagedSseEnabled"], queue["MessageRetentionPeriod"]) == (True, 14 * 86400)


def test_callbacks_wait_in_a_queue_and_none_is_lost(of_type):
    queue = next(each for name, each in of_type("AWS::SQS::Queue").items() if name.startswith("Callbacks"))
    (mapping,) = mappings(of_type, "Deliver")
    assert queue["SqsManagedSseEnabled"] is True
    assert "DeadLetters" in json.dumps(queue["RedrivePolicy"])
    assert ("Callbacks" in json.dumps(mapping["EventSourceArn"]), mapping["BatchSize"]) == (True, 1)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 10}


def mappings(of_type, function: str) -> list[dict]:
    """The queues that a function takes messages from."""
    found = of_type("AWS::Lambda::EventSourceMapping").values()
    return [mapping for mapping in found if function in json.dumps(mapping["FunctionName"])]


def test_function_upscales_all_images_without_a_queue_if_there_is_no_gpu(of_type):
    assert mappings(of_type, "Upscale") == []
    functions = of_type("AWS::Lambda::Function").values()
    assert not [each for each in functions if "IMGOPT_UPSCALES_QUEUE_URL" in each["Environment"]["Variables"]]


def test_an_order_to_upscale_that_nobody_answers_becomes_a_dead_letter(of_type):
    (queue,) = (each for name, each in of_type("AWS::SQS::Queue").items() if name.startswith("Upscales"))
    assert ("DeadLetters" in json.dumps(queue["RedrivePolicy"]), queue["SqsManagedSseEnabled"]) == (True, True)
    assert queue["RedrivePolicy"]["maxReceiveCount"] > MOST_DELIVERIES


def machine_of(of_type, kind: str) -> dict:
    machines = of_type("AWS::StepFunctions::StateMachine").values()
    return next(each for each in machines if each.get("StateMachineType", "STANDARD") == kind)


@pytest.mark.parametrize(("kind", "variable"), [("STANDARD", "STATE"), ("EXPRESS", "EXPRESS")])
def test_stages_know_the_state_machines_that_know_them(of_type, kind, variable):
    machine = machine_of(of_type, kind)
    for name, function in of_type("AWS::Lambda::Function").items():
        if name.startswith(("Plan", "Finish", "Fail", "Images", "Mcp", "Reconcile", "Internal")):
            arn = json.dumps(function["Environment"]["Variables"][f"IMGOPT_{variable}_MACHINE_ARN"])
            assert f":stateMachine:{machine['StateMachineName']}" in arn


@pytest.mark.parametrize(("kind", "level"), [("STANDARD", "ERROR"), ("EXPRESS", "ALL")])
def test_the_state_machines_log_holds_no_data_of_users(of_type, kind, level):
    machine = machine_of(of_type, kind)
    logging = machine["LoggingConfiguration"]
    assert (logging["IncludeExecutionData"], logging["Level"]) == (False, level)
    assert machine["TracingConfiguration"] == {"Enabled": False}


def test_the_express_machine_may_do_no_more_than_its_stages(of_type):
    (policy,) = (each for name, each in of_type("AWS::IAM::Policy").items() if name.startswith("ExpressMachineRole"))
    (invoke,) = (each for each in policy["PolicyDocument"]["Statement"] if each["Action"] == "lambda:InvokeFunction")
    invoked = {json.dumps(each).split("Function")[0].rpartition('"')[2] for each in as_list(invoke["Resource"])}
    assert invoked == {"Plan", "Optimize", "OptimizeSmall", "Finish", "Fail"}
    assert "sqs:" not in json.dumps(policy)


def test_stacks_share_only_what_keeps_its_name_when_code_changes(templates):
    """CloudFormation refuses to change an export that another stack uses."""
    outputs = [output for template in templates.values() for output in template.get("Outputs", {}).values()]
    exported = [json.dumps(output["Value"]) for output in outputs if "Export" in output]
    kept = ("Table", "Uploads", "Results", "StateMachine", "Callbacks", "SigningSecret", "Upscales", "Users")
    kept += ("DeadLetters", "FailedRuns", "ImagesFunction")
    assert exported
    assert all(any(f'"{name}' in value for name in kept) for value in exported)
