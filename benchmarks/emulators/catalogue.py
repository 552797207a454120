"""The emulators that are compared: how each is installed, started and called without Docker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Emulator:
    """An emulator. Commands, variables and addresses may contain `{folder}`, `{port}`, and `{bin}` of its environment.

    `configuration` is posted as JSON to a path once the emulator answers. `ports` are the services that have their own
    port, counted from the first. `files` have to exist before it starts.
    """

    name: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    released: str
    licence: str
    account: str = "no"
    variables: Mapping[str, str] = NOTHING
    configuration: tuple[str, str] | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = NOTHING
    gateway: str = "{endpoint}/restapis/{api}/{stage}/_user_request_{path}"


MINISTACK_VARIABLES = {
    "BIND_HOST": "127.0.0.1",
    "GATEWAY_PORT": "{port}",
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "LOG_LEVEL": "WARNING",
    "S3_PERSIST": "1",
    "STATE_DIR": "{folder}/state",
    "S3_DATA_DIR": "{folder}/s3",
}
LOCALSTACK_VARIABLES = {
    "GATEWAY_LISTEN": "127.0.0.1:{port}",
    "LOCALSTACK_VOLUME_DIR": "{folder}/volume",
    "PERSISTENCE": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    "DISABLE_EVENTS": "1",
}
# Older versions, because it does not start with cbor2 6 and pyOpenSSL 25.
LOCALSTACK_PINS = ("cbor2==5.9.0", "pyOpenSSL==24.3.0", "service_identity==24.1.0")

EMULATORS = (
    Emulator(
        "MiniStack as `make up` has it",
        (),
        ("{bin}/python", "-m", "benchmarks.emulators.embedded", "{port}", "{folder}"),
        "2026-10",
        "MIT",
        variables={"S3_PERSIST": "1", "STATE_DIR": "{folder}/state", "S3_DATA_DIR": "{folder}/bodies"},
    ),
    Emulator(
        "MiniStack 1.5.33",
        ("ministack==1.5.33", "cryptography==50.0.0"),
        ("{bin}/python", "-m", "ministack"),
        "2026-10",
        "MIT",
        variables={**MINISTACK_VARIABLES, "PERSIST_STATE": "1"},
    ),
    Emulator(
        "LocalStack 4.14.0",
        ("localstack-core[runtime]==4.14.0", *LOCALSTACK_PINS),
        ("{bin}/localstack-supervisor",),
        "2026-02",
        "Apache-2.0",
        variables=LOCALSTACK_VARIABLES,
    ),
    Emulator(
        "LocalStack 2026.3.0",
        ("localstack-core[runtime]==2026.3.0", *LOCALSTACK_PINS),
        ("{bin}/localstack-supervisor",),
        "2026-03",
        "Apache-2.0",
        variables=LOCALSTACK_VARIABLES,
    ),
    Emulator(
        "LocalEmu 1.3.2",
        ("localemu==1.3.2",),
        ("{bin}/localemu", "start", "--host", "127.0.0.1", "--port", "{port}"),
        "2026-10",
        "Apache-2.0",
        variables={**LOCALSTACK_VARIABLES, "LOCALEMU_VOLUME_DIR": "{folder}/volume"},
    ),
    Emulator(
        "moto 5.2.5",
        ("moto[all,server]==5.2.5",),
        ("{bin}/moto_server", "-H", "127.0.0.1", "-p", "{port}"),
        "2026-10",
        "Apache-2.0",
        configuration=("/moto-api/config", '{"stepfunctions": {"execute_state_machine": true}}'),
    ),
    Emulator(
        "roto 0.10.1",
        ("roto-aws==0.10.1",),
        ("{bin}/roto-server", "--port", "{port}", "--data-dir", "{folder}/data"),
        "2026-10",
        "MIT",
    ),
    Emulator(
        "local-web-services 0.24.0",
        ("local-web-services==0.24.0",),
        ("{bin}/ldk", "dev", "--mode", "terraform", "--port", "{port}", "--project-dir", "{folder}"),
        "2026-09",
        "MIT",
        ports={
            "dynamodb": 1,
            "sqs": 2,
            "s3": 3,
            "stepfunctions": 6,
            "cognito-idp": 7,
            "apigateway": 8,
            "lambda": 9,
        },
        files={"main.tf": 'provider "aws" {}\n'},
    ),
    Emulator(
        "LocalRun 1.1.0",
        ("aws-local-run==1.1.0", "requests==2.32.5"),  # imported, but not among its requirements
        ("{bin}/aws-local-run", "start", "--port", "{port}", "--data-dir", "{folder}/data"),
        "2026-03",
        "MIT",
    ),
)
