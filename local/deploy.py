"""Deploys the core stacks into the emulator with CloudFormation."""

import io
import json
import os
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from local.emulator.access import EmulatorAccess
from local.emulator.keys import REGION
from local.template_patches import patch_template

STACKS = ("ImgoptData", "ImgoptAuth", "ImgoptPipeline", "ImgoptApi", "ImgoptSchedules")
ASSET_BUCKET = "imgopt-local-assets"
# The variable of a function that stores its variables in the template, if others were added.
TEMPLATES, LOCAL_ADDRESS = "LOCAL_TEMPLATE_VARIABLES", "http://127.0.0.1:"
RECONCILE = "ImgoptSchedules-Reconcile"
PIPELINE = "ImgoptPipeline-"
LONG_FUNCTIONS = tuple(PIPELINE + name for name in ("Optimize", "Tag", "Upscale"))
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
DEPLOY_SECONDS = 120
DEPLOY_CHECK_SECONDS = 0.02


@dataclass(frozen=True)
class Deployment:
    """A deployment: the `outputs` of all stacks by name, and the environment of the API's function."""

    outputs: dict[str, str]
    api_environment: dict[str, str]

    def gateway_url(self, endpoint: str) -> str:
        """The URL of API Gateway's stage in the emulator, without a slash at the end."""
        api_id, rest = self.outputs["ApiUrl"].removeprefix("https://").split(".", 1)
        stage = rest.rstrip("/").rsplit("/", 1)[-1]
        return f"{endpoint}/restapis/{api_id}/{stage}/_user_request_"


def deploy(assembly: Path, session: "Session") -> Deployment:
    """Creates or updates the core stacks. Raises RuntimeError if that fails."""
    try:
        return deploy_stacks(session, assembly)
    except ClientError as error:
        raise RuntimeError(f"the emulator refused the deployment: {error}") from error


def deploy_stacks(session: "Session", assembly: Path) -> Deployment:
    session.create_asset_bucket()
    outputs: dict[str, str] = {}
    for stack in STACKS:
        outputs |= session.deploy_stack(assembly, stack)
    session.remove_old_scripts()
    session.limit_stages()
    environment = session.function_environment(outputs["ImagesFunctionName"])
    return Deployment(outputs, environment)


