"""The template for the emulator, and that it differs from that for AWS in nothing else."""

import json
import os
import re

import pytest

from local.deploy import STACKS
from local.template_patches import FUNCTION, patch_template, tasks
from tests.stage_modules import MODULE_OF_STAGE


@pytest.fixture(scope="module")
def patched(templates, assembly):
    return {name: patch_template(templates[name], assembly, "assets") for name in STACKS}


def resources(patched, stack: str, kind: str) -> dict[str, dict]:
    template, _ = patched[stack]
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}


def test_functions_run_their_asset_in_place(patched, assembly, templates):
    on_aws = [each for each in templates["ImgoptPipeline"]["Resources"].values() if each["Type"] == FUNCTION]
    functions = resources(patched, "ImgoptPipeline", "AWS::Lambda::Function")
    _, scripts = patched["ImgoptPipeline"]
    assert len(functions) == len(on_aws)
    assert len(scripts) == len({each["Properties"]["Handler"] for each in on_aws})  # one handler, one script
    for function in functions.values():
        script = scripts[function["Code"]["S3Key"]]
        assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap")
        assert script.startswith("#!/bin/sh\n")
        assert str(assembly) in script
        assert "functions.stages." in script or "functions.callbacks." in script


def test_functions_that_work_on_jobs_leave_the_processor_to_those_that_answer(patched):
    scripts = [script for _, scripts in patched.values() for script in scripts.values()]
    patient = sorted(script.split("functions.")[1].split(".handler")[0] for script in scripts if " nice " in script)
    assert patient == [f"stages.{name}" for name in MODULE_OF_STAGE]


def test_the_streaming_function_answers_in_one_piece(patched):
    _, scripts = patched["ImgoptApi"]
    handlers = {re.findall(r'"(functions\.\S+)"', script)[-1] for script in scripts.values()}
    assert len(scripts) == 2  # the same code, by the same handler or by that of MCP
    assert handlers == {"functions.api.gateway.handler", "functions.api.mcp.gateway.handler"}


def test_routes_that_stream_call_their_function_as_usual(patched):
    methods = resources(patched, "ImgoptApi", "AWS::ApiGateway::Method").values()
    assert len(methods) > 2
    for method in methods:
        assert "ResponseTransferMode" not in method["Integration"]
        assert "path/2015-03-31/functions/" in json.dumps(method["Integration"]["Uri"])
        assert json.dumps(method["Integration"]["Uri"]).endswith('/invocations"]]}')


def test_functions_keep_their_settings(patched, templates):
    before = [
        each for each in templates["ImgoptPipeline"]["Resources"].values() if each["Type"] == "AWS::Lambda::Function"
    ]
    after = resources(patched, "ImgoptPipeline", "AWS::Lambda::Function").values()
    for original, changed in zip(before, after, strict=True):
        variables = original["Properties"]["Environment"]["Variables"]
        kept = {name: value for name, value in variables.items() if name != "IMGOPT_MODELS_FOLDER"}
        assert kept.items() <= changed["Environment"]["Variables"].items()
        assert original["Properties"]["Timeout"] == changed["Timeout"]


def test_large_images_are_left_to_the_worker(patched):
    (plan,) = (each for name, each in resources(patched, "ImgoptPipeline", FUNCTION).items() if name.startswith("Plan"))
    (queue,) = (name for name in resources(patched, "ImgoptPipeline", "AWS::SQS::Queue") if "Upscales" in name)
    assert plan["Environment"]["Variables"]["IMGOPT_UPSCALES_QUEUE_URL"] == {"Ref": queue}


def test_owners_have_slots_for_all_cores_and_some_to_be_started_and_finished(patched):
    for stack in ("ImgoptPipeline", "ImgoptApi", "ImgoptSchedules"):
        for function in resources(patched, stack, FUNCTION).values():
            assert int(function["Environment"]["Variables"]["IMGOPT_JOBS_PER_OWNER"]) > (os.cpu_count() or 1)


def test_layers_go_with_all_that_refers_to_them(patched):
    for template, _ in patched.values():
        assert "LayerVersion" not in json.dumps(template)
        assert "Layers" not in json.dumps(template["Resources"])


def test_plain_http_is_allowed(patched):
    assert "SecureTransport" not in json.dumps([template for template, _ in patched.values()])


def test_tasks_of_functions_have_the_timeouts_of_these_alone(patched):
    """An invocation waits for its turn first. The task that is no function's keeps what ends it."""
    machines = resources(patched, "ImgoptPipeline", "AWS::StepFunctions::StateMachine").values()
    found = [task for machine in machines for task in tasks(json.loads(machine["DefinitionString"])["States"])]
    timed = [task for task in found if "TimeoutSeconds" in task]
    assert [task["HeartbeatSeconds"] for task in timed] == [600]


def test_the_domain_of_users_is_the_one_that_earlier_versions_have_made(patched):
    (domain,) = resources(patched, "ImgoptAuth", "AWS::Cognito::UserPoolDomain").values()
    assert domain["Domain"] == {"Fn::Join": ["", ["imgopt-", {"Ref": "AWS::AccountId"}]]}


def test_the_original_is_left_alone(templates, assembly):
    before = json.dumps(templates["ImgoptApi"])
    patch_template(templates["ImgoptApi"], assembly, "assets")
    assert json.dumps(templates["ImgoptApi"]) == before