class Session:
    """boto3 clients of the emulator."""

    def __init__(self, access: EmulatorAccess) -> None:
        self.access = access
        self.scripts: set[str] = set()  # keys of the scripts that the stacks use
        self.clients: dict[str, Any] = {}
        # The session ignores the user's environment, even the profile's name.
        core = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        self.session = boto3.Session(
            aws_access_key_id=access.key.id,
            aws_secret_access_key=access.key.secret,
            region_name=REGION,
            botocore_session=core,
        )

    def client(self, service: str) -> Any:
        """The client of a service. It is reused, because creating one takes longer than most requests."""
        if service not in self.clients:
            self.clients[service] = self._open_client(service)
        return self.clients[service]

    def _open_client(self, service: str) -> Any:
        config = Config(retries={"max_attempts": 3}, proxies={})
        # boto3's types need literal names of services.
        return self.session.client(service, endpoint_url=self.access.endpoint, config=config)  # type: ignore[call-overload]

    def create_asset_bucket(self) -> None:
        """Creates the bucket, unless it exists: an emulator that was killed keeps files, but may lose other state."""
        try:
            self.client("s3").create_bucket(Bucket=ASSET_BUCKET)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise

    def deploy_stack(self, assembly: Path, stack: str) -> dict[str, str]:
        """Creates or updates a stack, and returns its outputs. Raises RuntimeError with the reasons if that fails."""
        template = json.loads((assembly / f"{stack}.template.json").read_text())
        patched, scripts = patch_template(template, assembly, ASSET_BUCKET)
        self.scripts |= set(scripts)
        for key, script in scripts.items():
            self.client("s3").put_object(Bucket=ASSET_BUCKET, Key=key, Body=zip_bootstrap(script))
        self._submit(stack, self._store(stack, patched))
        described = self._wait(stack)
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def _store(self, stack: str, template: dict[str, Any]) -> str:
        """Stores a template, which may be too large for a request, and returns its URL."""
        key = f"templates/{stack}.json"
        self.client("s3").put_object(Bucket=ASSET_BUCKET, Key=key, Body=json.dumps(template).encode())
        return f"{self.access.endpoint}/{ASSET_BUCKET}/{key}"

    def _submit(self, stack: str, address: str) -> None:
        cloudformation = self.client("cloudformation")
        request = {"StackName": stack, "TemplateURL": address, "Capabilities": CAPABILITIES}
        try:
            cloudformation.describe_stacks(StackName=stack)
        except ClientError:
            cloudformation.create_stack(**request)
            return
        try:
            cloudformation.update_stack(**request)
        except ClientError as error:
            if "No updates" not in str(error):
                raise

    def _wait(self, stack: str) -> dict[str, Any]:
        cloudformation, deadline = self.client("cloudformation"), time.monotonic() + DEPLOY_SECONDS
        while time.monotonic() < deadline:
            described: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            status = described["StackStatus"]
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return described
            if not status.endswith("IN_PROGRESS"):
                raise RuntimeError(f"{stack}: {status}. {self._reasons(stack)}")
            time.sleep(DEPLOY_CHECK_SECONDS)
        raise RuntimeError(f"{stack} was not deployed within {DEPLOY_SECONDS} seconds")

    def _reasons(self, stack: str) -> str:
        events = self.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        return "; ".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed)

    def remove_old_scripts(self) -> None:
        """Deletes scripts of earlier versions, and of folders in which this project was before."""
        s3 = self.client("s3")
        for each in s3.list_objects_v2(Bucket=ASSET_BUCKET).get("Contents", []):
            if each["Key"] not in self.scripts:
                s3.delete_object(Bucket=ASSET_BUCKET, Key=each["Key"])

    def look_after_jobs(self) -> None:
        """Runs the reconciliation, which continues jobs that were interrupted when everything was stopped."""
        functions = self.client("lambda")
        names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
        name = next(name for name in names if name.startswith(RECONCILE))
        functions.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")

    def limit_stages(self) -> None:
        """Sets the concurrency of each stage. The emulator ignores reserved concurrency in templates."""
        functions = self.client("lambda")
        for name in [each["FunctionName"] for each in functions.list_functions()["Functions"]]:
            if name.startswith(PIPELINE):
                functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=process_limit(name))

    def keep_ready(self, stages: Sequence[str]) -> None:
        """Starts a process for each stage, in this order, before there is a job for it."""
        functions = self.client("lambda")
        names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
        for stage in stages:
            name = next(each for each in names if each.startswith(PIPELINE + stage))
            functions.put_provisioned_concurrency_config(
                FunctionName=name, Qualifier="$LATEST", ProvisionedConcurrentExecutions=1
            )

    def function_environment(self, name: str) -> dict[str, str]:
        described = self.client("lambda").get_function_configuration(FunctionName=name)
        return variables_of_template(described["Environment"]["Variables"])


def process_limit(name: str) -> int:
    """The largest number of processes of a stage.

    A few suffice for stages that take milliseconds: starting a process takes longer than waiting. For stages that
    process pixels it is more than one owner's slots, so that jobs of other owners can run.
    """
    cores = os.cpu_count() or 1
    return cores + max(3, cores // 2) if name.startswith(LONG_FUNCTIONS) else cores


def variables_of_template(variables: dict[str, str]) -> dict[str, str]:
    """A function's variables as in its template. Earlier versions did not store which were added."""
    if TEMPLATES in variables:
        found: dict[str, str] = json.loads(variables[TEMPLATES])
        return found
    return {name: value for name, value in variables.items() if not value.startswith(LOCAL_ADDRESS)}


def zip_bootstrap(script: str) -> bytes:
    """A ZIP archive with a script. The same script gives the same bytes, so unchanged functions are not updated."""
    entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o700 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, script)
    return buffer.getvalue()
